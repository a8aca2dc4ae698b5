"""What somebody may ask about their data, and what becomes of it (UU 27/2022)."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from feedback.adapters.mail import Mail
from feedback.admin.actions.work import Worker
from feedback.audit.models import AuditEntry
from feedback.kernel.clock import utc_now
from feedback.people.models import Person
from feedback.rights.actions.retention import hold, release
from feedback.rights.models import DataCopy, RightsRequest
from feedback.storage.base import Base
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.rules.words import MoveName
from feedback.vault.models import SealedIdentity
from tests.factories import World, make_report, move
from tests.notices.conftest import sent
from tests.site import Page, Reader

__all__ = ["sent"]


def fresh() -> None:
    db.session.rollback()
    db.session.expire_all()


def work(app: Flask) -> None:
    fresh()
    Worker(app.extensions["handlers"], (), app.config["SETTINGS"].instance).drain()
    fresh()


def request_of(kind: str) -> RightsRequest:
    fresh()
    return db.session.scalars(select(RightsRequest).where(RightsRequest.kind == kind)).one()


def tracking(reader: Reader, number: str, code: str) -> Page:
    reader.send(reader.open("/lacak"), has="nomor", nomor=number, kode=code)
    return reader.open(f"/laporan/{number}/data")


def test_a_copy_is_made_by_the_worker_and_lasts_seven_days(app: Flask, world: World, reader: Reader, sent: list[Mail]) -> None:
    receipt = make_report(world)
    secret = make_report(world, anonymous=True, email="nur@contoh.example", text="Isi laporan anonim.")
    reader.sign_in(world.citizen)
    page = reader.send(reader.open("/akun/data"), button="Minta salinan")
    assert "Permintaan diterima" in page.text
    assert "Unduh salinan" not in page.text
    work(app)
    [link] = [link for link in reader.open("/akun/data").links if "/salinan/" in link]
    answer = reader.client.get(link)
    assert answer.headers["Cache-Control"] == "no-store"
    content = json.loads(zipfile.ZipFile(io.BytesIO(answer.data)).read("data.json"))
    assert content["akun"]["name"] == "Nur Warga"
    ways = content["jalan_masuk"]
    assert (ways["kunci_sandi"], ways["penyedia"], ways["aplikasi_kode"]) == ([], [], False)
    assert [set(one) for one in ways["peramban"]] == [{"device", "created_at", "seen_at"}]
    assert [one["number"] for one in content["laporan"]] == [receipt.number]
    assert secret.number not in answer.data.decode("latin-1")
    assert "Isi laporan anonim" not in json.dumps(content)
    assert [letter.subject for letter in sent].count("Permintaan tentang data pribadi Anda") == 2
    with transaction():
        db.session.query(DataCopy).update({"until": utc_now() - timedelta(seconds=1)})
    assert reader.client.get(link).status_code == 404
    app.extensions["timers"][-2](utc_now())
    fresh()
    assert db.session.query(DataCopy).count() == 0


def test_nobody_else_gets_the_copy(app: Flask, world: World, readers: Callable[[], Reader]) -> None:
    mine = readers().sign_in(world.citizen)
    mine.send(mine.open("/akun/data"), button="Minta salinan")
    work(app)
    [link] = [link for link in mine.open("/akun/data").links if "/salinan/" in link]
    assert readers().sign_in(world.stranger).client.get(link).status_code == 404
    assert readers().sign_in(world.administrator).client.get(link).status_code == 404
    assert readers().client.get(link).status_code == 303


def test_a_request_is_due_in_seventy_two_hours_and_asked_twice_is_one(world: World, reader: Reader) -> None:
    reader.sign_in(world.citizen)
    for _ in range(2):
        reader.send(reader.open("/akun/data"), button="Minta salinan")
    row = request_of("copy")
    assert row.due_at - row.requested_at == timedelta(hours=72)


def test_a_correction_waits_for_an_official_who_answers(app: Flask, world: World, readers: Callable[[], Reader], sent: list[Mail]) -> None:
    citizen, official = readers().sign_in(world.citizen), readers().sign_in(world.administrator)
    page = citizen.open("/akun/data")
    form = next(one for one in page.forms if ("correction-kind", "correction") in one.fields)
    empty = citizen.client.post("/akun/data", data={**dict(form.fields), "correction-words": " "})
    assert empty.status_code == 422
    assert "Tulis permintaan Anda</label>" in re.sub(r"\s+(?=<)", "", empty.get_data(as_text=True)), "it is not optional"
    citizen.client.post("/akun/data", data={**dict(form.fields), "correction-words": "Nama saya Nur'aini."})
    row = request_of("correction")
    assert row.state == "open"
    queue = official.open("/kelola/hak")
    assert "Perbaikan data" in queue.text
    assert "Terlambat" not in queue.text
    with transaction():
        db.session.query(RightsRequest).update({"due_at": utc_now() - timedelta(hours=1)})
    assert "1 permintaan terlambat dijawab" in official.open("/kelola/hak").text
    assert "Terlambat dijawab" in citizen.open("/akun/data").text
    done = official.send(official.open(f"/kelola/hak/{row.id}"), button="Kabulkan", words="Nama sudah diperbaiki.")
    assert "Permintaan dijawab" in done.text
    assert "Nama sudah diperbaiki" in citizen.open("/akun/data").text
    again = official.client.get(f"/kelola/hak/{row.id}")
    assert "Kabulkan" not in again.get_data(as_text=True)


def test_restriction_takes_the_name_off_at_once(world: World, reader: Reader) -> None:
    receipt = make_report(world, name="Nur Warga")
    reader.sign_in(world.citizen)
    page = reader.open("/akun/data")
    form = next(one for one in page.forms if ("restriction-kind", "restriction") in one.fields)
    reader.client.post("/akun/data", data=dict(form.fields))
    assert request_of("restriction").state == "done"
    assert db.session.get_one(Ticket, receipt.ticket_id).reporter_name is None


def delete_account(reader: Reader, erase: str) -> Page:
    return reader.send(reader.open("/akun/data"), button="Hapus", **{"deletion-erase": erase, "deletion-sure": "y"})


def test_deletion_has_to_be_confirmed(world: World, reader: Reader) -> None:
    reader.sign_in(world.citizen)
    page = reader.send(reader.open("/akun/data"), button="Hapus")
    assert page.status == 422
    assert "Centang untuk melanjutkan" in page.text
    assert db.session.get_one(Person, world.citizen.person_id).is_active


def test_an_account_goes_and_its_reports_stay_without_a_name(app: Flask, world: World, readers: Callable[[], Reader], sent: list[Mail]) -> None:
    receipt = make_report(world, name="Nur Warga")
    reader, other = readers().sign_in(world.citizen), readers().sign_in(world.citizen)
    email = db.session.get_one(Person, world.citizen.person_id).email
    assert "Sudah dihapus" in delete_account(reader, "0").text
    fresh()
    person = db.session.get_one(Person, world.citizen.person_id)
    assert (person.name, person.is_active) == ("–", False)
    assert email not in (person.email, person.name)
    ticket = db.session.get_one(Ticket, receipt.ticket_id)
    assert (ticket.reporter_id, ticket.reporter_name, ticket.is_open) == (None, None, True)
    assert "Lampu jalan" in ticket.text
    assert db.session.scalars(select(SealedIdentity.ticket_id)).all() == [], "the seals held the same name"
    assert other.client.get("/akun").status_code == 303, "every device is out"
    assert db.session.scalars(select(TicketEvent.actor_id).where(TicketEvent.actor_id == world.citizen.person_id)).all() == []
    work(app)
    assert [letter.recipient for letter in sent if letter.subject == "Akun Anda sudah dihapus"] == [email]


def test_copies_and_other_requests_go_with_the_account(app: Flask, world: World, readers: Callable[[], Reader], sent: list[Mail]) -> None:
    reader = readers().sign_in(world.citizen)
    reader.send(reader.open("/akun/data"), button="Minta salinan")
    work(app)
    form = next(one for one in reader.open("/akun/data").forms if ("correction-kind", "correction") in one.fields)
    reader.client.post("/akun/data", data={**dict(form.fields), "correction-words": "Nama saya Nur'aini."})
    delete_account(reader, "0")
    fresh()
    assert db.session.query(DataCopy).count() == 0
    kept = {row.kind: (row.state, row.words) for row in db.session.scalars(select(RightsRequest))}
    assert kept == {"copy": ("done", ""), "correction": ("done", ""), "deletion": ("done", "")}
    assert "@hapus.invalid" not in readers().sign_in(world.administrator).open("/kelola/hak").text
    deeds = db.session.scalars(select(AuditEntry.deed).where(AuditEntry.deed == "rights.done")).all()
    assert len(deeds) == 2, "the copy and the deletion, each once"


def test_words_go_too_when_asked_and_open_reports_are_withdrawn(world: World, reader: Reader) -> None:
    receipt, answered = make_report(world, text="Rumah saya nomor 7."), make_report(world)
    move(answered.number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="normative")
    move(answered.number, MoveName.START, world.officer)
    move(answered.number, MoveName.ANSWER, world.officer, text="Lampunya sudah menyala.")
    reader.sign_in(world.citizen)
    delete_account(reader, "1")
    fresh()
    for one in (receipt, answered):
        ticket = db.session.get_one(Ticket, one.ticket_id)
        assert (ticket.text, ticket.place, ticket.state) == ("Isi laporan ini sudah dihapus.", "", "withdrawn")
        assert ticket.words_destroyed_at is not None
    texts = db.session.scalars(select(TicketEvent.text).where(TicketEvent.ticket_id == answered.ticket_id)).all()
    assert "Lampunya sudah menyala." in texts, "the answer is the office's"
    assert "Isi laporan ini sudah dihapus" in reader.open(f"/laporan/{answered.number}").text


def test_staff_wait_for_their_role_to_end(world: World, readers: Callable[[], Reader]) -> None:
    reader, official = readers().sign_in(world.officer), readers().sign_in(world.administrator)
    assert "Akun petugas dihapus sesudah administrator" in reader.open("/akun/data").text
    delete_account(reader, "0")
    row = request_of("deletion")
    assert row.state == "open"
    assert db.session.get_one(Person, world.officer.person_id).is_active
    page = official.send(official.open(f"/kelola/hak/{row.id}"), button="Kabulkan", words="Baik.")
    assert page.status == 422
    assert "Masih ada peran" in page.text
    with transaction():
        db.session.execute(Base.metadata.tables["membership"].delete().where(Base.metadata.tables["membership"].c.person_id == world.officer.person_id))
    official.send(official.open(f"/kelola/hak/{row.id}"), button="Kabulkan", words="Peran sudah diakhiri.")
    fresh()
    assert not db.session.get_one(Person, world.officer.person_id).is_active


def test_an_official_who_left_is_called_by_the_office(world: World, readers: Callable[[], Reader]) -> None:
    receipt = make_report(world)
    move(receipt.number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="normative")
    move(receipt.number, MoveName.START, world.officer)
    desk = readers().sign_in(world.head)
    assert "Petugas Satu, Petugas Dinas Perhubungan" in desk.open(f"/laporan/{receipt.number}").text
    with transaction():
        roles = Base.metadata.tables["membership"]
        ended = roles.update().where(roles.c.person_id == world.officer.person_id)
        db.session.execute(ended.values(valid_to=utc_now().date() - timedelta(days=2)))
    delete_account(readers().sign_in(world.officer), "0")
    fresh()
    assert db.session.get_one(Person, world.officer.person_id).name == "Petugas Dinas Perhubungan"
    shown = desk.open(f"/laporan/{receipt.number}").text
    assert "Petugas Satu" not in shown
    assert "Petugas Dinas Perhubungan" in shown
    assert "Petugas Dinas Perhubungan, Petugas" not in shown


def test_an_account_waits_while_a_court_needs_its_report(world: World, readers: Callable[[], Reader]) -> None:
    receipt = make_report(world)
    hold(receipt.number, "perkara 12/Pid/2026", utc_now())
    assert "Permintaan diterima" in delete_account(readers().sign_in(world.citizen), "0").text
    fresh()
    assert db.session.get_one(Person, world.citizen.person_id).is_active
    assert db.session.get_one(Ticket, receipt.ticket_id).reporter_id == world.citizen.person_id
    release(receipt.number, utc_now())
    official = readers().sign_in(world.administrator)
    official.send(official.open(f"/kelola/hak/{request_of('deletion').id}"), button="Kabulkan", words="Perkara selesai.")
    fresh()
    assert db.session.get_one(Ticket, receipt.ticket_id).reporter_id is None


def test_whoever_holds_the_code_may_ask_about_that_report_alone(app: Flask, world: World, readers: Callable[[], Reader]) -> None:
    secret = make_report(world, anonymous=True, confidential=True, email="rahasia@contoh.example", text="Rahasia sekali.")
    holder = readers()
    page = tracking(holder, secret.number, secret.code)
    assert page.status == 200
    holder.send(page, button="Minta salinan")
    work(app)
    [link] = [link for link in holder.open(f"/laporan/{secret.number}/data").links if "/salinan/" in link]
    content = zipfile.ZipFile(io.BytesIO(holder.client.get(link).data)).read("data.json").decode()
    assert "Rahasia sekali." in content
    assert "rahasia@contoh.example" not in content
    for who in (world.citizen, world.coordinator, world.administrator):
        other = readers().sign_in(who)
        assert other.open(f"/laporan/{secret.number}/data").status == 404
        assert other.client.get(link).status_code == 404
    assert f"/laporan/{secret.number}/data" in holder.open(f"/laporan/{secret.number}").links
    page = holder.open(f"/laporan/{secret.number}/data")
    assert "kata sandi" not in page.text, "a report has no password to delete"
    done = holder.send(page, button="Hapus", **{"deletion-sure": "y"})
    assert "Sudah dihapus" in done.text
    fresh()
    ticket = db.session.get_one(Ticket, secret.ticket_id)
    assert (ticket.text, ticket.state) == ("Isi laporan ini sudah dihapus.", "withdrawn")
    assert db.session.scalars(select(SealedIdentity.ticket_id)).all() == []
    request = db.session.scalars(select(RightsRequest).where(RightsRequest.kind == "deletion")).one()
    assert (request.person_id, request.ticket_id, request.state) == (None, secret.ticket_id, "done")


@pytest.mark.parametrize("path", ["/akun/data", "/kelola/hak", "/kelola/hak/1"])
def test_a_visitor_signs_in_first(world: World, reader: Reader, path: str) -> None:
    assert reader.client.get(path).status_code == 303


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_signed_in_long_ago_shows_again_who_they_are(app: Flask, world: World, reader: Reader, method: str) -> None:
    reader.sign_in(world.citizen)
    page = reader.send(reader.open("/akun/data"), button="Minta salinan")
    work(app)
    with reader.client.session_transaction() as kept:
        kept["proven_at"] = (utc_now() - timedelta(minutes=5)).isoformat()
    if method == "GET":
        [link] = [link for link in reader.open("/akun/data").links if "/salinan/" in link]
        assert reader.client.get(link).status_code == 401
    else:
        assert delete_account(reader, "0").status == 401
        assert db.session.get_one(Person, world.citizen.person_id).is_active
    assert page.status == 200
