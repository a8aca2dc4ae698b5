"""A copy is whole: every table that names a person has its place in it, or says why not."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Table, insert, select

from feedback.audit.actions import record
from feedback.files.models import Attachment
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.people.models import MembershipRow
from feedback.rights.actions import AskRight, ask, copies
from feedback.rights.models import DataCopy, RightsRequest
from feedback.rights.queries.content import TICKET, content_of, files_for
from feedback.rights.rules import RightsKind
from feedback.rights.rules.tables import ABOUT_SOMEBODY, GONE, OF_THE_OFFICE, STAYS, UNLINKED
from feedback.storage.base import Base
from feedback.storage.session import db, transaction
from feedback.tickets.actions.notes import add_note
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.rules.words import MoveName
from tests.factories import World, make_report, move
from tests.files.test_move_photos import hide, reply
from tests.files.test_report_photos import PHOTO, rows
from tests.rights.test_requests import fresh, tracking, work
from tests.site import Reader
from tests.tickets.steps import answered, assigned

# Where each table that names somebody stands in their copy.
PLACES = {
    "browser_session.person_id": "jalan_masuk.peramban", "mail_preference.person_id": "pilihan_surat",
    "report_subscription.person_id": "langganan", "passkey.person_id": "jalan_masuk.kunci_sandi",
    "provider_identity.person_id": "jalan_masuk.penyedia", "invitation.person_id": "undangan",
    "authenticator.person_id": "jalan_masuk.aplikasi_kode", "recovery_code.person_id": "jalan_masuk.kode_pemulihan_tersisa",
    "account_link.person_id": "jalan_masuk.tautan_surel", "membership.person_id": "peran", "deputy.absent_id": "ketidakhadiran",
    "deputy.deputy_id": "ketidakhadiran", "rights_request.person_id": "permintaan", "incident_subject.person_id": "kegagalan_pelindungan",
    "ticket.reporter_id": "laporan", "ticket_event.actor_id": "laporan",
}  # fmt: skip
# Columns of a report that a copy leaves out: numbers of ours, counters, hashes, what officials note for themselves.
OURS = {
    "id", "zone", "created_at", "state_since", "held_since", "proposed_unit_id", "proposed_authority_id", "is_open", "original_text", "original_title",
    "original_place", "reporter_id", "recorded_by_id", "officer_id", "reported_person_id", "about_head", "walled_unit_id", "excluded_person_id",
    "version", "due_kind", "first_response_at", "returned_at", "authority_id", "joined_to_id", "form_key_hash", "code_hash", "words_destroyed_at",
    "incident_at", "doubts", "words_hash", "twin_id", "import_source", "import_ref",
}  # fmt: skip
NAMED = {"unit_id", "topic_id", "service_id", "region_code", "reported_unit_id"}


def _filled(table: Table, column: str, person_id: int, world: World) -> dict[str, Any]:
    """A row of any table that names this person; the database says when a value is wrong."""
    now, values = utc_now(), {}
    special = {
        "unit_id": world.agency, "invited_by_id": world.administrator.person_id, "role": "officer", "way": "mail", "incident_id": 1,
        "kind": "copy" if table.name == "rights_request" else "recovery", "state": "done", "data": b"x", "secret": b"x",
        "absent_id": world.officer.person_id, "last_month": date(2026, 1, 1),
    }  # fmt: skip
    for one in table.columns:
        if one.name == column:
            values[one.name] = person_id
        elif not one.nullable and not (one.primary_key and one.name == "id"):
            kind = getattr(one.type, "impl_instance", one.type).python_type
            plain = {bool: True, int: 1, str: f"x-{table.name}"[:5], bytes: b"x"}.get(kind, now.date() if kind is date else now)
            values[one.name] = special.get(one.name, plain)
    return values


def _at(content: dict[str, Any], place: str) -> Any:
    for word in place.split("."):
        content = content[word]
    return content


def test_every_table_that_names_somebody_stands_in_their_copy(app: Flask, world: World) -> None:
    named = {f"{t.name}.{c.name}" for t in Base.metadata.tables.values() for c in t.columns for k in c.foreign_keys if k.target_fullname == "person.id"}
    assert named == GONE | UNLINKED | STAYS
    assert set(PLACES) == named - OF_THE_OFFICE - ABOUT_SOMEBODY, "put it into rights/queries/content.py, or say in rules/tables.py why not"
    with transaction():
        db.session.add(MembershipRow(person_id=world.stranger.person_id or 0, unit_id=world.agency, role="officer", valid_from=date(2026, 1, 1)))
        incident = {"code": "i", "found_at": utc_now(), "due_at": utc_now(), "told_at": utc_now(), "agency": "",
                    "words": {"id": {"data": "d", "happened": "h", "done": "o", "contact": "c"}}}  # fmt: skip
        db.session.execute(insert(Base.metadata.tables["incident"]).values(id=1, **incident))
    person = world.stranger.person_id or 0
    make_report(world, actor=world.stranger)
    for name, place in PLACES.items():
        table, column = Base.metadata.tables[name.split(".")[0]], name.split(".")[1]
        if table.name in ("ticket", "ticket_event", "membership"):
            continue
        before = _at(content_of(person, None), place)
        with transaction():
            row = _filled(table, column, person, world)
            if name == "deputy.absent_id":
                row |= {"absent_id": person, "unit_id": world.agency}
            db.session.execute(insert(table).values(**row))
        assert _at(content_of(person, None), place) != before, f"{name} is not in the copy"
    found = content_of(person, None)
    assert found["laporan"][0]["perjalanan"], "what they did"
    assert found["peran"]


def test_deeds_of_others_about_me_are_in_it_without_who(app: Flask, world: World) -> None:
    person = world.citizen.person_id or 0
    with transaction():
        record("person.read", actor_id=world.administrator.person_id, subject=f"person:{person}", at=utc_now())
    [line] = content_of(person, None)["catatan_audit_tentang_saya"]
    assert (line["deed"], "actor_id" in line) == ("person.read", False)


def test_every_column_of_a_report_is_in_it_or_is_ours(app: Flask, world: World) -> None:
    columns = {column.name for column in Ticket.__table__.columns}
    assert columns == {*TICKET, *NAMED, *OURS}, "put it into rights/queries/content.py, or say above that it is ours"
    assert not set(TICKET) & OURS
    make_report(world)
    [report] = content_of(world.citizen.person_id, None)["laporan"]
    assert report["unit"]
    assert report["topik"]
    assert report["wilayah"]


def test_what_was_given_to_the_unit_alone_is_in_it_and_what_officials_wrote_for_themselves_is_not(world: World) -> None:
    receipt = assigned(world)
    move(receipt.number, MoveName.ADD_INFORMATION, world.citizen, text="Hanya untuk petugas.", is_public=False)
    move(receipt.number, MoveName.INTERIM_REPLY, world.officer, text="Untuk pelapor saja.", is_public=False)
    move(receipt.number, MoveName.INSTRUCT, world.governor, text="Kerjakan hari ini, kata rapat.")
    add_note(receipt.number, "Catatan kami sendiri.", "kunci", world.officer)
    written = json.dumps(content_of(world.citizen.person_id, None), default=str)
    assert "Hanya untuk petugas." in written
    assert "Untuk pelapor saja." in written
    assert "kata rapat" not in written
    assert "Catatan kami sendiri" not in written


def test_a_hidden_file_of_an_official_is_not_in_it_and_ones_own_is(app: Flask, world: World, readers: Callable[[], Reader]) -> None:
    receipt = assigned(world)
    officer, citizen = readers().sign_in(world.officer), readers().sign_in(world.citizen)
    reply(citizen, receipt.number, "add_information", "Tambah keterangan", {"files": [PHOTO]}, text="Lihat.", is_public="y")
    reply(officer, receipt.number, "interim_reply", "Kirim tanggapan sementara", {"files": [PHOTO]}, text="Begini.", **{"files-alt": "Tiang"})
    person = world.citizen.person_id
    assert len(list(files_for(person, None))) == 2
    for row in rows():
        hide(officer, receipt.number, row.token)
    fresh()
    assert db.session.query(Attachment).filter_by(hidden=True).count() == 2
    assert [name for name, _ in files_for(person, None)] == [f"berkas/{receipt.number}-1.jpg"]


def test_who_holds_the_code_finds_requests_and_warnings_in_the_copy(app: Flask, world: World, reader: Reader) -> None:
    receipt = make_report(world, anonymous=True)
    reader.send(tracking(reader, receipt.number, receipt.code), has="correction-kind", **{"correction-words": "Tempatnya salah."})
    reader.send(reader.open(f"/laporan/{receipt.number}/data"), button="Minta salinan")
    work(app)
    [link] = [link for link in reader.open(f"/laporan/{receipt.number}/data").links if "/salinan/" in link]
    content = json.loads(zipfile.ZipFile(io.BytesIO(reader.client.get(link).data)).read("data.json"))
    assert [one["words"] for one in content["permintaan"]] == ["Tempatnya salah.", ""]
    assert content["kegagalan_pelindungan"] == []


def test_who_is_deleted_while_the_copy_is_made_leaves_none_behind(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    person = world.citizen.person_id or 0
    request_id = ask(AskRight(kind=RightsKind.COPY, person_id=person), world.citizen)
    real = copies.content_of

    def slow(*whose: int | None) -> dict[str, Any]:
        found = real(*whose)
        ask(AskRight(kind=RightsKind.DELETION, person_id=person), world.citizen)
        return found

    monkeypatch.setattr(copies, "content_of", slow)
    copies.make_copy(request_id)
    fresh()
    assert db.session.query(DataCopy).count() == 0


def test_times_are_kept_as_they_are(app: Flask, world: World) -> None:
    answered(world)
    [report] = content_of(world.citizen.person_id, None)["laporan"]
    assert report["answered_at"] - report["received_at"] >= timedelta(0)


def test_with_a_deleted_report_go_its_files_and_what_was_asked(app: Flask, world: World) -> None:
    receipt = make_report(world)
    event = db.session.scalars(select(TicketEvent.id).where(TicketEvent.ticket_id == receipt.ticket_id).limit(1)).one()
    values = {"owner_hash": "o", "source_hash": "s", "kind": "image", "name": "a.jpg", "size": 1, "parts": [], "scan": "ready", "created_at": utc_now()}
    with transaction():
        db.session.add(Attachment(token="t" * 22, ticket_id=receipt.ticket_id, event_id=event, **values))
    holder = Actor(tracked=frozenset({receipt.ticket_id}))
    ask(AskRight(kind=RightsKind.CORRECTION, ticket_id=receipt.ticket_id, words="Tempatnya salah."), holder)
    ask(AskRight(kind=RightsKind.DELETION, ticket_id=receipt.ticket_id, erase_words=True), holder)
    fresh()
    assert db.session.query(Attachment).count() == 0
    assert set(db.session.scalars(select(RightsRequest.words))) == {""}
