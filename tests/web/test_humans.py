"""Nobody honest notices; who looks like a machine proves otherwise, by counting or by waiting, and loses nothing typed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from feedback.kernel.clock import utc_now
from feedback.kernel.risk import Doubt, Signs, doubts_of, wants_proof
from feedback.storage.outbox import Outbox
from feedback.storage.session import db
from feedback.tickets.models import Ticket
from tests.factories import MONDAY, World
from tests.proof import solved
from tests.site import Page, Reader

LINKS = "Lihat http://a.example, http://b.example, www.c.example dan lampu jalan yang mati di sana."
MANY = " ".join(f"http://{number}.example" for number in range(10))


@pytest.fixture(autouse=True)
def no_time_passes() -> Iterator[None]:
    """However long the machine takes between two pages: haste is what a test says it is."""
    with time_machine.travel(utc_now(), tick=False):
        yield


def signs(**given: Any) -> Signs:
    return Signs(**{"trap": False, "seconds": 60.0, "uses": 1, "limit": 600, **given})


@pytest.mark.parametrize(
    ("given", "found", "asks"),
    [
        ({}, set(), False),
        ({"seconds": 2.9}, {Doubt.HASTE}, False),
        ({"seconds": 3.0}, set(), False),
        ({"seconds": None}, {Doubt.HASTE}, False),
        ({"links": 2}, set(), False),
        ({"links": 3}, {Doubt.LINKS}, False),
        ({"links": 3, "seconds": 1.0}, {Doubt.LINKS, Doubt.HASTE}, True),
        ({"links": 10}, {Doubt.MANY_LINKS}, True),
        ({"trap": True}, {Doubt.TRAP}, True),
        ({"uses": 60}, set(), False),
        ({"uses": 61}, {Doubt.CROWD}, False),
        ({"uses": 300}, {Doubt.CROWD}, False),
        ({"uses": 301}, {Doubt.FLOOD}, True),
        ({"uses": 61, "links": 3}, {Doubt.CROWD, Doubt.LINKS}, True),
        ({"limit": 5, "uses": 10}, set(), False),
    ],
)
def test_one_light_sign_is_nothing_and_two_are_a_question(given: dict[str, Any], found: set[Doubt], asks: bool) -> None:
    doubts = doubts_of(signs(**given))
    assert doubts == found
    assert wants_proof(doubts) is asks


def write(world: World, reader: Reader, text: str, **values: Any) -> Page:
    page = reader.open("/lapor")
    return reader.send(page, has="text", text=text, topic=world.topic, region=world.village, langkah="kirim", **values)


def kept() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Ticket.doubts).order_by(Ticket.id)))


def test_an_honest_report_is_asked_nothing(world: World, reader: Reader) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        page = reader.open("/lapor")
        clock.shift(20)
        page = reader.send(page, has="text", text=LINKS, topic=world.topic, region=world.village)
        assert "Memastikan" not in page.text
        assert "Laporan diterima" in reader.send(page, button="Kirim laporan").text
    assert kept() == ["links"]


def test_links_in_haste_are_asked_for_a_proof_and_keep_the_words(world: World, reader: Reader) -> None:
    page = write(world, reader, LINKS)
    assert page.status == 422
    assert "Memastikan ini bukan kiriman otomatis" in page.text
    assert "www.c.example" in page.text
    assert "/js/proof.js" in page.html
    assert kept() == []
    done = reader.send(page, button="Kirim laporan", bukti=solved(page))
    assert "Laporan diterima" in done.text
    assert kept() == ["haste,links"]


@pytest.mark.parametrize(
    "changed",
    [
        {"number": -1}, {"number": "1"}, {"number": None}, {"signature": "0" * 64}, {"signature": 7}, {"salt": "x?expires=99999999999"},
        {"salt": None}, {"challenge": None}, {"challenge": hashlib.sha256(b"x1").hexdigest(), "salt": "x", "number": 1},
    ],
)  # fmt: skip
def test_a_wrong_proof_is_asked_for_again(world: World, reader: Reader, changed: dict[str, Any]) -> None:
    page = write(world, reader, LINKS)
    again = reader.send(page, button="Kirim laporan", bukti=solved(page, **changed))
    assert again.status == 422
    assert kept() == []


@pytest.mark.parametrize("payload", ["", "x", "e30=", "W10=", "é", "A" * 5000, base64.b64encode(b"[" * 700).decode()])
def test_nonsense_is_no_proof(world: World, reader: Reader, payload: str) -> None:
    assert reader.send(write(world, reader, LINKS), button="Kirim laporan", bukti=payload).status == 422


def test_a_proof_is_good_for_one_form_and_twenty_minutes(world: World, readers: Callable[[], Reader]) -> None:
    one, other = readers(), readers()
    with time_machine.travel(MONDAY, tick=False) as clock:
        page = write(world, one, LINKS)
        proof = solved(page)
        foreign = other.send(write(world, other, LINKS), button="Kirim laporan", bukti=proof)
        assert foreign.status == 422
        clock.shift(timedelta(minutes=20, seconds=1))
        late = one.send(page, button="Kirim laporan", bukti=proof, dibuka="", tunggu="")
        assert late.status == 422
    assert kept() == []


def test_without_script_somebody_waits_and_coordinators_know(world: World, reader: Reader, readers: Callable[[], Reader]) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        page = write(world, reader, MANY)
        assert "Tunggu 30 detik" in page.text
        clock.shift(29)
        page = reader.send(page, button="Kirim laporan")
        assert page.status == 422, "too early, and the wait does not begin anew"
        clock.shift(1)
        assert "Laporan diterima" in reader.send(page, button="Kirim laporan").text
    assert kept() == ["many_links,waited"]
    db.session.rollback()
    number = db.session.scalars(select(Ticket.number)).one()
    desk = readers().sign_in(world.coordinator)
    assert "dikirim dengan menunggu" in desk.open(f"/laporan/{number}").text
    assert "Lihat dua kali" in desk.open("/meja").text
    assert "Tanda kiriman" not in reader.open(f"/laporan/{number}").text, "the writer need not know"


def test_a_wait_of_another_form_counts_nothing(world: World, readers: Callable[[], Reader]) -> None:
    one, other = readers(), readers()
    with time_machine.travel(MONDAY, tick=False) as clock:
        waited = dict(write(world, one, MANY).form(has="tunggu").fields)["tunggu"]
        clock.shift(31)
        assert write(world, other, MANY, tunggu=waited).status == 422


def test_the_trap_asks_whoever_falls_in(world: World, reader: Reader) -> None:
    page = write(world, reader, "Lampu jalan di depan masjid mati.", situs="http://spam.example")
    assert page.status == 422
    assert "Laporan diterima" in reader.send(page, button="Kirim laporan", bukti=solved(page)).text
    assert kept() == ["haste,trap"]


def test_people_do_not_see_the_trap_nor_reach_it(world: World, reader: Reader) -> None:
    for path in ("/lapor", "/daftar"):
        html = reader.open(path).html
        assert '<div class="trap" aria-hidden="true">' in html
        assert 'tabindex="-1"' in html.split('class="trap"')[1].split("</div>")[0]
        assert 'autocomplete="off"' in html.split('class="trap"')[1].split("</div>")[0]


def test_a_coordinator_at_the_counter_is_asked_nothing(world: World, readers: Callable[[], Reader]) -> None:
    reader = readers().sign_in(world.coordinator)
    page = reader.open("/meja/loket")
    assert 'class="trap"' not in page.html
    done = reader.send(page, has="text", text=MANY, topic=world.topic, region=world.village, langkah="kirim", channel="counter",
                       received_date=utc_now().date().isoformat(), received_time="00:01")  # fmt: skip
    assert "Memastikan" not in done.text


def test_who_was_verified_before_may_cite(app: Flask, world: World, readers: Callable[[], Reader]) -> None:
    reader = readers().sign_in(world.citizen)
    write(world, reader, "Lampu jalan di depan masjid mati sejak tiga hari.")
    assert write(world, reader, MANY).status == 422
    db.session.execute(Ticket.__table__.update().values(published_at=utc_now()))
    db.session.commit()
    assert "Laporan diterima" in write(world, reader, MANY).text


def test_a_letter_asked_for_by_a_machine_is_asked_too(world: World, reader: Reader) -> None:
    page = reader.send(reader.open("/daftar"), has="email", email="baru@contoh.example", situs="x")
    assert page.status == 422
    assert letters_asked() == 0
    proof = solved(page)
    other = reader.send(page, has="email", email="lain@contoh.example", situs="x", bukti=proof)
    assert other.status == 422, "a proof is good for one address"
    assert "Periksa surel Anda" in reader.send(page, has="email", email="baru@contoh.example", bukti=proof).text
    assert letters_asked() == 1


def letters_asked() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Outbox).where(Outbox.kind == "mail.register")) or 0


def test_much_from_one_network_with_another_sign_is_asked(world: World, readers: Callable[[], Reader], app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], rates={**app.config["SETTINGS"].rates, "report": (100, 100)})
    statuses = [write(world, readers(), f"Lampu jalan nomor {number} di depan masjid mati.").status for number in range(12)]
    assert statuses == [200] * 10 + [422] * 2
    assert set(kept()) == {"haste"}
