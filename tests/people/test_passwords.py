"""Passwords: what they may not be made of, what one agency asks besides, and how many are hashed at once."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid, Unavailable
from feedback.kernel.permissions import Role
from feedback.people.actions import (
    CreatePerson,
    GrantRole,
    create_person,
    grant_role,
    passwords,
    set_password,
    sign_in,
)
from feedback.people.models import Person
from feedback.people.queries.registration import registration_token
from feedback.people.rules import check_password
from feedback.storage.session import db, transaction
from tests.factories import PASSWORD, World
from tests.people.test_views import email_of, try_to_enter
from tests.site import Reader

NEW = "sepeda hijau di tepi laut"


def test_an_unknown_account_costs_as_much_as_a_known_one(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the time of the answer tells who has an account."""
    asked: list[str] = []
    real = passwords.HASHER
    known = passwords.hashed("sandi yang panjang sekali")

    class Counting:
        def verify(self, stored: str, typed: str) -> bool:
            asked.append(stored)
            return real.verify(stored, typed)

    monkeypatch.setattr(passwords, "HASHER", Counting())
    for stored in (known, None):
        assert not passwords.is_right("bukan sandi itu", stored)
    assert len(asked) == 2
    assert asked[1].split("$")[:4] == known.split("$")[:4], "at the same cost"


def is_refused(password: str, **about: object) -> bool:
    known = {"email": "nur@dishub.example", "name": "Nur'aini Gurapingsari", "staff": False, **about}
    try:
        check_password(password, **known)  # type: ignore[arg-type]
    except Invalid as refusal:
        return refusal.field == "password"
    return False


@pytest.mark.parametrize(
    "password",
    [
        "P4ssw0rd!2024!!", "MasyarakatBicara2024!", "indonesiamerdeka1945", "DinasPerhubungan#1", "5ay4ngku$elalu99",
        "qwertyuiop12345", "gurapingsari2024", "Nuraini-19881", "dishub.example1", "pemkab-koordinator1",
    ],
)  # fmt: skip
def test_common_words_product_agencies_and_ones_own_name_add_nothing(password: str) -> None:
    assert is_refused(password, name="Nuraini Gurapingsari")


@pytest.mark.parametrize("password", [NEW, PASSWORD, "kursi biru 77", "Jakarta cerah 12 sendok", "NCCT-H2B8-QRXT-FG5A"])
def test_unrelated_words_do(password: str) -> None:
    assert not is_refused(password)


def test_names_of_the_sites_units_add_nothing(world: World) -> None:
    assert not is_refused("tirtakepulauan77")
    assert is_refused("tirtakepulauan77", places=["Perumda Tirta Kepulauan"])
    with pytest.raises(Invalid):  # the agency of this world
        create_person(CreatePerson("a@b.example", "Siti", "perhubungan perhubungan 1"))


def test_an_agency_held_to_the_regulation_asks_for_four_kinds_of_signs() -> None:
    assert is_refused(NEW, mixed=True)
    assert not is_refused("Sepeda hijau 7 di tepi laut!", mixed=True)


@pytest.fixture
def strict(app: Flask) -> Flask:
    """BSSN 4/2021 with ninety days."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], bssn_password_days=90)
    return app


def test_there_an_officials_password_ends_and_a_citizens_does_not(strict: Flask, world: World, readers: Callable[[], Reader]) -> None:
    old = utc_now() - timedelta(days=91)
    with transaction():
        db.session.execute(update(Person).values(created_at=old))
    officer, citizen = email_of(world.officer.person_id), email_of(world.citizen.person_id)
    page = try_to_enter(readers(), officer, PASSWORD)
    assert (page.status, "lebih dari 90 hari" in page.text) == (422, True)
    assert "/masuk/lupa" in page.links
    assert try_to_enter(readers(), citizen, PASSWORD).path == "/akun"
    with pytest.raises(Invalid):
        set_password(world.officer.person_id or 0, NEW, by=None, staff=True)
    set_password(world.officer.person_id or 0, "Sepeda hijau 7 di tepi laut!", by=None, staff=True)
    assert try_to_enter(readers(), officer, "Sepeda hijau 7 di tepi laut!").path == "/masuk/kode"


def test_a_password_made_there_keeps_the_rule_too(strict: Flask, world: World) -> None:
    for number in range(20):
        create_person(CreatePerson(f"p{number}@b.example", "Siti", passwords.new_password(), staff=True))


def test_elsewhere_no_password_ends(world: World) -> None:
    with transaction():
        db.session.execute(update(Person).values(created_at=utc_now() - timedelta(days=4000)))
    assert sign_in(email_of(world.officer.person_id), PASSWORD, source="10.0.0.1")


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Four others are signing in just now, and take their time."""
    monkeypatch.setattr(passwords, "PATIENCE", 0.05)
    with ExitStack() as held:
        for _ in range(4):
            held.enter_context(passwords._room())
        yield


