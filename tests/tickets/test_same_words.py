"""The same words once more: shown to the writer with the earlier report, marked for coordinators, and never refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.text import links_in, skeleton
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket
from feedback.tickets.queries.earlier import words_hash
from feedback.tickets.rules.words import MoveName
from tests.factories import MONDAY, World, make_report, move
from tests.site import Page, Reader

TEXT = "Lampu jalan di depan masjid Nurul Huda mati sejak tiga hari."
SEEN = "Laporan dengan tulisan yang sama sudah ada"
TWIN = "Tulisan yang sama sudah datang"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Lampu jalan mati!", "lampu  JALAN\nmati", True),
        ("Tolong, lampu mati", "Toloooong lampu mati", True),
        ("Café rusak", "Cafe\u0301 rusak", True),
        ("Lampu di tiang 5 mati", "Lampu di tiang 6 mati", False),
        ("Lampu jalan mati", "Lampu taman mati", False),
    ],
)
def test_what_a_hasty_copy_changes_does_not_count(one: str, other: str, same: bool) -> None:
    assert (skeleton(one) == skeleton(other)) is same


@pytest.mark.parametrize(("text", "count"), [("", 0), ("lihat https://a.example/x?y=http://b", 2), ("WWW.a.example", 1), ("a.example", 0)])
def test_links_are_counted(text: str, count: int) -> None:
    assert links_in(text) == count


def test_a_short_text_is_nobodys(app: Flask) -> None:
    assert words_hash("Lampu jalan mati.") is None
    assert words_hash(TEXT) == words_hash(TEXT.upper() + " !!")


def check(world: World, reader: Reader, text: str) -> Page:
    return reader.send(reader.open("/lapor"), has="text", text=text, topic=world.topic, region=world.village)


def test_the_writer_sees_their_own_earlier_report_and_may_send_all_the_same(world: World, readers: Callable[[], Reader]) -> None:
    mine = make_report(world, text=TEXT)
    reader = readers().sign_in(world.citizen)
    page = check(world, reader, TEXT.upper())
    assert SEEN in page.text
    assert mine.number in page.text
    assert "Laporan diterima" in reader.send(page, button="Kirim laporan").text


def test_so_does_a_browser_without_account(world: World, reader: Reader) -> None:
    reader.send(check(world, reader, TEXT), button="Kirim laporan")
    assert SEEN in check(world, reader, TEXT).text


@pytest.mark.parametrize(
    ("values", "verified", "seen"),
    [({}, True, True), ({}, False, False), ({"confidential": True}, True, False), ({"anonymous": True}, True, True)],
)
def test_a_stranger_sees_only_what_everybody_reads(world: World, reader: Reader, values: dict[str, Any], verified: bool, seen: bool) -> None:
    receipt = make_report(world, text=TEXT, **values)
    if verified:
        move(receipt.number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="normative")
    page = check(world, reader, TEXT)
    assert (SEEN in page.text) is seen
    assert (receipt.number in page.text) is seen


def test_after_a_month_it_is_another_report(world: World, readers: Callable[[], Reader]) -> None:
    old = make_report(world, text=TEXT)
    with transaction():
        db.session.get_one(Ticket, old.ticket_id).created_at = utc_now() - timedelta(days=30, seconds=1)
    assert SEEN not in check(world, readers().sign_in(world.citizen), TEXT).text
    make_report(world, text=TEXT)
    db.session.rollback()
    assert set(db.session.scalars(select(Ticket.twin_id))) == {None}


def test_coordinators_are_led_to_the_earlier_one_if_they_may_read_it(world: World, readers: Callable[[], Reader]) -> None:
    first, second = make_report(world, text=TEXT), make_report(world, actor=Actor(), text=TEXT + " Tolong!!")
    third = make_report(world, actor=Actor(), text=TEXT)
    desk, other = readers().sign_in(world.coordinator), readers()
    page = desk.open(f"/laporan/{third.number}")
    assert TWIN in page.text
    assert f"/laporan/{first.number}" in page.links
    assert TWIN not in desk.open(f"/laporan/{second.number}").text, "other words"
    assert TWIN not in desk.open(f"/laporan/{first.number}").text
    assert desk.open("/meja").text.count("Lihat dua kali") == 1
    for number in (first.number, third.number):
        move(number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="normative")
    assert TWIN not in other.open(f"/laporan/{third.number}").text, "the public need not know"


def test_a_wall_hides_the_earlier_one(world: World, readers: Callable[[], Reader]) -> None:
    make_report(world, actor=Actor(), text=TEXT, confidential=True, reported_unit_id=world.agency)
    second = make_report(world, actor=Actor(), text=TEXT)
    for number, unit in ((second.number, world.agency),):
        move(number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=unit, grade="normative")
    assert TWIN not in readers().sign_in(world.officer).open(f"/laporan/{second.number}").text
    assert TWIN in readers().sign_in(world.coordinator).open(f"/laporan/{second.number}").text


def test_the_same_browser_behind_both_is_kept_nowhere(world: World, reader: Reader) -> None:
    """A named report and an anonymous one with the same words: nothing may say that one person sent both."""
    with time_machine.travel(MONDAY, tick=False):  # so that both are haste, however long the machine takes
        reader.send(check(world, reader, TEXT), button="Kirim laporan")
        page = reader.send(reader.open("/lapor"), has="text", text=TEXT, topic=world.topic, region=world.village, anonymous="y")
        reader.send(page, button="Kirim laporan")
    db.session.rollback()
    assert set(db.session.scalars(select(Ticket.doubts))) == {"haste"}
