"""The table of requests comes and goes with reports and seals in the database."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, update

from feedback.notices.actions.consent import note_asked
from feedback.notices.queries.consent import said_of
from feedback.notices.rules.consent import Consent
from feedback.people.models import Person
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket, TicketCycle
from feedback.vault.models import SealedIdentity, SealOpening
from tests.factories import World, make_report
from tests.insight.conftest import revisions


def test_requests_come_and_go_and_seals_stay(app: Flask, world: World) -> None:
    receipt = make_report(world, anonymous=True, name="Zainuddin")
    before, _ = revisions("seal_opening")
    db.session.remove()
    downgrade(revision=before)
    assert "seal_opening" not in inspect(db.engine).get_table_names()
    db.session.remove()
    upgrade()
    assert db.session.scalars(select(SealOpening.id)).all() == []
    assert set(db.session.scalars(select(SealedIdentity.ticket_id))) == {receipt.ticket_id}


def test_hours_of_the_sealed_and_of_citizens_become_days(app: Flask, world: World) -> None:
    sealed, confidential, plain = make_report(world, anonymous=True), make_report(world, confidential=True), make_report(world)
    at = datetime(2026, 3, 3, 5, 37, 23, 45, tzinfo=UTC)
    with transaction():
        for table, column in ((Ticket, "received_at"), (TicketCycle, "started_at"), (Person, "created_at")):
            db.session.execute(update(table).values({column: at}))
    before, _ = revisions("days_of_the_sealed")
    for _ in range(2):  # safe to repeat
        db.session.remove()
        downgrade(revision=before)
        db.session.remove()
        upgrade()
    day = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    for receipt, kept in ((sealed, day), (confidential, day), (plain, at)):
        assert db.session.scalar(select(Ticket.received_at).where(Ticket.id == receipt.ticket_id)) == kept
        assert db.session.scalar(select(TicketCycle.started_at).where(TicketCycle.ticket_id == receipt.ticket_id)) == kept
    opened = dict(db.session.execute(select(Person.id, Person.created_at)).tuples().all())
    assert opened[world.citizen.person_id or 0] == datetime(2026, 3, 3, tzinfo=UTC)
    assert opened[world.officer.person_id or 0] == at


def test_answers_of_addresses_outlive_the_column_that_carries_them(app: Flask, world: World) -> None:
    note_asked("nur@warga.example")
    before, _ = revisions("renewed_contact_key")
    db.session.remove()
    downgrade(revision=before)
    assert "carried_to" not in {one["name"] for one in inspect(db.engine).get_columns("address_consent")}
    db.session.remove()
    upgrade()
    assert said_of("nur@warga.example") is Consent.ASKED
