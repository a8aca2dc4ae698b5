"""Another address: the new one proves itself by a link, the old one is told, and nobody else can use the link."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from feedback.adapters.mail import Mail
from feedback.people.actions import CreatePerson, create_person
from tests.factories import PASSWORD, World
from tests.notices.post import work
from tests.people.test_views import email_of, try_to_enter
from tests.site import Page, Reader

OTHER = "nur.baru@contoh.example"
LINK = re.compile(r"http://localhost(/akun/alamat/\S{43})\n")
New = Callable[[], Reader]
Sent = list[Mail]


def ask(reader: Reader, address: str = OTHER) -> Page:
    return reader.send(reader.open("/akun/alamat"), button="Kirim tautan", email=address)


@pytest.fixture
def link(world: World, readers: New, sent: Sent) -> str:
    """The link sent to the new address of the citizen."""
    assert OTHER in ask(readers().sign_in(world.citizen)).text
    work()
    (mail,) = sent
    assert mail.recipient == OTHER
    found = LINK.search(mail.text)
    assert found is not None
    return found[1]


def test_the_new_address_is_used_once_it_is_proven_and_the_old_one_is_told(world: World, link: str, readers: New, sent: Sent) -> None:
    old, reader = email_of(world.citizen.person_id), readers().sign_in(world.citizen)
    assert reader.client.head(link).status_code == 200
    page = reader.open(link)
    assert OTHER in page.text
    assert email_of(world.citizen.person_id) == old
    page = reader.send(page, button="Ya, pakai alamat ini")
    assert (page.status, page.path) == (200, "/akun/keamanan")
    assert email_of(world.citizen.person_id) == OTHER
    assert reader.open(link).status == 404
    work()
    assert [mail.recipient for mail in sent if "Alamat surel akun Anda baru saja diganti" in mail.text] == [old]
    assert try_to_enter(readers(), OTHER, PASSWORD).path == "/akun"
    assert try_to_enter(readers(), old, PASSWORD).status == 422


def test_the_browser_that_changed_it_is_still_known(world: World, link: str, readers: New, sent: Sent) -> None:
    reader = readers()
    try_to_enter(reader, email_of(world.citizen.person_id), PASSWORD)
    reader.send(reader.open(link), button="Ya, pakai alamat ini")
    work()
    sent.clear()
    reader.send(reader.open("/akun"), button="Keluar")
    assert try_to_enter(reader, OTHER, PASSWORD).path == "/akun"
    work()
    assert sent == []


def test_the_link_works_for_nobody_else(world: World, link: str, readers: New) -> None:
    """A mistyped address is a stranger's: their click must not give them the account."""
    stranger = readers()
    assert stranger.open(link).path == "/masuk"
    stranger.sign_in(world.stranger)
    assert stranger.open(link).status == 404
    token = dict(stranger.open("/akun").form(button="Keluar").fields)["csrf_token"]
    assert stranger.client.post(link, data={"csrf_token": token}).status_code == 404
    assert email_of(world.citizen.person_id) != OTHER


def test_whoever_asks_for_an_address_with_an_account_learns_nothing(world: World, reader: Reader, sent: Sent) -> None:
    known, reader = email_of(world.stranger.person_id), reader.sign_in(world.citizen)
    pages = [ask(reader, address) for address in (known, OTHER)]
    assert pages[0].text.replace(known, "X") == pages[1].text.replace(OTHER, "X")
    work()
    assert [(mail.recipient, bool(LINK.search(mail.text))) for mail in sent] == [(OTHER, True)]


def test_the_owner_of_an_address_with_an_account_is_told(world: World, reader: Reader, sent: Sent) -> None:
    known = email_of(world.stranger.person_id)
    ask(reader.sign_in(world.citizen), known)
    work()
    [letter] = sent
    assert letter.recipient == known
    assert "sudah punya akun" in letter.text
    assert LINK.search(letter.text) is None


def test_an_address_that_got_an_account_meanwhile_is_refused(world: World, link: str, readers: New) -> None:
    reader = readers().sign_in(world.citizen)
    create_person(CreatePerson(OTHER, "Nur Lain", "sepeda hijau di tepi laut"))
    assert reader.send(reader.open(link), button="Ya, pakai alamat ini").status == 404
    assert email_of(world.citizen.person_id) != OTHER


def test_what_cannot_be_an_address_is_refused_at_its_field(world: World, reader: Reader) -> None:
    page = ask(reader.sign_in(world.citizen), "nur@")
    assert (page.status, "tidak lengkap atau salah tulis" in page.text) == (422, True)
