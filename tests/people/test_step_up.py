"""Who does something grave shows again who they are; what they typed goes through with it (SECURITY.md section 3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask, request
from sqlalchemy import select

from feedback.audit.models import AuditEntry
from feedback.kernel.clock import utc_now
from feedback.storage.session import db
from feedback.web.guard import PUBLIC, fresh, signed_in
from tests.conftest import plain_application
from tests.factories import PASSWORD, World
from tests.site import Page, Reader


@pytest.fixture
def grave(app: Flask) -> list[dict[str, str]]:
    """A view for grave things that notes what it was sent."""
    done: list[dict[str, str]] = []

    @signed_in
    @fresh
    def view() -> str:
        done.append(request.form.to_dict())
        return "<title>x</title><h1>Terjadi</h1>"

    app.add_url_rule("/gawat", "grave", view, methods=["GET", "POST"])
    return done


def grow_stale(reader: Reader) -> None:
    with reader.client.session_transaction() as session:
        session["proven_at"] = (utc_now() - timedelta(minutes=5)).isoformat()


def test_right_after_signing_in_nothing_is_asked(world: World, reader: Reader, grave: list[dict[str, str]]) -> None:
    assert "Terjadi" in reader.sign_in(world.citizen).open("/gawat").text


def test_reading_something_grave_asks_first_and_goes_on(world: World, reader: Reader, grave: list[dict[str, str]]) -> None:
    reader.sign_in(world.citizen)
    grow_stale(reader)
    page = reader.open("/gawat?apa=ini")
    assert page.status == 401
    assert grave == []
    before = reader.client.get_cookie("sesi")
    page = reader.send(page, button="Ya, lanjutkan", **{"bukti-proof": PASSWORD})
    assert (page.path, page.response.request.query_string) == ("/gawat", b"apa=ini")
    assert "Terjadi" in page.text
    assert reader.client.get_cookie("sesi") != before


def test_a_grave_form_keeps_what_was_typed(world: World, reader: Reader, grave: list[dict[str, str]]) -> None:
    reader.sign_in(world.citizen)
    token = dict(reader.open("/akun").form(button="Keluar").fields)["csrf_token"]
    grow_stale(reader)
    typed = {"text": "baris satu\r\nbaris <dua> & \"tiga\"", "csrf_token": token}
    asked = Page(reader.client.post("/gawat", data=typed))
    assert asked.status == 401
    wrong = reader.send(asked, button="Ya, lanjutkan", **{"bukti-proof": "bukan kata sandinya"})
    assert wrong.status == 422
    assert grave == []
    done = reader.send(wrong, button="Ya, lanjutkan", **{"bukti-proof": PASSWORD})
    assert "Terjadi" in done.text
    assert grave[0]["text"].replace("\r\n", "\n") == typed["text"].replace("\r\n", "\n")
    assert PASSWORD not in asked.html + wrong.html


def test_wrong_answers_are_throttled(world: World, reader: Reader, grave: list[dict[str, str]]) -> None:
    reader.sign_in(world.citizen)
    grow_stale(reader)
    page = reader.open("/gawat")
    for _ in range(6):
        page = reader.send(page, button="Ya, lanjutkan", **{"bukti-proof": "bukan kata sandinya"})
    assert page.status == 429
    assert "Retry-After" in page.response.headers


def test_nothing_grave_is_public() -> None:
    for name, view in plain_application().view_functions.items():
        assert not (getattr(view, "fresh", False) and getattr(view, "guard", None) == PUBLIC), name


def test_a_failed_proof_of_an_official_stands_in_the_log(world: World, readers: Callable[[], Reader], grave: list[dict[str, str]]) -> None:
    for who in (world.officer, world.citizen):
        reader = readers().sign_in(who)
        grow_stale(reader)
        reader.send(reader.open("/gawat"), button="Ya, lanjutkan", **{"bukti-proof": "salah sama sekali"})
    db.session.rollback()
    failed = db.session.scalars(select(AuditEntry.actor_id).where(AuditEntry.deed == "person.proof_failed")).all()
    assert failed == [world.officer.person_id]
