"""What an official who left still held waits for somebody: the unit sees it as without officer."""

from __future__ import annotations

from sqlalchemy import select

from feedback.audit.actions import record
from feedback.kernel.clock import utc_now
from feedback.people.queries import actor_of
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket
from feedback.tickets.queries.desk import DESK_ROLES
from feedback.units.queries import units_by_ids


def release_tickets(person_id: int) -> int:
    """Take a person's name off open tickets of units they work in no longer; returns how many.

    Nobody's open page goes stale and no clock changes: the unit held the ticket all along, and holds it still.
    """
    now = utc_now()
    with transaction():
        person = actor_of(person_id)
        held = db.session.scalars(
            select(Ticket).where(Ticket.officer_id == person_id, Ticket.is_open).order_by(Ticket.id).with_for_update()
        ).all()
        units = units_by_ids({ticket.unit_id for ticket in held})
        left = [one for one in held if person is None or not person.reaches(units[one.unit_id].path, *DESK_ROLES)]
        for ticket in left:
            ticket.officer_id = None
            subject, detail = f"ticket:{ticket.id}", {"officer": person_id}
            record("ticket.released", actor_id=None, subject=subject, at=now, detail=detail)
        return len(left)
