"""An account begins with a letter to its address: nobody learns who has one, and nobody opens one for a neighbour."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from feedback.adapters.mail import Mail
from feedback.kernel.clock import utc_now
from feedback.kernel.permissions import Role
from feedback.people.actions import GrantRole, grant_role, set_active
from feedback.people.models import BrowserSession, Person
from feedback.people.queries import person_by_email
from feedback.people.queries.registration import registration_token
from feedback.people.rules.links import MOST_LETTERS
from feedback.storage.outbox import Outbox
from feedback.storage.session import db
from tests.factories import World
from tests.notices.post import work
from tests.people.registering import register
from tests.people.test_views import email_of
from tests.site import Page, Reader

NEW = "sepeda hijau di tepi laut"
ADDRESS = "siti@contoh.example"
LINK = re.compile(r"http://localhost(/daftar/\S+)\n")
New = Callable[[], Reader]
Sent = list[Mail]


def ask(reader: Reader, email: str = ADDRESS) -> Page:
    return reader.send(reader.open("/daftar"), button="Kirim tautan", email=email)


def link_in(sent: Sent) -> str:
    work()
    (link,) = [match[1] for mail in sent if (match := LINK.search(mail.text))]
    return link


def test_the_letter_leads_to_an_account_that_is_signed_in(world: World, readers: New, sent: Sent) -> None:
    page = ask(readers(), "Siti@Contoh.Example")
    assert page.status == 200
    assert ADDRESS in page.text
    assert person_by_email(ADDRESS) is None
    link = link_in(sent)
    assert [mail.recipient for mail in sent] == [ADDRESS]
    reader = readers()  # the letter is often opened elsewhere
    page = reader.send(reader.open(link), button="Buat akun", name="  Nur'aini  ", password=NEW, locale="en")
    assert (page.status, page.path) == (200, "/akun")
    person = person_by_email(ADDRESS)
    assert person is not None
    assert (person.name, person.locale) == ("Nur'aini", "en")


def test_looking_makes_nothing_and_the_link_is_over_once_used(world: World, readers: New) -> None:
    link, reader = f"/daftar/{registration_token(ADDRESS)}", readers()
    for _ in range(3):
        assert reader.open(link).status == 200
        assert reader.client.head(link).status_code == 200
    assert person_by_email(ADDRESS) is None
    register(readers(), ADDRESS)
    over = reader.open(link)
    assert over.status == 404
    assert {"/masuk", "/daftar"} <= set(over.links)


def test_after_a_day_it_is_over_and_a_forged_one_never_works(app: Flask, world: World, reader: Reader) -> None:
    link = f"/daftar/{registration_token(ADDRESS)}"
    with time_machine.travel(utc_now() + timedelta(hours=24, minutes=1)):
        assert reader.open(link).status == 404
    assert reader.open(link[:-1] + ("A" if link[-1] != "A" else "B")).status == 404
    assert reader.open("/daftar/" + "a" * 2000).status == 404


def test_whoever_asks_learns_not_who_has_an_account(world: World, reader: Reader, sent: Sent) -> None:
    known = email_of(world.citizen.person_id)
    pages = [ask(reader, email) for email in (known, ADDRESS)]
    assert pages[0].text.replace(known, "X") == pages[1].text.replace(ADDRESS, "X")
    posted = db.session.scalars(select(Outbox.payload).where(Outbox.kind == "mail.register")).all()
    assert [sorted(one) for one in posted] == [["address", "locale"]] * 2
    work()
    assert [mail.recipient for mail in sent] == [known, ADDRESS]
    assert "Alamat ini sudah punya akun" in sent[0].text
    assert LINK.search(sent[0].text) is None
    assert [job.payload for job in db.session.scalars(select(Outbox).where(Outbox.kind == "mail.register"))] == [{}, {}]


def test_a_closed_account_is_not_opened_anew(world: World, reader: Reader, sent: Sent) -> None:
    known = email_of(world.citizen.person_id)
    set_active(world.citizen.person_id or 0, False, by=None)
    ask(reader, known)
    work()
    assert sent == []
    assert reader.open(f"/daftar/{registration_token(known)}").status == 404


def test_a_mailbox_gets_few_letters_a_day_and_the_address_typed_stays(world: World, readers: New, sent: Sent) -> None:
    for number in range(MOST_LETTERS):
        assert ask(readers(), f"siti+{number}@contoh.example").status == 200
    page = ask(readers(), "SITI@contoh.example")
    assert page.status == 429
    assert "Retry-After" in page.response.headers
    assert 'value="SITI@contoh.example"' in page.html
    work()
    assert len(sent) == MOST_LETTERS


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("tanpa-tanda", "Alamat surel ini tidak lengkap"),
        ("", "Bagian ini wajib diisi."),
        ("ｋorban@contoh.example", "huruf Latin biasa"),
        ("kоrban@contoh.example", "huruf Latin biasa"),
    ],
)
def test_an_address_nobody_can_write_to_is_refused(world: World, reader: Reader, typed: str, text: str) -> None:
    page = ask(reader, typed)
    assert page.status == 422
    assert text in page.text
    assert f'value="{typed}"' in page.html
    assert db.session.scalars(select(Outbox)).all() == []


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"name": ""}, "Bagian ini wajib diisi."),
        ({"name": "🙂"}, "Tulis dengan kata-kata"),
        ({"password": "pendek"}, "paling sedikit 12 karakter"),
        ({"password": "123456789012"}, "mudah ditebak"),
        ({"locale": "xx"}, "Pilihan ini tidak dikenal."),
    ],
)
def test_wrong_words_make_nothing_and_keep_what_was_typed(world: World, reader: Reader, typed: dict[str, str], text: str) -> None:
    values = {"name": "Siti Kamilah", "password": NEW, "locale": "id", **typed}
    page = register(reader, ADDRESS, **values)
    assert page.status == 422
    assert text in page.text
    assert 'href="#' in page.html
    if values["name"]:
        assert f'value="{values["name"]}"' in page.html
    assert NEW not in page.html
    assert person_by_email(ADDRESS) is None


def test_an_address_in_the_form_changes_nothing(world: World, reader: Reader) -> None:
    page = reader.open(f"/daftar/{registration_token(ADDRESS)}")
    values = {"name": "Siti", "password": NEW, "email": "lain@contoh.example", "role": "administrator", "is_active": "1"}
    assert reader.send(page, button="Buat akun", **values).path == "/akun"
    assert person_by_email(ADDRESS) is not None
    assert person_by_email("lain@contoh.example") is None


def test_the_account_is_its_owners_and_may_get_a_role(world: World, reader: Reader) -> None:
    register(reader, ADDRESS)
    person = person_by_email(ADDRESS)
    assert person is not None
    grant_role(GrantRole(person.id, world.agency, Role.OFFICER), by=world.administrator.person_id)
    assert db.session.scalars(select(BrowserSession).where(BrowserSession.person_id == person.id)).all() == []


def test_two_that_use_a_link_at_once_make_one_account(world: World, readers: New) -> None:
    pages = [readers() for _ in range(2)]
    forms = [(one, one.open(f"/daftar/{registration_token(ADDRESS)}")) for one in pages]
    done = [one.send(page, button="Buat akun", name="Siti", password=NEW) for one, page in forms]
    assert [page.status for page in done] == [200, 404]
    assert len(db.session.scalars(select(Person).where(Person.email == ADDRESS)).all()) == 1
