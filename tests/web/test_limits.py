"""Who does too much at once is asked to wait, keeps their words, and is never kept by address (SECURITY.md 6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text

from config import RATES, BadSettings, Settings, load_settings
from feedback.adapters.counts import CountsAway
from feedback.adapters.counts_database import UseCount
from feedback.kernel.errors import TooMany
from feedback.storage.session import db
from feedback.web.limits import Rate, count_letter, count_use, network_of_request
from tests.factories import MONDAY, World, make_report
from tests.site import Page, Reader

WORDS = "Lampu jalan di depan masjid mati sejak tiga hari lalu."


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Limits low enough to reach."""
    return replace(settings, rates=dict.fromkeys(RATES, (3, 5)))


@pytest.fixture
def elsewhere(app: Flask) -> Callable[[str], Reader]:
    """A reader with a network address of their own."""

    def made(address: str) -> Reader:
        client = app.test_client()
        client.environ_base = {**client.environ_base, "REMOTE_ADDR": address}
        return Reader(client)

    return made


def counted() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.coalesce(func.sum(UseCount.count), 0))) or 0


def search(reader: Reader) -> Page:
    return reader.open("/laporan?q=lampu")


def test_a_network_is_asked_to_wait_and_another_is_not(world: World, elsewhere: Callable[[str], Reader]) -> None:
    one, other = elsewhere("198.51.100.7"), elsewhere("198.51.100.8")
    assert [search(one).status for _ in range(5)] == [200] * 5
    refused = search(one)
    assert refused.status == 429
    assert 1 <= int(refused.response.headers["Retry-After"]) <= 600
    assert "10 menit" in refused.text
    assert search(other).status == 200


def test_after_the_window_it_goes_on(world: World, elsewhere: Callable[[str], Reader]) -> None:
    reader = elsewhere("198.51.100.7")
    with time_machine.travel(MONDAY, tick=False) as clock:
        statuses = [search(reader).status for _ in range(6)]
        clock.shift(601)
        assert [*statuses, search(reader).status] == [200] * 5 + [429, 200]


def test_all_addresses_of_one_ipv6_customer_are_one_network(world: World, elsewhere: Callable[[str], Reader]) -> None:
    statuses = [search(elsewhere(f"2001:db8:1:2::{number:x}")).status for number in range(6)]
    assert statuses == [200] * 5 + [429]
    assert search(elsewhere("2001:db8:1:3::1")).status == 200


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8::5", "2001:db8::/64"), ("", "unknown"), ("x", "unknown")],
)
def test_the_network_of_an_address(plain_app: Flask, address: str, network: str) -> None:
    with plain_app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
        assert network_of_request() == network


def test_an_account_has_a_limit_of_its_own_wherever_it_is(world: World, elsewhere: Callable[[str], Reader]) -> None:
    officer = elsewhere("198.51.100.1").sign_in(world.officer)
    assert [search(officer).status for _ in range(3)] == [200] * 3
    officer.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert search(officer).status == 429
    assert search(elsewhere("203.0.113.9")).status == 200


def test_a_report_that_comes_too_soon_keeps_every_word_and_can_be_sent_later(world: World, elsewhere: Callable[[str], Reader]) -> None:
    reader = elsewhere("198.51.100.7")
    with time_machine.travel(MONDAY, tick=False) as clock:
        for _ in range(5):
            count_use_of(reader, Rate.REPORT)
        page = reader.send(reader.open("/lapor"), button="periksa", text=WORDS, topic=world.topic, region_next=world.village, place="depan <masjid>")
        typed = {**dict(page.form(button="kirim").fields), "langkah": "kirim"}
        refused = Page(reader.client.post("/lapor", data=typed, headers={"Sec-Fetch-Site": "same-origin"}))
        assert refused.status == 429
        assert refused.response.headers["Retry-After"]
        again = dict(refused.form(button="Kirim lagi").fields)
        assert (again["text"], again["place"], again["langkah"]) == (WORDS, "depan <masjid>", "kirim")
        clock.shift(601)
        assert "Laporan diterima" in reader.send(refused, button="Kirim lagi").text


def count_use_of(reader: Reader, rate: Rate) -> None:
    with reader.client.application.test_request_context("/", environ_base=reader.client.environ_base):
        count_use(rate)


def test_checking_and_changing_a_report_is_not_sending_it(world: World, elsewhere: Callable[[str], Reader]) -> None:
    reader = elsewhere("198.51.100.7")
    for _ in range(5):
        count_use_of(reader, Rate.REPORT)
    assert reader.send(reader.open("/lapor"), button="periksa", text=WORDS).status == 422


def test_guesses_of_codes_disputes_and_any_other_form_are_counted(world: World, readers: Callable[[], Reader]) -> None:
    receipt = make_report(world)
    for path in ("/lacak", f"/laporan/{receipt.number}/langkah", "/daftar", "/masuk"):
        reader = readers()
        token = dict(reader.open("/masuk").form(has="password").fields)["csrf_token"]
        statuses = [reader.client.post(path, data={"csrf_token": token}).status_code for _ in range(6)]
        assert statuses[:5].count(429) == 0, path
        assert statuses[5] == 429, path
        with db.engine.begin() as connection:
            connection.execute(text("DELETE FROM use_count"))


