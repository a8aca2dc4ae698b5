"""Codes after the password: required of staff, accepted once, throttled, recoverable (SECURITY.md section 3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from feedback.audit.models import AuditEntry
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid
from feedback.kernel.permissions import Role
from feedback.people.actions import (
    begin_sign_in,
    prove_second_factor,
    second_factor,
    set_password,
    set_up_authenticator,
)
from feedback.people.models import MembershipRow, Person, RecoveryCode
from feedback.people.queries import codes_left, open_session, signed_in_person
from feedback.people.rules import accepted_step, code_at, example_code, new_secret, step_of
from feedback.storage.outbox import Outbox
from feedback.storage.session import db, transaction
from tests.factories import PASSWORD, World
from tests.people.codes import RECOVERY, apps, code_of, set_up_app
from tests.people.test_views import email_of, try_to_enter
from tests.site import Page, Reader

NOW = datetime(2026, 3, 2, 2, 0, 10, tzinfo=UTC)


def told(person_id: int | None) -> list[str]:
    db.session.rollback()
    rows = db.session.scalars(select(Outbox.payload).where(Outbox.kind == "mail.account").order_by(Outbox.id))
    return [row["news"] for row in rows if row["person_id"] == person_id]


def enrolled(world: World, reader: Reader) -> list[str]:
    """The officer with an app; returns the recovery codes. The browser is signed out again."""
    page, _secret = set_up_app(reader, try_to_enter(reader, email_of(world.officer.person_id), PASSWORD))
    codes = RECOVERY.findall(page.text)
    reader.client.delete_cookie("sesi")
    return codes


def ask(reader: Reader, world: World, lanjut: str = "") -> Page:
    return try_to_enter(reader, email_of(world.officer.person_id), PASSWORD, lanjut)


def test_a_recovery_code_has_a_field_with_letters_on_its_keys(world: World, reader: Reader) -> None:
    codes = enrolled(world, reader)
    page = ask(reader, world)
    field = re.search(r'<input[^>]*name="recovery"[^>]*>', page.html)
    assert field is not None
    assert "inputmode" not in field[0]
    empty = reader.send(page, has="recovery", code="", recovery="")
    assert (empty.status, "Bagian ini wajib diisi." in empty.text) == (422, True)
    wrong = reader.send(page, has="recovery", recovery="AAAA-AAAA-AAAA-AAAA")
    assert wrong.status == 422
    assert "<details" in wrong.html
    assert re.search(r"<details[^>]* open", wrong.html)
    assert reader.send(wrong, has="recovery", recovery=codes[0].lower()).path == "/meja"


def test_a_code_is_accepted_one_step_off_and_no_further() -> None:
    secret, step = new_secret(), step_of(NOW)
    accepted = [accepted_step(secret, code_at(secret, step + off), 0, NOW) for off in (-2, -1, 0, 1, 2)]
    assert accepted == [None, step - 1, step, step + 1, None]
    assert accepted_step(secret, f" {code_at(secret, step)[:3]} {code_at(secret, step)[3:]} ", 0, NOW) == step
    for wrong in ("", "12345", "abcdef", "１２３４５６", code_at(secret, step) + "0"):
        assert accepted_step(secret, wrong, 0, NOW) is None


def test_a_step_is_never_accepted_twice_nor_an_earlier_one() -> None:
    secret, step = new_secret(), step_of(NOW)
    assert accepted_step(secret, code_at(secret, step), step, NOW) is None
    assert accepted_step(secret, code_at(secret, step - 1), step, NOW) is None
    assert accepted_step(secret, code_at(secret, step + 1), step, NOW) == step + 1


def test_staff_set_up_an_app_at_their_first_sign_in(world: World, reader: Reader) -> None:
    page = ask(reader, world, lanjut="/meja?antrean=unit")
    assert page.path == "/masuk/kode"
    assert 'class="qr"' in page.html
    assert any(link.startswith("otpauth://totp/") for link in page.links)
    assert reader.open("/meja").path == "/masuk/kode"  # the password alone opens nothing
    wrong = reader.send(page, has="code", code="000000")
    assert wrong.status == 422
    assert apps() == []
    done, secret = set_up_app(reader, wrong)
    codes = RECOVERY.findall(done.text)
    assert len(set(codes)) == 10
    assert "/meja?antrean=unit" in done.links
    assert secret.encode() not in apps()[0].secret
    assert reader.open("/meja").path == "/meja"
    assert told(world.officer.person_id) == ["second_factor", "new_device"]
    stored = db.session.scalars(select(RecoveryCode.code_hash)).all()
    assert not set(stored) & set(codes)


def test_the_page_with_the_codes_is_kept_by_nobody(world: World, reader: Reader) -> None:
    page = ask(reader, world)
    assert "no-store" in page.response.headers["Cache-Control"]
    assert "no-store" in set_up_app(reader, page)[0].response.headers["Cache-Control"]


def test_afterwards_the_code_is_asked_each_time_and_each_code_once(world: World, readers: Callable[[], Reader]) -> None:
    enrolled(world, readers())
    first, second = readers(), readers()
    page = ask(first, world)
    assert (page.path, 'class="qr"' in page.html) == ("/masuk/kode", False)
    assert first.open("/akun").path == "/masuk/kode"
    before = first.client.get_cookie("sesi")
    code = code_of(world.officer.person_id)
    page = first.send(page, has="code", code=code)
    assert page.path == "/meja"
    assert first.client.get_cookie("sesi") != before
    page = second.send(ask(second, world), has="code", code=code)
    assert page.status == 422
    assert second.open("/meja").path == "/masuk/kode"


def test_a_recovery_code_works_once(world: World, readers: Callable[[], Reader]) -> None:
    codes = enrolled(world, readers())
    reader = readers()
    assert reader.send(ask(reader, world), has="code", code=codes[3].lower()).path == "/meja"
    assert codes_left(world.officer.person_id or 0) == 9
    other = readers()
    assert other.send(ask(other, world), has="code", code=codes[3]).status == 422


def test_of_two_that_send_the_same_code_at_once_one_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both read the account before either wrote: the row decides."""
    person_id, secret = world.officer.person_id or 0, new_secret()
    set_up_authenticator(person_id, secret, code_at(secret, step_of(utc_now()) - 1))
    monkeypatch.setattr(second_factor, "secret_of", lambda _person: (secret, 0))
    code = code_at(secret, step_of(utc_now()))
    prove_second_factor(person_id, code, source="10.0.0.1")
    with pytest.raises(Invalid):
        prove_second_factor(person_id, code, source="10.0.0.1")


