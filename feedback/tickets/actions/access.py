"""Asking what somebody else may see: only within one's reach, and noted."""

from __future__ import annotations

from feedback.audit.actions import record
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Permission, Role
from feedback.people.queries import actor_of, memberships_of
from feedback.storage.session import transaction
from feedback.tickets.queries.access import Access, access_of, openings_of
from feedback.tickets.rules.access import Opening
from feedback.units.queries import today, units_by_ids


def look_at(asker: Actor, person_id: int) -> Access:
    """What this person may see, noted in the log. Raises NotFound for somebody outside the asker's reach."""
    person = _within_reach(asker, person_id)
    _note(asker, person_id)
    return access_of(person)


def look_at_ticket(asker: Actor, person_id: int, number: str) -> tuple[tuple[Opening, ...], dict[int, str]]:
    """What opens one ticket to this person, noted in the log. Raises NotFound as `openings_of` does."""
    person = _within_reach(asker, person_id)
    ticket_id, openings, names = openings_of(asker, person, number)
    _note(asker, person_id, ticket_id)
    return openings, names


def _within_reach(asker: Actor, person_id: int) -> Actor:
    """Administrators reach everybody, coordinators who holds or will hold a role in their subtree."""
    person = actor_of(person_id)
    if person is None:
        raise NotFound
    if not asker.may(Permission.ADMINISTER):
        left = [one for one in memberships_of([person_id]) if one.valid_to is None or one.valid_to >= today()]
        units = units_by_ids({one.unit_id for one in left})
        if not any(asker.reaches(unit.path, Role.COORDINATOR) for unit in units.values()):
            raise NotFound
    return person


def _note(asker: Actor, person_id: int, ticket_id: int | None = None) -> None:
    detail = {} if ticket_id is None else {"ticket": ticket_id}
    with transaction():
        record("access.read", actor_id=asker.person_id, subject=f"person:{person_id}", at=utc_now(), detail=detail)
