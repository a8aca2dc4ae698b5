"""What an official who left still held is shown to the unit as without officer."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, update

from feedback.audit.models import AuditEntry
from feedback.kernel.clock import utc_now
from feedback.people.models import MembershipRow
from feedback.storage.session import db, transaction
from feedback.tickets.actions.release import release_tickets
from feedback.tickets.queries.desk import Queue, desk_queue
from feedback.tickets.rules.words import MoveName as M
from tests.factories import World
from tests.site import Reader
from tests.tickets.steps import answered, assigned, make, ticket_of

WIT = "Asia/Jayapura"


def _end_roles(person_id: int | None) -> None:
    with transaction():
        db.session.execute(update(MembershipRow).where(MembershipRow.person_id == person_id).values(valid_to=MembershipRow.valid_from))


def test_who_left_holds_nothing_and_the_unit_sees_it(world: World, readers: Callable[[], Reader]) -> None:
    held, other = assigned(world), assigned(world)
    make(world, held, M.START, world.officer)
    make(world, other, M.START, world.second_officer)
    version = ticket_of(held).version
    _end_roles(world.officer.person_id)
    assert release_tickets(world.officer.person_id or 0) == 1
    assert (ticket_of(held).officer_id, ticket_of(held).version) == (None, version)
    assert ticket_of(other).officer_id == world.second_officer.person_id
    queue = desk_queue(world.second_officer, Queue.NOBODY, utc_now(), WIT)
    assert [line.number for line in queue.rows] == [held.number]
    page = readers().sign_in(world.second_officer).open("/meja?antrean=tanpa-petugas")
    assert "1 Tanpa petugas" in page.text
    assert held.number in page.text
    assert other.number not in page.text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "ticket.released")).one()
    assert (entry.subject, entry.detail) == (f"ticket:{held.ticket_id}", {"officer": world.officer.person_id})


def test_who_still_works_there_keeps_what_they_hold(world: World) -> None:
    held = assigned(world)
    make(world, held, M.START, world.officer)
    assert release_tickets(world.officer.person_id or 0) == 0
    assert ticket_of(held).officer_id == world.officer.person_id


def test_a_finished_round_keeps_its_answerer(world: World) -> None:
    receipt = answered(world)
    make(world, receipt, M.CONFIRM, world.citizen)
    before = ticket_of(receipt).officer_id
    _end_roles(world.officer.person_id)
    assert release_tickets(world.officer.person_id or 0) == 0
    assert ticket_of(receipt).officer_id == before is not None