def test_guessing_codes_is_throttled_for_the_account_whatever_the_network(world: World, readers: Callable[[], Reader]) -> None:
    enrolled(world, readers())
    reader = readers()
    page = ask(reader, world)
    for _ in range(5):
        page = reader.send(page, has="code", code="000000")
    assert page.status == 422
    elsewhere = readers()
    elsewhere.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    page = elsewhere.send(ask(elsewhere, world), has="code", code=code_of(world.officer.person_id))
    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) >= 1


def test_the_second_factor_must_come_within_a_quarter_of_an_hour(world: World, reader: Reader) -> None:
    token = begin_sign_in(world.officer.person_id or 0)
    found = open_session(token)
    assert found is not None
    assert (found.person, found.waiting is not None) == (None, True)
    reader.client.set_cookie("sesi", token)
    with reader.client.session_transaction() as session:
        session["proven_at"] = (utc_now() - timedelta(minutes=15)).isoformat()
    assert open_session(token) is None


def test_a_citizen_who_is_given_a_role_later_needs_a_second_factor_at_once(world: World) -> None:
    """A membership whose first day comes while somebody is signed in: no deed ends the session, the request does."""
    person_id = world.citizen.person_id or 0
    token = begin_sign_in(person_id)
    assert signed_in_person(token) is not None
    with transaction():
        db.session.add(MembershipRow(person_id=person_id, unit_id=world.agency, role=Role.OFFICER, valid_from=date(2020, 1, 1)))
    assert signed_in_person(token) is None


def test_a_citizen_may_have_one_and_give_it_up(world: World, readers: Callable[[], Reader]) -> None:
    reader, elsewhere = readers(), readers()
    email = email_of(world.citizen.person_id)
    for one in (reader, elsewhere):
        assert try_to_enter(one, email, PASSWORD).path == "/akun"
    page, _secret = set_up_app(reader, reader.open("/akun/kode"))
    assert len(RECOVERY.findall(page.text)) == 10
    assert reader.open("/akun").path == "/akun"
    assert elsewhere.open("/akun").path == "/masuk/kode"
    page = reader.send(reader.open("/akun/keamanan"), button="Lepas kode masuk")
    assert "Kode masuk dilepas." in page.text
    assert apps() == []
    assert codes_left(world.citizen.person_id or 0) == 0


def test_staff_cannot_give_it_up(world: World, reader: Reader) -> None:
    page = reader.sign_in(world.officer).open("/akun/keamanan")
    token = dict(page.form(button="Keluar").fields)["csrf_token"]
    assert reader.client.post("/akun/kode/lepas", data={"csrf_token": token}).status_code == 409


def test_new_recovery_codes_make_the_old_ones_worthless(world: World, readers: Callable[[], Reader]) -> None:
    old = enrolled(world, readers())
    reader = readers()
    reader.send(ask(reader, world), has="code", code=code_of(world.officer.person_id))
    page = reader.send(reader.open("/akun/keamanan"), button="Buat kode pemulihan baru")
    new = RECOVERY.findall(page.text)
    assert len(new) == 10
    assert not set(new) & set(old)
    other = readers()
    assert other.send(ask(other, world), has="code", code=old[0]).status == 422


