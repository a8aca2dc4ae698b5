"""Passkeys are checked against what this browser was asked, once, within five minutes, with the owner verified."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.adapters.mail import Mail
from feedback.audit.models import AuditEntry
from feedback.people.actions import set_active, set_password
from feedback.people.models import BrowserSession, Passkey
from feedback.people.queries.passkeys import passkeys_of
from feedback.people.rules.passkeys import MOST_PASSKEYS, relying_party
from feedback.storage.session import db
from tests.factories import PASSWORD, World
from tests.notices.post import work
from tests.people.authenticator import PRESENT, Authenticator
from tests.people.test_views import email_of
from tests.site import Page, Reader
from tests.tickets.conftest import Hands

New = Callable[[], Reader]
WRONG = "Kunci sandi ini tidak dapat diperiksa."


def asked(reader: Reader, path: str, page: Page, field: str = "jawaban") -> dict[str, Any]:
    token = dict(page.form(has=field).fields)["csrf_token"]
    answer = reader.client.post(path, data={"csrf_token": token})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    return found


def registered(reader: Reader, device: Authenticator, name: str = "ponsel kantor") -> Page:
    page = reader.open("/akun/kunci-sandi")
    answer = device.make(asked(reader, "/akun/kunci-sandi/pertanyaan", page))
    return reader.send(page, has="name", name=name, jawaban=answer)


def used(reader: Reader, device: Authenticator, *, step: int = 1, answer: str | None = None) -> Page:
    page = reader.open("/masuk")
    question = asked(reader, "/masuk/kunci-sandi/pertanyaan", page)
    return reader.send(page, has="jawaban", jawaban=answer or device.use(question, step=step))


@pytest.fixture
def device(world: World, readers: New) -> Authenticator:
    """The citizen's phone, with a passkey."""
    device = Authenticator()
    assert "Kunci sandi tersimpan." in registered(readers().sign_in(world.citizen), device).text
    return device


def test_a_citizen_signs_in_without_a_password(world: World, device: Authenticator, readers: New) -> None:
    page = used(readers(), device)
    assert (page.status, page.path) == (200, "/akun")
    row = db.session.scalars(select(Passkey)).one()
    assert (row.sign_count, row.used_at is not None) == (1, True)


def test_staff_who_use_one_have_shown_a_second_factor(world: World, readers: New) -> None:
    device = Authenticator()
    registered(readers().sign_in(world.officer), device)
    assert used(readers(), device).path == "/meja"
    newest = select(BrowserSession).where(BrowserSession.person_id == world.officer.person_id).order_by(BrowserSession.id.desc())
    assert db.session.scalars(newest).first().strong  # type: ignore[union-attr]


def test_several_have_names_and_are_removed_by_their_owner_alone(world: World, device: Authenticator, readers: New) -> None:
    owner, other = readers().sign_in(world.citizen), readers().sign_in(world.stranger)
    page = registered(owner, Authenticator(), "laptop <rumah>")
    assert [one.name for one in passkeys_of(world.citizen.person_id or 0)] == ["ponsel kantor", "laptop <rumah>"]
    key = passkeys_of(world.citizen.person_id or 0)[0].id
    stolen = other.open("/akun/kunci-sandi")
    token = dict(stolen.form(has="jawaban").fields)["csrf_token"]
    assert other.client.post(f"/akun/kunci-sandi/{key}/hapus", data={"csrf_token": token}).status_code == 404
    page = owner.send(page, button="Hapus ponsel kantor")
    assert "laptop <rumah>" in page.text
    assert WRONG in used(readers(), device).text


@pytest.mark.parametrize(
    "lie",
    [
        {"site": "localhost.penipu.example"},
        {"origin": "https://localhost.penipu.example"},
        {"origin": "http://localhost:8080"},
        {"flags": PRESENT},  # nobody unlocked the device
        {"flags": 0x04},  # nobody touched it
        {"handle": b"x" * 32},  # another account's
        {"credential_id": b"y" * 32},
    ],
    ids=["site", "origin", "port", "not verified", "not present", "handle", "unknown"],
)
def test_a_lie_is_refused_with_one_text(world: World, device: Authenticator, readers: New, lie: dict[str, Any]) -> None:
    for name, value in lie.items():
        setattr(device, name, value)
    page = used(readers(), device)
    assert (page.status, WRONG in page.text) == (422, True)


def test_another_key_does_not_sign_for_it(world: World, device: Authenticator, readers: New) -> None:
    thief = Authenticator(handle=device.handle, credential_id=device.credential_id)
    assert used(readers(), thief).status == 422


def test_a_copied_one_shows_by_its_counter(world: World, device: Authenticator, readers: New) -> None:
    assert used(readers(), device, step=5).status == 200
    device.count = 2
    assert used(readers(), device).status == 422
    device.count = 5
    assert used(readers(), device).status == 200


