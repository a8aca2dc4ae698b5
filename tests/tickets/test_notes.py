"""An internal note reaches the people who handle the ticket, and nobody else by any page."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from feedback.kernel.actor import Actor
from feedback.kernel.errors import Forbidden, Invalid, NotFound
from feedback.storage.outbox import Outbox
from feedback.storage.session import db
from feedback.tickets.actions.notes import add_note
from feedback.tickets.actions.submit import Receipt
from feedback.tickets.models import TicketNote
from feedback.tickets.rules.words import MoveName
from tests.factories import World, make_report, tracker
from tests.site import Reader
from tests.tickets.steps import answered, assigned, clocks_by_kind, make, ticket_of

SECRET = "zamrudkhatulistiwa"
WORDS = f"Pelapor sering menelepon, {SECRET}, jangan disebut."


def count() -> int:
    db.session.rollback()  # what the site has written since is not in an older snapshot
    return db.session.scalar(select(func.count()).select_from(TicketNote)) or 0


def noted(world: World, **values: object) -> Receipt:
    receipt = assigned(world, **values)
    add_note(receipt.number, WORDS, "kunci", world.officer)
    return receipt


def test_a_note_is_kept_with_its_author_and_stops_no_clock(world: World) -> None:
    receipt = assigned(world)
    before = ticket_of(receipt).version
    outbox = db.session.scalar(select(func.count()).select_from(Outbox))
    add_note(receipt.number, f"  {WORDS}\r\n", "kunci", world.officer)
    note = db.session.scalars(select(TicketNote)).one()
    assert (note.text, note.author_id, note.unit_id) == (WORDS, world.officer.person_id, world.agency)
    assert ticket_of(receipt).version == before
    assert ticket_of(receipt).first_response_at is None
    assert all(clock.stopped_at is None for kind, clock in clocks_by_kind(receipt).items() if kind in ("first_response", "resolve"))
    assert db.session.scalar(select(func.count()).select_from(Outbox)) == outbox


def test_the_same_form_twice_is_one_note(world: World) -> None:
    receipt = assigned(world)
    for _ in range(2):
        add_note(receipt.number, WORDS, "kunci", world.officer)
    assert count() == 1


@pytest.mark.parametrize("text", ["", " \n ", "\u200b", "\U0001f44d", "a" * 10_001])
def test_a_note_has_words_and_a_limit(world: World, text: str) -> None:
    receipt = assigned(world)
    with pytest.raises(Invalid):
        add_note(receipt.number, text, "kunci", world.officer)
    assert count() == 0


def test_only_those_who_handle_it_write_notes(world: World) -> None:
    receipt, secret = assigned(world), assigned(world, confidential=True)
    for actor in (world.citizen, world.stranger, world.other_officer, world.inspector, world.administrator, Actor(), tracker(receipt)):
        with pytest.raises(Forbidden):
            add_note(receipt.number, WORDS, "kunci", actor)
    for actor in (world.coordinator, world.other_officer, world.stranger):
        with pytest.raises(NotFound):
            add_note(secret.number, WORDS, "kunci", actor)
    with pytest.raises(NotFound):
        add_note("MB-0000-0000", WORDS, "kunci", world.officer)
    assert count() == 0


def walk(reader: Reader, starts: list[str]) -> dict[str, str]:
    """Every page this reader can open by links from these, as html."""
    seen: dict[str, str] = {}
    todo = list(starts)
    while todo and len(seen) < 150:
        path = todo.pop(0)
        if path in seen or path.startswith("/static") or "bahasa" in path:
            continue
        page = reader.open(path)
        seen[path] = page.html
        if page.response.mimetype == "text/html":
            for link in page.links:
                parts = urlsplit(link)
                if not parts.netloc and parts.path.startswith("/"):
                    todo.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return seen


@pytest.mark.parametrize("who", ["visitor", "citizen", "stranger", "tracker", "other_officer", "division_officer", "administrator", "inspector"])
def test_a_note_is_on_no_page_of_anybody_else(world: World, readers: Callable[[], Reader], who: str) -> None:
    receipt = noted(world)
    make(world, receipt, MoveName.ANSWER, world.officer)
    reader = readers()
    if who == "tracker":
        page = reader.send(reader.open("/lacak"), has="nomor", nomor=receipt.number, kode=receipt.code)
        assert receipt.number in page.text
    elif who != "visitor":
        reader.sign_in(getattr(world, who))
    starts = ["/", f"/laporan/{receipt.number}", "/laporan", f"/laporan?q={SECRET}", "/meja", "/pantau", "/kelola", "/akun", "/statistik"]
    pages = walk(reader, starts)
    assert receipt.number in pages[f"/laporan/{receipt.number}"]
    for path, html in pages.items():
        told = html.replace(f"q={SECRET}", "").replace(f'value="{SECRET}"', "")
        assert "jangan disebut" not in told, path
        if path != f"/laporan?q={SECRET}":
            assert SECRET not in told, path


@pytest.mark.parametrize("who", ["officer", "second_officer", "head", "governor", "coordinator"])
def test_those_who_handle_it_read_notes_apart_from_replies(world: World, readers: Callable[[], Reader], who: str) -> None:
    receipt = noted(world)
    page = readers().sign_in(getattr(world, who)).open(f"/laporan/{receipt.number}")
    assert WORDS in page.text
    assert re.search(rf'class="entry entry-note">(?:(?!</li>).)*{SECRET}', page.html, re.DOTALL)


def test_the_reporter_who_disputes_sees_no_note(world: World, readers: Callable[[], Reader]) -> None:
    receipt = answered(world)
    add_note(receipt.number, WORDS, "kunci", world.officer)
    reader = readers().sign_in(world.citizen)
    page = reader.send(reader.open(f"/laporan/{receipt.number}"), button="Belum, saya menyanggah", **{"dispute-text": "Masih mati."})
    assert page.status == 200
    assert SECRET not in page.html


def test_search_finds_no_note(world: World, reader: Reader) -> None:
    receipt = noted(world)
    assert receipt.number not in reader.open(f"/laporan?q={SECRET}").text
    assert receipt.number in reader.open("/laporan?q=masjid").text


def test_the_page_keeps_a_note_that_was_refused_and_takes_it_once(world: World, readers: Callable[[], Reader]) -> None:
    receipt = assigned(world)
    reader = readers().sign_in(world.officer)
    page = reader.open(f"/laporan/{receipt.number}")
    empty = reader.send(page, has="note-text", **{"note-text": "\U0001f44d\U0001f44d"})
    assert empty.status == 422
    assert ("note-text", "\U0001f44d\U0001f44d") in empty.form(has="note-text").fields
    kept = reader.send(empty, has="note-text", **{"note-text": WORDS})
    assert kept.status == 200
    reader.send(empty, has="note-text", **{"note-text": WORDS})
    assert count() == 1


def test_a_visitor_cannot_post_a_note(app: Flask, world: World, reader: Reader, readers: Callable[[], Reader]) -> None:
    receipt = assigned(world)
    officer = readers().sign_in(world.officer)
    form = officer.open(f"/laporan/{receipt.number}").form(has="note-text")
    stranger = readers().sign_in(world.stranger)
    token = dict(stranger.open(f"/laporan/{receipt.number}").forms[0].fields).get("csrf_token", "")
    fields = {**dict(form.fields), "csrf_token": token, "note-text": WORDS}
    assert stranger.client.post(form.action, data=fields).status_code == 403
    assert count() == 0


def test_a_note_of_an_unverified_report_is_not_on_the_public_page(world: World, reader: Reader) -> None:
    receipt = make_report(world)
    add_note(receipt.number, WORDS, "kunci", world.coordinator)
    assert SECRET not in reader.open(f"/laporan/{receipt.number}").html