def test_an_administrator_resets_a_lost_one_and_the_person_is_told(world: World, readers: Callable[[], Reader]) -> None:
    person_id = world.officer.person_id
    enrolled(world, readers())
    officer = readers().sign_in(world.officer)
    admin = readers().sign_in(world.administrator)
    page = admin.send(admin.open(f"/kelola/orang/{person_id}"), button="Lepas kode masuk")
    assert page.status == 200
    assert apps() == []
    assert officer.open("/meja").path == "/masuk"
    assert 'class="qr"' in ask(officer, world).html
    assert told(person_id)[-1] == "second_factor_reset"
    db.session.rollback()
    last = db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "person.second_factor_reset")).one()
    assert (last.actor_id, last.subject) == (world.administrator.person_id, f"person:{person_id}")


def test_somebody_elses_choice_of_a_password_ends_app_and_codes(world: World, readers: Callable[[], Reader]) -> None:
    enrolled(world, readers())
    set_password(world.officer.person_id or 0, "sepeda hijau di tepi laut", by=world.administrator.person_id, staff=True)
    assert apps() == []
    assert codes_left(world.officer.person_id or 0) == 0


def test_a_new_password_of_ones_own_keeps_one_inside(world: World, readers: Callable[[], Reader]) -> None:
    reader = readers().sign_in(world.officer)
    new = "sepeda hijau di tepi laut"
    page = reader.send(reader.open("/akun"), has="current_password", current_password=PASSWORD, password=new)
    assert (page.path, "Kata sandi sudah diganti." in page.text) == ("/akun", True)
    assert reader.open("/meja").path == "/meja"


def test_step_up_asks_who_has_an_app_for_its_code(world: World, readers: Callable[[], Reader]) -> None:
    enrolled(world, readers())
    reader = readers()
    reader.send(ask(reader, world), has="code", code=code_of(world.officer.person_id))
    with reader.client.session_transaction() as session:
        session["proven_at"] = (utc_now() - timedelta(minutes=5)).isoformat()
    page = reader.open("/akun/kode")
    assert page.status == 401
    assert reader.send(page, button="Ya, lanjutkan", **{"bukti-proof": PASSWORD}).status == 422
    page = reader.send(page, button="Ya, lanjutkan", **{"bukti-proof": code_of(world.officer.person_id)})
    assert page.path == "/akun/kode"
    assert page.status == 200


def test_exports_roles_and_passwords_ask_again(world: World, readers: Callable[[], Reader]) -> None:
    governor, admin = readers().sign_in(world.governor), readers().sign_in(world.administrator)
    board = governor.open("/pantau")
    person = admin.open(f"/kelola/orang/{world.citizen.person_id}")
    for reader in (governor, admin):
        with reader.client.session_transaction() as session:
            session["proven_at"] = (utc_now() - timedelta(minutes=5)).isoformat()
    assert governor.open("/pantau").status == 200
    assert governor.open("/pantau?format=csv").status == 401
    assert governor.open("/pantau/daftar?angka=masuk&format=csv").status == 401
    assert governor.open("/pantau/laporan-berkala/x.xlsx").status == 401
    assert governor.send(board, button="Simpan sebagai laporan (XLSX, CSV, PDF)").status == 401
    for label in ("Beri peran", "Buat kata sandi baru", "Lepas kode masuk"):
        assert admin.send(person, button=label).status == 401, label


@pytest.fixture
def demo(app: Flask) -> Flask:
    """The demonstration, in which example accounts have no phones."""
    with transaction():
        for person in db.session.scalars(select(Person)):
            person.email = person.email.replace("@contoh.example", "@malut.contoh.example")
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], demo=True)
    return app


def _shown_code(page: Page) -> str | None:
    found = re.search(r"data-example-code>(\d{6})<", page.html)
    return found[1] if found else None


def test_the_demonstration_shows_the_code_of_its_people(world: World, demo: Flask, readers: Callable[[], Reader]) -> None:
    for turn in range(2):  # each time a code that was not used yet
        reader = readers()
        page = ask(reader, world)
        code = _shown_code(page)
        assert code is not None
        assert "Situs contoh" in page.text
        page = reader.send(page, has="code", code=code)
        assert page.path == ("/masuk/kode" if turn == 0 else "/meja"), turn


def test_no_other_account_and_no_other_site_shows_a_code(world: World, demo: Flask, readers: Callable[[], Reader]) -> None:
    assert _shown_code(ask(readers(), world)) is not None
    settings = demo.config["SETTINGS"]
    for other in (replace(settings, demo=False), replace(settings, production=True)):
        demo.config["SETTINGS"] = other
        assert _shown_code(ask(readers(), world)) is None
    demo.config["SETTINGS"] = settings
    with transaction():
        db.session.get_one(Person, world.officer.person_id).email = "petugas@dinas.example"
    assert _shown_code(ask(readers(), world)) is None


def test_an_example_code_is_one_that_was_not_used() -> None:
    secret, step = new_secret(), step_of(NOW)
    assert example_code(secret, 0, NOW) == code_at(secret, step)
    assert example_code(secret, step, NOW) == code_at(secret, step + 1)
    assert example_code(secret, step + 1, NOW) is None