def test_an_answer_is_good_once_and_for_the_browser_that_was_asked(world: World, device: Authenticator, readers: New) -> None:
    one, two = readers(), readers()
    page = one.open("/masuk")
    answer = device.use(asked(one, "/masuk/kunci-sandi/pertanyaan", page))
    there = two.open("/masuk")
    asked(two, "/masuk/kunci-sandi/pertanyaan", there)
    assert two.send(there, has="jawaban", jawaban=answer).status == 422
    wrong = one.send(page, has="jawaban", jawaban="{}")
    assert wrong.status == 422
    again = one.send(wrong, has="jawaban", jawaban=answer)  # the question is spent, whatever was answered
    assert "Waktunya habis." in again.text


def test_it_waits_five_minutes_and_no_longer(hands: Hands, world: World, readers: New) -> None:
    device, reader = Authenticator(), readers()
    registered(readers().sign_in(world.citizen), device)
    for minute, status in ((4, 200), (5, 422)):
        hands.at(3, 2, 12 + minute, 0)
        reader = readers()
        page = reader.open("/masuk")
        question = asked(reader, "/masuk/kunci-sandi/pertanyaan", page)
        hands.at(3, 2, 12 + minute, minute)
        assert reader.send(page, has="jawaban", jawaban=device.use(question)).status == status


def test_registration_is_checked_too(world: World, readers: New) -> None:
    reader = readers().sign_in(world.citizen)
    for device in (Authenticator(origin="https://penipu.example"), Authenticator(site="penipu.example"), Authenticator(flags=PRESENT)):
        page = registered(reader, device, "kunci palsu")
        assert (page.status, WRONG in page.text, 'value="kunci palsu"' in page.html) == (422, True, True)
    assert passkeys_of(world.citizen.person_id or 0) == []
    assert registered(reader, Authenticator(), "  ").status == 422
    assert registered(reader, Authenticator(), "\u200b😀").status == 422


def test_there_is_an_end_to_them(world: World, readers: New) -> None:
    reader = readers().sign_in(world.citizen)
    for _ in range(MOST_PASSKEYS):
        registered(reader, Authenticator())
    assert "Sudah ada sepuluh kunci sandi." in registered(reader, Authenticator()).text


@pytest.mark.parametrize("answer", ["", "[]", "null", "{", '{"id": 5}', '{"id":"x","response":{}}', "[" * 5000, '"' + "a" * 30_000 + '"', "\u0000"])
def test_anything_else_is_refused_kindly(world: World, client: FlaskClient, readers: New, answer: str) -> None:
    page = used(readers(), Authenticator(), answer=answer or " ")
    assert page.status == 422


def test_whoever_tries_on_and_on_has_to_wait(world: World, readers: New) -> None:
    from feedback.people.actions import count_failure

    for _ in range(101):
        count_failure("network:passkey:127.0.0.1")
    page = used(readers(), Authenticator())
    assert page.status == 429
    assert "Retry-After" in page.response.headers


def test_a_closed_account_is_closed_to_passkeys(world: World, device: Authenticator, readers: New) -> None:
    set_active(world.citizen.person_id or 0, False, by=world.administrator.person_id)
    assert used(readers(), device).status == 422


def test_a_password_set_by_somebody_else_ends_them_and_ones_own_does_not(world: World, device: Authenticator, readers: New) -> None:
    set_password(world.citizen.person_id or 0, "cengkih laut payung senja", by=world.citizen.person_id, staff=False)
    assert used(readers(), device).status == 200
    set_password(world.citizen.person_id or 0, "dermaga kopi hujan pagi", by=world.administrator.person_id, staff=False)
    assert used(readers(), device).status == 422


def test_making_and_removing_is_in_the_log_without_names(world: World, device: Authenticator, readers: New) -> None:
    reader = readers().sign_in(world.citizen)
    reader.send(reader.open("/akun/kunci-sandi"), button="Hapus ponsel kantor")
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.deed.like("passkey.%")).order_by(AuditEntry.id)).all()
    assert [(row.deed, row.detail) for row in rows] == [("passkey.added", {}), ("passkey.removed", {})]


def test_the_owner_is_told_that_one_was_made_and_removed(world: World, device: Authenticator, readers: New, sent: list[Mail]) -> None:
    owner = readers().sign_in(world.citizen)
    owner.send(owner.open("/akun/kunci-sandi"), button="Hapus ponsel kantor")
    work()
    told = [mail.recipient for mail in sent if "kunci sandi atau hubungan" in mail.text]
    assert told == [email_of(world.citizen.person_id)] * 2