def test_files_are_counted_wherever_they_are_sent(world: World, reader: Reader) -> None:
    token = dict(reader.open("/masuk").form(has="password").fields)["csrf_token"]
    for _ in range(5):
        count_use_of(reader, Rate.UPLOAD)
    sent = {"csrf_token": token, "text": WORDS}
    assert reader.client.post("/lapor", data=sent, content_type="multipart/form-data").status_code == 422
    assert reader.client.post("/lapor", data={**sent, "berkas": (BytesIO(b"x"), "a.jpg")}).status_code == 429


def test_reading_is_never_counted(world: World, reader: Reader) -> None:
    receipt = make_report(world)
    for path in ("/", "/laporan", f"/laporan/{receipt.number}", "/lacak", "/lapor", "/layanan", "/unit", "/statistik", "/masuk"):
        for _ in range(7):
            assert reader.open(path).status == 200
    assert counted() == 0


def test_reading_writes_nothing_at_all(world: World, reader: Reader, statements: list[str]) -> None:
    receipt = make_report(world)
    statements.clear()
    for path in ("/", "/laporan?topik=lampu-jalan", f"/laporan/{receipt.number}", "/lacak", "/lapor", "/layanan?q=a", "/unit", "/statistik"):
        assert reader.open(path).status == 200
    assert len(statements) > 8
    assert [one for one in statements if not one.lstrip().startswith(("SELECT", "WITH"))] == []


def test_searching_goes_on_when_nothing_can_be_written(world: World, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE use_count RENAME TO away"))
    assert search(reader).status == 200
    token = dict(reader.open("/masuk").form(has="password").fields)["csrf_token"]
    assert reader.client.post("/lacak", data={"csrf_token": token}).status_code >= 500  # but no door opens uncounted


def test_nothing_stored_names_a_network_or_an_account_and_tomorrow_has_other_keys(world: World, elsewhere: Callable[[str], Reader]) -> None:
    def keys() -> set[str]:
        db.session.rollback()
        return set(db.session.scalars(select(UseCount.key)))

    with time_machine.travel(MONDAY, tick=False) as clock:
        search(elsewhere("198.51.100.7").sign_in(world.citizen))
        today = keys()
        clock.shift(24 * 3600)
        search(elsewhere("198.51.100.7"))
        assert len(today) == 2  # searching, by network and by account
        assert len(keys()) == 3
    assert all(len(key) == 64 and int(key, 16) for key in keys())


def test_a_mailbox_gets_so_many_letters_a_day_however_it_is_spelled(app: Flask) -> None:
    with app.test_request_context("/"), time_machine.travel(MONDAY, tick=False) as clock:
        for address in ("nur@contoh.example", "NUR@contoh.example", "nur+lapor@contoh.example"):
            count_letter(address, 3)
        clock.shift(3600)
        with pytest.raises(TooMany) as refused:
            count_letter("nur+lain@contoh.example", 3)
        assert 0 < refused.value.retry_after <= 23 * 3600
        count_letter("aini@contoh.example", 3)
        clock.shift(refused.value.retry_after)
        count_letter("nur@contoh.example", 3)


def test_a_store_that_is_away_refuses_nobody_and_lets_nobody_through_uncounted(app: Flask, world: World, elsewhere: Callable[[str], Reader]) -> None:
    class Away:
        def add(self, *_: Any) -> Any:
            raise CountsAway

    app.extensions["counts"].fast = Away()
    reader = elsewhere("198.51.100.7")
    assert [search(reader).status for _ in range(6)] == [200] * 5 + [429]


def test_every_rate_is_a_setting_and_a_wrong_one_stops_the_start(tmp_path: Any) -> None:
    assert set(RATES) == set(Rate)
    assert all(account <= network for account, network in RATES.values())
    given = {"INSTANCE": str(tmp_path), "SECRET_KEY": "a key for tests only, long and varied 0123456789"}
    assert load_settings({**given, "RATE_REPORT": "7 70"}).rates == {**RATES, "report": (7, 70)}
    for wrong in ("7", "7 x", "0 5", "7 70 700", "-1 4"):
        with pytest.raises(BadSettings, match="RATE_REPORT"):
            load_settings({**given, "RATE_REPORT": wrong})
    with pytest.raises(BadSettings, match="LIMITS"):
        load_settings({**given, "LIMITS": "memory"})
    with pytest.raises(BadSettings, match="REDIS_URL"):
        load_settings({**given, "LIMITS": "redis"})


def test_a_flood_in_a_city_behind_one_address_is_not_turned_away() -> None:
    """DOMAIN.md section 8: thousands of reports within hours; a mobile operator shows us one address for a region."""
    assert RATES["report"][1] * 6 >= 3000  # an hour
