"""Roles with an end: people are warned two weeks before, a role may be extended, and its end is acted on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from feedback.audit.actions import record
from feedback.kernel.actor import Actor
from feedback.kernel.clock import local_date, utc_now
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Role
from feedback.people.actions.roles import leave
from feedback.people.models import MembershipRow
from feedback.people.queries.seats import seats_at
from feedback.people.queries.staff import roles_that_ended, roles_to_warn_of
from feedback.people.rules.invitations import check_extension, is_ending, may_give
from feedback.storage.outbox import post
from feedback.storage.session import db, transaction
from feedback.units.queries import today, unit_by_id
from feedback.units.rules import path_ids


def extend_role(membership_id: int, valid_to: date | None, asker: Actor) -> None:
    """Let a role end later, or never. Raises NotFound out of reach, Conflict when it is over, Invalid for the day."""
    now = utc_now()
    with transaction():
        row = db.session.get(MembershipRow, membership_id, with_for_update=True)
        unit = unit_by_id(row.unit_id) if row else None
        if row is None or unit is None or not may_give(asker, Role(row.role), unit.path):
            raise NotFound
        check_extension(row.valid_to, valid_to, local_date(now, unit.zone))
        row.valid_to = valid_to
        detail = {"unit": row.unit_id, "role": row.role, "valid_to": valid_to.isoformat() if valid_to else None}
        subject = f"person:{row.person_id}"
        record("role.extended", actor_id=asker.person_id, subject=subject, at=now, detail=detail)


def warn_of_ends(now: datetime) -> int:
    """Write to whose role ends within two weeks, and to their nearest coordinators, once for each end."""
    warned = 0
    for row in roles_to_warn_of(today()):
        day = local_date(now, row.zone)
        if not is_ending(row.valid_to, day):
            continue
        with transaction():
            held = db.session.get_one(MembershipRow, row.id, with_for_update=True, populate_existing=True)
            if held.valid_to == row.valid_to and held.warned_of != row.valid_to:
                held.warned_of = row.valid_to
                for person_id in dict.fromkeys([row.person_id, *_coordinators(row.path, day)]):
                    _post_warning(row.id, row.valid_to, person_id, now)
                warned += 1
    return warned


def _post_warning(membership_id: int, valid_to: date, person_id: int, now: datetime) -> None:
    key = f"role-ending:{membership_id}:{valid_to.isoformat()}:{person_id}"
    payload = {"membership_id": membership_id, "valid_to": valid_to.isoformat(), "person_id": person_id}
    post("mail.role_ending", key, payload, at=now)


def _coordinators(path: str, day: date) -> Iterator[int]:
    """Who coordinates nearest to a unit today."""
    seats = [(seat, seat.on(day)) for seat in seats_at(path, [Role.COORDINATOR], day)]
    for unit_id in reversed(path_ids(path)):
        there = [sits[0] for seat, sits in seats if sits is not None and seat.unit_id == unit_id]
        if there:
            yield from there
            return


def note_ends(now: datetime) -> int:
    """A role whose last day has passed: sessions end, and what its holder had in hand waits for somebody else."""
    noted = 0
    for row in roles_that_ended(today()):
        if row.valid_to >= local_date(now, row.zone):
            continue
        with transaction():
            held = db.session.get_one(MembershipRow, row.id, with_for_update=True, populate_existing=True)
            if held.ended_at is None and held.valid_to == row.valid_to:
                leave(held, now)
                detail = {"unit": held.unit_id, "role": held.role}
                record("role.expired", actor_id=None, subject=f"person:{held.person_id}", at=now, detail=detail)
                noted += 1
    return noted