def test_questions_are_counted_for_each_is_kept(app: Flask, world: World, reader: Reader) -> None:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, rates={**settings.rates, "sign_in": (2, 2)})
    token = dict(reader.open("/masuk").form(has="jawaban").fields)["csrf_token"]
    answers = [reader.client.post("/masuk/kunci-sandi/pertanyaan", data={"csrf_token": token}) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]


def given_passkey(world: World, readers: New) -> Authenticator:
    """The officer's phone, with a passkey; and no app."""
    device = Authenticator()
    assert "Kunci sandi tersimpan." in registered(readers().sign_in(world.officer), device).text
    return device


def test_staff_with_a_passkey_need_no_app_and_the_password_alone_sets_none_up(world: World, readers: New) -> None:
    device, reader = given_passkey(world, readers), readers()
    page = reader.open("/masuk?lanjut=/meja")
    page = reader.send(page, has="password", email=email_of(world.officer.person_id), password=PASSWORD)
    assert page.path == "/masuk/kode"
    assert 'class="qr"' not in page.html
    token = dict(page.form(has="jawaban").fields)["csrf_token"]
    assert reader.client.post("/masuk/kode", data={"csrf_token": token, "code": "123456"}).status_code == 200
    assert reader.open("/meja").path == "/masuk/kode"
    answer = device.use(asked(reader, "/masuk/kunci-sandi/pertanyaan", page))
    assert reader.send(page, has="jawaban", jawaban=answer).path == "/meja"


def test_the_password_does_not_stand_for_the_passkey_of_staff(hands: Hands, world: World, readers: New) -> None:
    device, reader = given_passkey(world, readers), readers().sign_in(world.officer)
    hands.at(3, 2, 11, 5)
    page = reader.open("/akun/kunci-sandi")
    assert page.status == 401
    assert "bukti-proof" not in page.html
    token = dict(page.form(has="bukti-jawaban").fields)["csrf_token"]
    forged = {"csrf_token": token, "bukti-proof": PASSWORD}
    assert reader.client.post("/akun/kunci-sandi", data=forged).status_code == 401
    answer = device.use(asked(reader, "/masuk/kunci-sandi/pertanyaan", page, field="bukti-jawaban"))
    assert reader.send(page, has="bukti-jawaban", **{"bukti-jawaban": answer}).status == 200


def test_what_a_device_knows_of_the_account_is_not_its_number(world: World, readers: New) -> None:
    reader = readers().sign_in(world.citizen)
    question = asked(reader, "/akun/kunci-sandi/pertanyaan", reader.open("/akun/kunci-sandi"))
    assert len(question["user"]["id"]) == 43
    assert question["rp"]["id"] == "localhost"
    assert question["authenticatorSelection"]["userVerification"] == "required"
    assert question["authenticatorSelection"]["residentKey"] == "required"


def test_one_has_to_show_again_who_one_is_to_change_them(hands: Hands, world: World, readers: New) -> None:
    reader = readers().sign_in(world.citizen)
    page = reader.open("/akun/kunci-sandi")
    hands.at(3, 2, 11, 5)
    token = dict(page.form(has="jawaban").fields)["csrf_token"]
    for path in ("/akun/kunci-sandi/pertanyaan", "/akun/kunci-sandi"):
        assert reader.client.post(path, data={"csrf_token": token}).status_code == 401


def test_it_shows_again_who_one_is_and_keeps_what_was_typed(hands: Hands, world: World, readers: New) -> None:
    own, others = Authenticator(), Authenticator()
    reader = readers().sign_in(world.citizen)
    page = registered(reader, own)
    registered(readers().sign_in(world.stranger), others)
    for device, status in ((others, 422), (own, 200)):
        hands.at(3, 2, 11, 30)
        asking = reader.send(page, button="Hapus ponsel kantor")
        assert "Pastikan ini Anda" in asking.text
        token = dict(asking.form(has="bukti-jawaban").fields)["csrf_token"]
        question = reader.client.post("/masuk/kunci-sandi/pertanyaan", data={"csrf_token": token}).get_json()
        done = reader.send(asking, has="bukti-jawaban", **{"bukti-jawaban": device.use(question)})
        assert done.status == status
    assert "Kunci sandi dihapus." in done.text


def test_where_browsers_refuse_passkeys_none_are_offered() -> None:
    assert relying_party("http://127.0.0.1:8000") is None
    assert relying_party("http://[::1]:8000") is None
    assert relying_party("http://lapor.kota.go.id") is None
    assert relying_party("https://lapor.kota.go.id") is not None
    found = relying_party("http://localhost:8123")
    assert found is not None
    assert (found.id, found.origin) == ("localhost", "http://localhost:8123")


def test_without_script_the_page_offers_the_other_way(world: World, readers: New) -> None:
    page = readers().open("/masuk")
    assert "memerlukan JavaScript" in page.text
    assert 'name="password"' in page.html
    assert json.dumps(page.html).count("data-question") == 1


