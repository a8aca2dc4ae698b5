"""Words go when their time is over, figures stay to the last digit, and a court's hold stops it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from feedback.adapters.search import found
from feedback.audit.models import AuditEntry
from feedback.files.models import Attachment
from feedback.insight.actions import rebuild, verify
from feedback.insight.models import FigureCell
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.rights.actions import AskRight, ask
from feedback.rights.actions.retention import hold, release, rules_on, run, seed_rules
from feedback.rights.handlers import every_night
from feedback.rights.models import DataCopy, RetentionRule, RightsRequest
from feedback.rights.rules import RightsKind
from feedback.rights.rules.retention import Class, Rule, in_force
from feedback.storage.outbox import Outbox
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket, TicketCycle, TicketEvent, TicketNote
from feedback.tickets.rules.words import MoveName
from feedback.vault.models import SealedIdentity
from tests.factories import World, make_report, move

OLD = timedelta(days=2000)


def fresh() -> None:
    db.session.rollback()
    db.session.expire_all()


def finished(world: World, **values: object) -> int:
    """A report answered and confirmed long ago."""
    receipt = make_report(world, **values)
    move(receipt.number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="normative", title="Lampu masjid")
    move(receipt.number, MoveName.START, world.officer)
    move(receipt.number, MoveName.ANSWER, world.officer, text="Lampu Pak Budi sudah menyala.")
    with transaction():
        db.session.add(TicketNote(ticket_id=receipt.ticket_id, at=utc_now(), author_id=world.officer.person_id or 0, unit_id=world.agency, text="Catatan"))
        long_ago = {"at": utc_now() - OLD, "id": receipt.ticket_id}
        db.session.execute(
            text("UPDATE ticket SET state = 'closed', is_open = :no, closed_at = :at WHERE id = :id").bindparams(no=False), long_ago
        )
    return receipt.ticket_id


def counted(outcomes: list) -> dict[str, tuple[int, int]]:  # type: ignore[type-arg]
    return {one.code.value: (one.due, one.held) for one in outcomes if one.due or one.held}


def test_a_dry_run_counts_and_changes_nothing(app: Flask, world: World) -> None:
    seed_rules()
    finished(world, email="nur@contoh.example")
    make_report(world)
    before = db.session.execute(text("SELECT text, title, closed_at FROM ticket ORDER BY id")).all()
    deeds = db.session.query(AuditEntry).count()
    assert counted(run(utc_now(), dry=True)) == {"ticket.complaint": (1, 0), "sealed_identity": (1, 0)}
    fresh()
    assert db.session.execute(text("SELECT text, title, closed_at FROM ticket ORDER BY id")).all() == before
    assert db.session.query(AuditEntry).count() == deeds


def test_words_become_a_tombstone_and_figures_stay(app: Flask, world: World) -> None:
    seed_rules()
    old, young = finished(world, email="nur@contoh.example", name="Nur Warga", place="Depan masjid"), make_report(world).ticket_id
    now = utc_now()
    rebuild(now)
    cells = {cell.key: cell.lanes for cell in db.session.scalars(select(FigureCell))}
    cycles = [tuple(row) for row in db.session.execute(select(TicketCycle.__table__).order_by(TicketCycle.id))]
    assert old in db.session.scalars(found("lampu")).all()
    outcomes = counted(run(now, dry=False))
    assert outcomes["ticket.complaint"] == (1, 0)
    fresh()
    ticket = db.session.get_one(Ticket, old)
    assert (ticket.text, ticket.title, ticket.place, ticket.reporter_name, ticket.reporter_id) == ("Isi laporan ini sudah dihapus.", None, "", None, None)
    assert set(db.session.scalars(select(TicketEvent.text).where(TicketEvent.ticket_id == old))) == {""}
    assert set(db.session.scalars(select(TicketEvent.html).where(TicketEvent.ticket_id == old))) == {None}
    assert set(db.session.scalars(select(TicketNote.text).where(TicketNote.ticket_id == old))) == {""}
    assert old not in db.session.scalars(found("lampu")).all()
    assert old not in db.session.scalars(select(SealedIdentity.ticket_id)).all()
    assert db.session.get_one(Ticket, young).words_destroyed_at is None
    assert [tuple(row) for row in db.session.execute(select(TicketCycle.__table__).order_by(TicketCycle.id))] == cycles
    assert verify(now).wrong == ()
    fresh()
    rebuild(now)
    assert {cell.key: cell.lanes for cell in db.session.scalars(select(FigureCell))} == cells
    assert counted(run(now, dry=True)) == {}
    [deed] = db.session.scalars(select(AuditEntry.detail).where(AuditEntry.deed == "retention.run"))
    assert deed["ticket.complaint"] == 1


def test_what_was_asked_about_a_report_goes_with_its_words(app: Flask, world: World) -> None:
    seed_rules()
    old, young = finished(world), make_report(world).ticket_id
    for ticket_id in (old, young):
        ask(AskRight(kind=RightsKind.CORRECTION, ticket_id=ticket_id, words="Pelapornya Nur, bukan Budi."), Actor())
        copied = ask(AskRight(kind=RightsKind.COPY, ticket_id=ticket_id), Actor())
        with transaction():
            db.session.add(DataCopy(request_id=copied, content=b"zip", until=utc_now() + timedelta(days=7)))
    run(utc_now(), dry=False)
    fresh()
    left = select(RightsRequest.words, RightsRequest.state).where(RightsRequest.kind == "correction").order_by(RightsRequest.id)
    assert db.session.execute(left).all() == [("", "done"), ("Pelapornya Nur, bukan Budi.", "open")]
    assert db.session.query(DataCopy).count() == 1


def test_words_of_requests_about_an_account_go_after_three_years(app: Flask, world: World) -> None:
    seed_rules()
    now, person_id = utc_now(), world.citizen.person_id or 0
    with transaction():
        for days, state in ((1096, "refused"), (1094, "done"), (1096, "open")):
            asked = now - timedelta(days=days)
            row = RightsRequest(kind="correction", requested_at=asked, due_at=asked + timedelta(hours=72), person_id=person_id)
            row.words, row.state = "Nama saya Nur.", state
            if state != "open":
                row.answer, row.done_at = "Nama di KTP berbeda.", asked
            db.session.add(row)
    assert counted(run(now, dry=True)) == {"rights_request": (1, 0)}
    assert counted(run(now, dry=False)) == {"rights_request": (1, 0)}
    fresh()
    left = select(RightsRequest.state, RightsRequest.words, RightsRequest.answer).order_by(RightsRequest.id)
    assert db.session.execute(left).all() == [
        ("refused", "", ""), ("done", "Nama saya Nur.", "Nama di KTP berbeda."), ("open", "Nama saya Nur.", ""),
    ]  # fmt: skip
    assert counted(run(now, dry=False)) == {}


def test_the_class_of_requests_comes_and_goes_and_other_rules_stay(app: Flask) -> None:
    assert seed_rules() == len(Class)
    db.session.remove()
    downgrade(revision="0028")
    kept = db.session.scalars(select(RetentionRule.code)).all()
    assert len(kept) == len(Class) - 1
    assert "rights_request" not in kept
    db.session.remove()
    upgrade(revision="0029")
    assert seed_rules() == 1


def test_with_the_words_go_seal_and_files_whatever_their_own_rules_say(app: Flask, world: World) -> None:
    seed_rules()
    old = finished(world, email="nur@contoh.example")
    values = {"owner_hash": "o", "source_hash": "s", "kind": "image", "name": "a.jpg", "size": 1, "parts": [], "scan": "ready", "created_at": utc_now()}
    with transaction():
        event = db.session.scalars(select(TicketEvent.id).where(TicketEvent.ticket_id == old).limit(1)).one()
        db.session.add(Attachment(token="t" * 22, ticket_id=old, event_id=event, **values))
        db.session.query(RetentionRule).filter(RetentionRule.code.in_(["sealed_identity", "attachment"])).update({"days": None})
    assert counted(run(utc_now(), dry=False)) == {"ticket.complaint": (1, 0)}
    fresh()
    assert db.session.query(SealedIdentity).count() == 0
    assert db.session.query(Attachment).count() == 0


def test_files_that_were_never_sent_are_gone_when_it_says_so(app: Flask, world: World) -> None:
    seed_rules()
    old = utc_now() - timedelta(days=3)
    values = {"owner_hash": "o", "source_hash": "s", "kind": "image", "name": "a.jpg", "size": 1, "parts": [], "scan": "ready", "created_at": old}
    with transaction():
        db.session.add(Attachment(token="t" * 22, **values))
    assert counted(run(utc_now(), dry=True)) == {"pending_upload": (1, 0)}
    assert db.session.query(Attachment).count() == 1
    assert counted(run(utc_now(), dry=False)) == {"pending_upload": (1, 0)}
    fresh()
    assert db.session.query(Attachment).count() == 0


def test_a_hold_stops_it_until_it_ends(app: Flask, world: World) -> None:
    seed_rules()
    ticket_id = finished(world, email="nur@contoh.example")
    number, now = db.session.get_one(Ticket, ticket_id).number, utc_now()
    hold(number, "Pengadilan Negeri, perkara 12", now)
    assert counted(run(now, dry=False)) == {"ticket.complaint": (0, 1), "sealed_identity": (0, 1)}
    fresh()
    assert db.session.get_one(Ticket, ticket_id).words_destroyed_at is None
    release(number, now)
    assert counted(run(now, dry=False))["ticket.complaint"] == (1, 0)


def test_each_class_goes_by_its_own_rule(app: Flask, world: World) -> None:
    seed_rules()
    now = utc_now()
    with transaction():
        at = {"old": now - timedelta(days=400), "new": now}
        db.session.execute(text("INSERT INTO attempt (key, failures, last_at) VALUES ('a', 1, :old), ('b', 1, :new)"), at)
        for key, state in (("tua", "dead"), ("selesai", "done")):
            row = Outbox(kind="mail", key=key, payload={"address": "siti@contoh.example"}, created_at=at["old"], available_at=now)
            row.state = state
            db.session.add(row)
    assert counted(run(now, dry=True)) == {"attempt": (1, 0), "outbox_payload": (1, 0)}
    assert counted(run(now, dry=False)) == {"attempt": (1, 0), "outbox_payload": (1, 0)}
    fresh()
    assert db.session.scalars(text("SELECT key FROM attempt")).all() == ["b"]
    left = {row.key: row.payload for row in db.session.execute(select(Outbox.key, Outbox.payload))}
    assert left == {"tua": {}, "selesai": {"address": "siti@contoh.example"}}


def test_seeding_again_brings_in_nothing_and_keeps_what_was_changed(app: Flask) -> None:
    assert seed_rules() == len(Class)
    with transaction():
        db.session.query(RetentionRule).filter(RetentionRule.code == "attempt").update({"days": 9})
    assert seed_rules() == 0
    assert rules_on(date(2026, 6, 1))[Class.ATTEMPT].days == 9


def test_the_newest_rule_that_has_begun_counts() -> None:
    first, second = (Rule(Class.PRAISE, days, "", "D", date(year, 1, 1)) for days, year in ((700, 2026), (100, 2027)))
    assert in_force([second, first], date(2026, 12, 31)) == {Class.PRAISE: first}
    assert in_force([second, first], date(2027, 1, 1)) == {Class.PRAISE: second}
    assert in_force([second], date(2026, 1, 1)) == {}


@pytest.mark.parametrize("switched_on", [True, False])
def test_the_worker_destroys_at_night_only_when_switched_on(app: Flask, monkeypatch: pytest.MonkeyPatch, *, switched_on: bool) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], retention=switched_on))
    for minute in (0, 5):
        every_night(datetime(2026, 3, 2, 20, minute, tzinfo=UTC))
    fresh()
    assert db.session.query(Outbox).filter(Outbox.kind == "retention.run").count() == switched_on


def test_the_command_tells_and_refuses_what_is_no_report(app: Flask, world: World) -> None:
    seed_rules()
    finished(world)
    fresh()
    runner = app.test_cli_runner()
    told = json.loads(runner.invoke(args=["retention", "run", "--dry-run", "--json"]).output)
    assert {one["code"]: one["due"] for one in told}["ticket.complaint"] == 1
    assert "audit: kept for good" in runner.invoke(args=["retention", "run", "--dry-run"]).output
    assert runner.invoke(args=["retention", "hold", "MB-1", "--reason", "x"]).exit_code == 2
    assert runner.invoke(args=["retention", "release", db.session.scalars(select(Ticket.number)).one()]).exit_code == 1
