"""Sessions live on the server: hashed, revocable, renewed, short for who may do much (SECURITY.md 1.6 and 3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from feedback.kernel.clock import utc_now
from feedback.kernel.permissions import Role
from feedback.people.actions import (
    GrantRole,
    begin_sign_in,
    end_role,
    end_sessions,
    forget_old_sessions,
    grant_role,
    keep,
    renew,
    set_active,
)
from feedback.people.models import BrowserSession
from feedback.people.queries import memberships_of, open_session, signed_in_person, token_hash
from feedback.people.queries.sessions import unlocked
from feedback.storage.session import db, transaction
from tests.factories import World
from tests.publicsite.rows import add_ticket
from tests.site import Page, Reader


def rows() -> list[BrowserSession]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(BrowserSession).order_by(BrowserSession.id)))


def grow_old(*, idle: timedelta = timedelta(0), age: timedelta = timedelta(0)) -> None:
    """As if every session had been left alone so long, and begun so long ago."""
    with transaction():
        old = {"seen_at": utc_now() - idle, "created_at": utc_now() - max(age, idle)}
        db.session.execute(update(BrowserSession).values(**old))


def test_the_cookie_is_a_token_of_which_only_the_hash_is_stored(world: World, reader: Reader) -> None:
    reader.sign_in(world.officer)
    cookie = reader.client.get_cookie("sesi")
    assert cookie is not None
    assert len(cookie.value) >= 43
    (row,) = rows()
    assert row.token_hash == token_hash(cookie.value)
    kept = [str(value) for value in db.session.execute(select(BrowserSession.__table__)).one()]
    assert not [one for one in kept if cookie.value in one], "the token itself stands in the database"


@pytest.mark.parametrize("path", ["/", "/laporan", "/layanan", "/unit", "/statistik", "/bantuan"])
def test_reading_without_an_account_leaves_no_trace(world: World, client: FlaskClient, statements: list[str], path: str) -> None:
    statements.clear()
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert not [one for one in statements if not one.lstrip().startswith(("SELECT", "WITH"))]
    assert not [one for one in statements if "browser_session" in one]
    assert rows() == []


@pytest.mark.parametrize("path", ["/lapor", "/masuk", "/daftar", "/lacak"])
def test_a_form_sets_a_cookie_and_writes_nothing(world: World, client: FlaskClient, statements: list[str], path: str) -> None:
    statements.clear()
    answer = client.get(path)
    assert answer.headers["Set-Cookie"].startswith("sesi=")
    assert not [one for one in statements if not one.lstrip().startswith(("SELECT", "WITH"))]
    assert rows() == []


def test_a_forged_form_cookie_is_nobody_s(world: World, client: FlaskClient) -> None:
    for value in ("eyJjc3JmX3Rva2VuIjoieCJ9.aaaa.bbbb", "..", "x" * 3000, "%00", "\u2026"):
        client.set_cookie("sesi", value)
        assert client.get("/masuk").status_code == 200
        assert client.get("/akun").status_code == 303


def test_on_https_the_cookie_is_for_this_host_only(app: Flask) -> None:
    app.config.update(SESSION_COOKIE_NAME="__Host-sesi", SESSION_COOKIE_SECURE=True)
    cookie = app.test_client().get("/masuk", base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith("__Host-sesi=")
    words = {one.strip() for one in cookie.split(";")[1:]}
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= words
    assert not any(one.startswith("Domain") for one in words)


def test_citizens_stay_signed_in_and_staff_end_with_the_browser(world: World, readers: Callable[[], Reader]) -> None:
    for who, lasts in ((world.citizen, True), (world.officer, False)):
        reader = readers().sign_in(who)
        with reader.client.session_transaction() as session:
            session.begin(open_session(reader.client.get_cookie("sesi").value))  # type: ignore[union-attr]
        kept = reader.client.get_cookie("sesi")
        assert kept is not None
        assert (kept.max_age is not None) is lasts


@pytest.mark.parametrize(
    ("who", "idle", "age"),
    [
        ("citizen", timedelta(days=14), timedelta(days=30)),
        ("officer", timedelta(minutes=30), timedelta(hours=12)),
        ("administrator", timedelta(minutes=15), timedelta(hours=8)),
    ],
)
def test_a_session_ends_when_idle_and_when_old(world: World, reader: Reader, who: str, idle: timedelta, age: timedelta) -> None:
    reader.sign_in(getattr(world, who))
    margin = timedelta(seconds=30)
    grow_old(idle=idle - margin)
    assert reader.open("/akun").path == "/akun"
    grow_old(idle=timedelta(0), age=age - margin)
    assert reader.open("/akun").path == "/akun"
    grow_old(idle=idle + margin)
    assert reader.open("/akun").path == "/masuk"
    grow_old(idle=timedelta(0), age=age + margin)
    assert reader.open("/akun").path == "/masuk"


def test_the_database_does_not_tell_which_reports_a_browser_sent(world: World, reader: Reader) -> None:
    """Nor when a citizen was here: an hour could be laid beside that of an anonymous report."""
    reader.sign_in(world.citizen)
    with reader.client.session_transaction() as session:
        session["tracked"] = [4711]
    (row,) = rows()
    assert row.person_id == world.citizen.person_id
    assert b"4711" not in row.data
    assert b"tracked" not in row.data
    other = begin_sign_in(world.citizen.person_id or 0)
    assert unlocked(other, row.data) == {}
    for moment in (row.created_at, row.seen_at):
        assert (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)


def test_use_is_written_down_now_and_then(world: World, reader: Reader, statements: list[str]) -> None:
    reader.sign_in(world.officer)
    statements.clear()
    reader.open("/akun")
    assert not [one for one in statements if one.startswith("UPDATE")]
    grow_old(idle=timedelta(minutes=3))
    statements.clear()
    reader.open("/akun")
    reader.open("/akun")
    assert len([one for one in statements if one.startswith("UPDATE")]) == 1
    assert utc_now() - rows()[0].seen_at < timedelta(minutes=1)


def test_a_page_that_renews_itself_keeps_nobody_signed_in(world: World, reader: Reader) -> None:
    reader.sign_in(world.officer)
    grow_old(idle=timedelta(minutes=3))
    reader.client.get("/meja", headers={"X-Requested-With": "refresh"})
    assert utc_now() - rows()[0].seen_at > timedelta(minutes=2)


def test_a_renewed_session_has_a_new_token_and_the_old_one_is_worthless(world: World) -> None:
    token = begin_sign_in(world.officer.person_id or 0, strong=True)
    new = renew(token)
    assert signed_in_person(token) is None
    assert signed_in_person(new) is not None
    assert len(rows()) == 1


def test_a_closed_account_is_out_at_the_next_request(world: World, reader: Reader) -> None:
    reader.sign_in(world.officer)
    assert reader.open("/meja").status == 200
    set_active(world.officer.person_id or 0, False, by=None)
    assert reader.open("/meja").path == "/masuk"


def test_a_role_given_or_ended_ends_the_sessions(world: World, readers: Callable[[], Reader]) -> None:
    person_id = world.officer.person_id or 0
    reader = readers().sign_in(world.officer)
    grant_role(GrantRole(person_id, world.other_agency, Role.OFFICER), by=None)
    assert reader.open("/meja").path == "/masuk"
    reader.sign_in(world.officer)
    end_role(memberships_of([person_id])[0].id, by=None)
    assert reader.open("/meja").path == "/masuk"


def test_all_sessions_but_one_can_be_ended(world: World) -> None:
    here, there = (begin_sign_in(world.citizen.person_id or 0) for _ in range(2))
    kept = open_session(here)
    assert kept is not None
    end_sessions(world.citizen.person_id or 0, but=kept.id)
    assert signed_in_person(here) is not None
    assert signed_in_person(there) is None


def test_signing_out_clears_what_the_browser_kept_of_pages(world: World, reader: Reader) -> None:
    token = dict(reader.sign_in(world.citizen).open("/akun").form(button="Keluar").fields)["csrf_token"]
    answer = reader.client.post("/keluar", data={"csrf_token": token})
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (303, '"cache"')


def test_a_message_is_shown_once_and_leaves_no_row(world: World, reader: Reader) -> None:
    reader.sign_in(world.citizen)
    page = reader.send(reader.open("/akun"), button="Keluar")
    assert "Anda sudah keluar." in page.text
    assert rows() == []
    assert "Anda sudah keluar." not in reader.open("/").text


def test_two_requests_at_once_do_not_undo_each_other(world: World) -> None:
    token = keep(None, {"tracked": [1]})
    keep(token, {"_flashes": [["success", "x"]]})
    keep(token, {"tracked": [1, 2]})
    keep(token, {"_flashes": None})
    found = open_session(token)
    assert found is not None
    assert found.data == {"tracked": [1, 2]}


def test_a_visitor_who_opened_a_ticket_has_a_row_of_14_days(world: World, reader: Reader) -> None:
    ticket = add_ticket(world)
    with reader.client.session_transaction() as session:
        session["tracked"] = [ticket.id]
    assert [row.person_id for row in rows()] == [None]
    before = reader.client.get_cookie("sesi")
    reader.open("/laporan")
    assert reader.client.get_cookie("sesi") == before
    grow_old(idle=timedelta(days=14, minutes=1))
    with reader.client.session_transaction() as session:
        assert "tracked" not in session


def test_a_form_shown_before_the_row_was_made_still_sends(world: World, reader: Reader) -> None:
    """Somebody sends a report, goes back, and presses the button again."""
    shown = dict(reader.open("/lacak").form(has="nomor").fields)["csrf_token"]
    with reader.client.session_transaction() as session:
        session["tracked"] = [1]
    assert len(rows()) == 1
    assert reader.client.post("/lacak", data={"csrf_token": shown, "nomor": "x", "kode": "y"}).status_code == 422


def test_old_sessions_are_forgotten(world: World) -> None:
    begin_sign_in(world.citizen.person_id or 0)
    keep(None, {"tracked": [1]})
    assert forget_old_sessions(utc_now()) == 0
    grow_old(idle=timedelta(days=12))
    assert forget_old_sessions(utc_now()) == 0
    grow_old(idle=timedelta(days=15))
    assert forget_old_sessions(utc_now()) == 2
    assert rows() == []


def test_words_typed_while_the_session_ended_come_back(world: World, reader: Reader) -> None:
    page = reader.sign_in(world.coordinator).open("/meja/loket")
    token = dict(page.form(has="text").fields)["csrf_token"]
    end_sessions(world.coordinator.person_id or 0)
    words = "Ibu di loket bercerita panjang."
    sent = {"csrf_token": token, "text": words}
    answer = Page(reader.client.post("/meja/loket", data=sent, headers={"Sec-Fetch-Site": "same-origin"}))
    assert answer.status == 403
    assert words in answer.html
    assert answer.form(button="Kirim lagi").action.startswith("/meja/loket")
