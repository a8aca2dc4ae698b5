"""An address that somebody typed gets one letter that asks; the next go only where its owner said yes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from feedback.adapters.mail import Mail, TemporaryMailFailure
from feedback.admin.actions.work import Worker
from feedback.kernel.actor import Actor
from feedback.notices.handlers import sending
from feedback.notices.models import AddressConsent
from feedback.storage.keyring import keyed_hash
from feedback.storage.session import db
from feedback.tickets.rules.words import MoveName
from tests.factories import World, make_report, move
from tests.notices.conftest import sent
from tests.site import Reader

__all__ = ["sent"]

ADDRESS = "nur@warga.example"
LINK = re.compile(r"http://localhost(/surat/[0-9a-f]{64})")


def work(app: Flask) -> None:
    db.session.rollback()
    db.session.expire_all()
    Worker(app.extensions["handlers"], (), app.config["SETTINGS"].instance).drain()
    db.session.rollback()


def news(world: World, *, address: str = ADDRESS, **values: object) -> str:
    """A report with a typed address, and an official's first act on it: two letters."""
    receipt = make_report(world, actor=Actor(), email=address, **values)
    move(receipt.number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="normative")
    return receipt.number


def to(sent: list[Mail], address: str = ADDRESS) -> list[Mail]:
    return [letter for letter in sent if letter.recipient == address]


def link(letter: Mail) -> str:
    found = LINK.search(letter.text)
    assert found, letter.text
    return found[1]


def test_the_first_letter_asks_and_no_second_goes_out(app: Flask, world: World, sent: list[Mail]) -> None:
    news(world)
    work(app)
    news(world, anonymous=True)
    work(app)
    [letter] = to(sent)
    assert "Alamat ini diketik pada sebuah laporan" in letter.text
    assert letter.text.index("/surat/") < letter.text.index("\n--\n")


def test_another_spelling_of_the_mailbox_is_not_asked_again(app: Flask, world: World, sent: list[Mail]) -> None:
    for address in (ADDRESS, "nur+1@warga.example", "Nur+2@WARGA.example"):
        news(world, address=address)
        work(app)
    assert [letter.recipient for letter in sent if "/surat/" in letter.text] == [ADDRESS]


def test_after_a_yes_news_go_on_and_after_a_no_they_end(app: Flask, world: World, reader: Reader, sent: list[Mail]) -> None:
    number = news(world)
    work(app)
    path = link(to(sent)[0])
    page = reader.open(path)
    assert "belum dikonfirmasi" in page.text
    assert number not in page.text
    assert ADDRESS not in page.text
    move(number, MoveName.START, world.officer)
    move(number, MoveName.INTERIM_REPLY, world.officer, text="Sedang kami periksa.")
    work(app)
    assert len(to(sent)) == 1, "looking is not saying yes"
    assert "kabar laporan dikirim" in reader.send(page, button="Ya, kirim kabar ke alamat ini").text
    move(number, MoveName.INTERIM_REPLY, world.officer, text="Lampunya dipesan.")
    work(app)
    assert "Lampunya dipesan." in to(sent)[-1].text
    assert "Berhenti menerima surat" in to(sent)[-1].text
    assert link(to(sent)[-1]) == path
    reader.send(reader.open(path), button="Jangan menulis ke alamat ini")
    before = len(to(sent))
    move(number, MoveName.ANSWER, world.officer, text="Sudah menyala.")
    work(app)
    assert len(to(sent)) == before


def test_an_account_is_no_typed_address(app: Flask, world: World, sent: list[Mail]) -> None:
    receipt = make_report(world)
    move(receipt.number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="normative")
    work(app)
    mine = [letter for letter in sent if receipt.number in letter.subject and "Yth. pelapor" in letter.text]
    assert len(mine) == 2
    assert all("/surat/" not in letter.text for letter in mine)


def test_a_letter_that_failed_asks_again(app: Flask, world: World, sent: list[Mail], monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        def send(self, _mail: Mail) -> None:
            raise TemporaryMailFailure("busy")

    make_report(world, actor=Actor(), email=ADDRESS)
    with monkeypatch.context() as patch:
        patch.setattr(sending, "mailer_for", lambda _settings: Refusing())
        work(app)
    assert db.session.scalars(select(AddressConsent.state)).all() == []


@pytest.mark.parametrize("token", ["0" * 64, "x", "é", "a" * 5000])
def test_a_link_that_no_letter_carried_is_not_found(world: World, reader: Reader, token: str) -> None:
    assert reader.client.get(f"/surat/{token}").status_code == 404


def test_the_row_tells_neither_address_nor_report(app: Flask, world: World, sent: list[Mail], readers: Callable[[], Reader]) -> None:
    news(world)
    work(app)
    [row] = db.session.scalars(select(AddressConsent))
    assert {column.name for column in AddressConsent.__table__.columns} == {"address_hash", "token_hash", "state", "carried_to"}
    token = link(to(sent)[0]).rpartition("/")[2]
    assert token not in (row.address_hash, row.token_hash)
    guesses = {keyed_hash(purpose, ADDRESS) for purpose in ("consent", "consent-link", "address-consent")}
    assert not guesses & {row.address_hash, row.token_hash, token}, "whoever has the site's key could try addresses out"
