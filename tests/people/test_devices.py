"""Where an account is open: listed, ended, and its owner told of new browsers, passwords, addresses and roles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from feedback.adapters.mail import Mail
from feedback.kernel.errors import TooMany
from feedback.kernel.permissions import Role
from feedback.people.actions import (
    GrantRole,
    change_own_password,
    check_attempts,
    count_failure,
    end_role,
    grant_role,
)
from feedback.people.models import BrowserSession, Person
from feedback.people.queries import memberships_of
from feedback.people.rules import NETWORK
from feedback.storage.session import db
from tests.factories import PASSWORD, World
from tests.notices.post import work
from tests.people.registering import register
from tests.people.test_views import email_of, try_to_enter
from tests.site import Reader
from tests.tickets.conftest import Hands

New = Callable[[], Reader]
Sent = list[Mail]
NEW_BROWSER = "dari peramban yang belum kami kenal"


def told(sent: Sent, words: str) -> list[str]:
    """Who was told that."""
    work()
    return [mail.recipient for mail in sent if words in " ".join(mail.text.split())]


def test_each_browser_is_listed_and_can_be_signed_out(world: World, readers: New) -> None:
    here, phone = readers(), readers()
    phone.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Linux; Android 13) AppleWebKit Chrome/120 Mobile Safari"
    email = email_of(world.citizen.person_id)
    for one in (here, phone):
        try_to_enter(one, email, PASSWORD)
    page = here.open("/akun/keamanan")
    assert "Chrome · Android" in page.text
    assert page.text.count("peramban ini") == 1
    page = here.send(page, button="Keluarkan Chrome · Android")
    assert "Perangkat itu sudah keluar." in page.text
    assert "Chrome · Android" not in page.text
    assert phone.open("/akun").path == "/masuk"
    assert here.open("/akun").path == "/akun"


def test_all_others_are_signed_out_at_once(world: World, readers: New) -> None:
    here, *others = (readers().sign_in(world.citizen) for _ in range(3))
    page = here.send(here.open("/akun/keamanan"), button="Keluarkan semua yang lain")
    assert page.status == 200
    assert {one.open("/akun").path for one in others} == {"/masuk"}
    assert here.open("/akun").path == "/akun"


def test_a_browser_whose_time_is_over_is_not_shown_as_open(hands: Hands, world: World, readers: New) -> None:
    hands.at(3, 2, 9, 0)
    readers().sign_in(world.officer)
    hands.at(3, 2, 9, 29)
    here = readers().sign_in(world.officer)
    assert here.open("/akun/keamanan").text.count("terakhir dipakai") == 2
    hands.at(3, 2, 9, 31)
    assert here.open("/akun/keamanan").text.count("terakhir dipakai") == 1


def test_somebody_elses_browser_is_not_there(world: World, readers: New) -> None:
    other, reader = readers().sign_in(world.stranger), readers().sign_in(world.citizen)
    page = reader.open("/akun/keamanan")
    token = dict(page.form(button="Keluar").fields)["csrf_token"]
    theirs = db.session.scalars(select(BrowserSession.id).where(BrowserSession.person_id == world.stranger.person_id)).one()
    answers = [reader.client.post(f"/akun/perangkat/{one}/keluar", data={"csrf_token": token}) for one in (theirs, 2147483647)]
    assert [one.status_code for one in answers] == [404, 404]
    assert other.open("/akun").path == "/akun"


def test_a_new_browser_is_told_of_and_a_known_one_is_not(world: World, readers: New, sent: Sent) -> None:
    reader, email = readers(), email_of(world.citizen.person_id)
    for _ in range(2):
        page = try_to_enter(reader, email, PASSWORD)
        reader.send(page, button="Keluar")
    assert told(sent, NEW_BROWSER) == [email]
    try_to_enter(readers(), email, PASSWORD)
    assert told(sent, NEW_BROWSER) == [email, email]


def test_a_wrong_password_tells_nobody_and_a_new_account_is_not_news(world: World, readers: New, sent: Sent) -> None:
    try_to_enter(readers(), email_of(world.citizen.person_id), "bukan kata sandinya")
    assert register(readers(), "baru@contoh.example").path == "/akun"
    assert told(sent, NEW_BROWSER) == []


def test_reading_marks_no_browser(reader: Reader) -> None:
    for path in ("/", "/laporan", "/masuk", "/masuk/lupa"):
        reader.open(path)
    assert reader.client.get_cookie("kenal") is None


def test_the_mark_names_nobody_and_lasts(world: World, readers: New) -> None:
    one, other = readers(), readers()
    email = email_of(world.citizen.person_id)
    for reader in (one, other):
        try_to_enter(reader, email, PASSWORD)
    cookies = [reader.client.get_cookie("kenal") for reader in (one, other)]
    assert all(cookie and cookie.http_only and cookie.same_site == "Lax" for cookie in cookies)
    first, second = (cookie.value.split(".") for cookie in cookies if cookie)
    assert not set(first) & set(second)  # the same account looks different in every browser


def test_the_owner_is_not_kept_out_by_somebody_elses_guesses(world: World, readers: New) -> None:
    """Five wrong tries from the owner's own network: others there wait, the owner's browser does not."""
    owner, thief, email = readers(), readers(), email_of(world.citizen.person_id)
    owner.send(try_to_enter(owner, email, PASSWORD), button="Keluar")
    for _ in range(6):
        page = try_to_enter(thief, email, "bukan kata sandinya")
    assert page.status == 429
    assert try_to_enter(readers(), email, PASSWORD).status == 429
    assert try_to_enter(owner, email, PASSWORD).path == "/akun"


def test_a_known_browser_waits_for_its_own_guesses(world: World, reader: Reader) -> None:
    email = email_of(world.citizen.person_id)
    reader.send(try_to_enter(reader, email, PASSWORD), button="Keluar")
    for _ in range(6):
        page = try_to_enter(reader, email, "bukan kata sandinya")
    assert page.status == 429


def test_the_slips_of_a_village_behind_one_address_do_not_add_up_for_ever(hands: Hands, world: World) -> None:
    hands.at(3, 2, 9, 10)
    for _ in range(120):
        count_failure(f"{NETWORK}sign-in:10.0.0.1")
    with pytest.raises(TooMany):
        check_attempts(f"{NETWORK}sign-in:10.0.0.1")
    hands.at(3, 2, 10, 0)
    count_failure(f"{NETWORK}sign-in:10.0.0.1")  # one more slip, an hour later
    check_attempts(f"{NETWORK}sign-in:10.0.0.1")


def test_a_made_up_mark_is_worth_nothing(world: World, readers: New, sent: Sent) -> None:
    owner, thief, email = readers(), readers(), email_of(world.citizen.person_id)
    try_to_enter(owner, email, PASSWORD)
    cookie = owner.client.get_cookie("kenal")
    assert cookie is not None
    thief.client.set_cookie("kenal", "nama." + cookie.value.split(".")[1])
    try_to_enter(thief, email, PASSWORD)
    assert told(sent, NEW_BROWSER) == [email, email]


def test_all_unknown_browsers_together_have_a_limit_that_known_ones_do_not_feel(world: World, readers: New) -> None:
    owner, email = readers(), email_of(world.citizen.person_id)
    settings = owner.client.application.config["SETTINGS"]
    owner.client.application.config["SETTINGS"] = replace(settings, rates={**settings.rates, "sign_ins": (3, 3)})
    owner.send(try_to_enter(owner, email, PASSWORD), button="Keluar")
    elsewhere = [readers() for _ in range(3)]
    for number, one in enumerate(elsewhere):
        one.client.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
    assert [try_to_enter(one, f"{n}@contoh.example", "x").status for n, one in enumerate(elsewhere)] == [422, 422, 429]
    assert try_to_enter(owner, email, PASSWORD).path == "/akun"


def test_a_new_password_and_new_roles_are_told(world: World, sent: Sent) -> None:
    email, person_id = email_of(world.officer.person_id), world.officer.person_id or 0
    grant_role(GrantRole(person_id, world.agency, Role.INSPECTOR), by=world.administrator.person_id)
    (held,) = (one.id for one in memberships_of([person_id]) if one.role is Role.INSPECTOR)
    end_role(held, by=world.administrator.person_id)
    assert told(sent, "Peran Anda baru saja berubah.") == [email, email]
    change_own_password(email, PASSWORD, "sepeda hijau di tepi laut", source="10.0.0.1")
    assert told(sent, "semua perangkat lain dikeluarkan") == [email]


@pytest.mark.parametrize("locale", ["id", "en"])
def test_letters_are_in_the_persons_language(world: World, readers: New, sent: Sent, locale: str) -> None:
    db.session.get_one(Person, world.citizen.person_id).locale = locale
    db.session.commit()
    try_to_enter(readers(), email_of(world.citizen.person_id), PASSWORD)
    work()
    (mail,) = sent
    assert ("in a browser we did not know" in " ".join(mail.text.split())) is (locale == "en")
    assert "http://localhost/akun/keamanan" in mail.text
