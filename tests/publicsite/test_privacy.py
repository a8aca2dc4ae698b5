"""The privacy notice: versions that do not change under whoever agreed to them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from feedback.kernel.privacy import NOTICE, NOTICES
from feedback.people.models import Person
from feedback.storage.session import db
from feedback.tickets.models import Ticket
from feedback.tickets.rules.words import Channel
from tests.factories import MONDAY, World, make_report
from tests.people.registering import register
from tests.site import Reader

FOLDER = Path(__file__).parents[2] / "feedback/publicsite/privacy"


def test_a_version_that_was_agreed_to_never_changes() -> None:
    found = {file.name for file in FOLDER.glob("*.txt")}
    assert found == {f"{version}.{language}.txt" for version in NOTICES for language in ("id", "en")}
    for version, sums in NOTICES.items():
        for language, known in sums.items():
            text_ = (FOLDER / f"{version}.{language}.txt").read_bytes()
            assert hashlib.sha256(text_).hexdigest() == known, "another text is another version: add a file"


def test_both_languages_have_the_same_sections(reader: Reader) -> None:
    page, english = reader.open("/privasi"), reader.open("/privasi?bahasa=en")
    assert page.html.count("<h2") == english.html.count("<h2") > 5
    assert page.html.count("<li>") == english.html.count("<li>")
    assert "Hak Anda" in page.text


@pytest.mark.parametrize("version", [*NOTICES])
def test_every_version_can_be_read(reader: Reader, version: str) -> None:
    assert reader.open(f"/privasi/{version}").status == 200


@pytest.mark.parametrize("version", ["2020-01-01", "..", "2026-11-25.id", "x" * 300])
def test_no_other_file_is_read(reader: Reader, version: str) -> None:
    assert reader.open(f"/privasi/{version}").status == 404


def test_reading_it_sets_no_cookie_and_the_form_leads_there(reader: Reader) -> None:
    assert "Set-Cookie" not in reader.open("/privasi").response.headers
    page = reader.open("/lapor")
    assert page.html.index('href="/privasi"') < page.html.index('name="text"'), "before typing"
    assert page.html.index("terbuka untuk umum setelah diperiksa") < page.html.index('name="text"'), "before typing"
    assert "surel hanya dipakai untuk mengabari Anda" in page.text, "a telephone number is never used"


def test_a_report_and_an_account_keep_the_version(world: World, reader: Reader) -> None:
    mine = make_report(world)
    theirs = make_report(world, actor=world.coordinator, channel=Channel.COUNTER, received_at=MONDAY)
    found = dict(db.session.execute(select(Ticket.id, Ticket.privacy_notice)).tuples().all())
    assert found == {mine.ticket_id: NOTICE, theirs.ticket_id: None}
    register(reader, "baru@contoh.example")
    db.session.rollback()
    assert db.session.scalar(select(Person.privacy_notice).where(Person.email == "baru@contoh.example")) == NOTICE
    assert db.session.scalar(select(Person.privacy_notice).where(Person.id == world.officer.person_id)) is None


def test_reports_from_before_keep_none(app: Flask, world: World) -> None:
    receipt = make_report(world)
    db.session.remove()
    downgrade(revision="0006")
    upgrade()
    db.session.remove()
    with db.engine.connect() as connection:
        row = connection.execute(text("SELECT number, privacy_notice FROM ticket")).one()
    assert tuple(row) == (receipt.number, None)