def test_a_fifth_at_once_is_asked_to_come_again_and_keeps_what_was_typed(world: World, reader: Reader, crowd: None) -> None:
    email = email_of(world.citizen.person_id)
    page = try_to_enter(reader, email, PASSWORD)
    assert (page.status, page.response.headers["Retry-After"]) == (503, "5")
    assert email in page.html
    assert PASSWORD not in page.html


def test_room_is_made_again_whatever_happens(app: Flask) -> None:
    for _ in range(6):
        assert not passwords.is_right("x", "not a hash")
    assert passwords.is_right("x", passwords.hashed("x"))


def test_never_more_than_four_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    busy, most, gate = [0], [0], threading.Lock()

    class Slow:
        def hash(self, _password: str) -> str:
            with gate:
                busy[0] += 1
                most[0] = max(most[0], busy[0])
            threading.Event().wait(0.05)
            with gate:
                busy[0] -= 1
            return "x"

    monkeypatch.setattr(passwords, "HASHER", Slow())
    threads = [threading.Thread(target=passwords.hashed, args=("x",)) for _ in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert most == [4]


def test_being_full_is_a_refusal_of_its_own(crowd: None) -> None:
    with pytest.raises(Unavailable):
        passwords.hashed("x")


def test_the_day_of_a_new_password_is_kept_and_not_the_hour(world: World) -> None:
    set_password(world.citizen.person_id or 0, NEW, by=world.citizen.person_id, staff=False)
    db.session.rollback()
    at = db.session.scalars(select(Person.password_set_at).where(Person.id == world.citizen.person_id)).one()
    assert at is not None
    assert (at.hour, at.minute, at.second) == (0, 0, 0)


def test_no_browser_cuts_a_pasted_password_short(world: World, reader: Reader) -> None:
    """What is cut without a word would be another password than the one its owner keeps."""
    pages = [reader.open(f"/daftar/{registration_token('siti@contoh.example')}"), reader.sign_in(world.citizen).open("/akun")]
    fields = [one for page in pages for one in re.findall(r"<input[^>]*type=\"password\"[^>]*>", page.html)]
    assert len(fields) == 3
    assert [one for one in fields if "maxlength" in one] == []
    long = "layar biru kapal pulang " * 6
    page = reader.send(pages[1], has="current_password", current_password=PASSWORD, password=long)
    assert (page.status, "paling banyak 128" in page.text) == (422, True)


def test_a_citizens_short_password_is_not_an_officials(world: World) -> None:
    """Whoever takes a role with the account they have keeps a password that was long enough for a citizen."""
    short = "payung lebar"
    person_id = create_person(CreatePerson("nur@contoh.example", "Nur", short), by=world.administrator.person_id)
    assert sign_in("nur@contoh.example", short, source="10.0.0.1")
    grant_role(GrantRole(person_id, world.agency, Role.OFFICER), by=world.administrator.person_id)
    with pytest.raises(Invalid, match="paling sedikit 15"):
        sign_in("nur@contoh.example", short, source="10.0.0.1")
    set_password(person_id, NEW, by=person_id, staff=True)
    assert sign_in("nur@contoh.example", NEW, source="10.0.0.1")
