"""Whom a report is about, and that it is never held by their unit when that is closed (rules.wall)."""

from __future__ import annotations

from feedback.audit.actions import record
from feedback.kernel.errors import Invalid
from feedback.kernel.permissions import Role
from feedback.kernel.text import mark
from feedback.people.queries import MembershipView, memberships_of, person_by_email
from feedback.people.rules import is_current
from feedback.storage.session import db
from feedback.tickets.actions.work import Work
from feedback.tickets.models import Ticket
from feedback.units.queries import government_of, unit_by_id, units_by_ids
from feedback.units.rules import UnitRow, path_ids


def is_behind_wall(ticket: Ticket, unit: UnitRow | None = None) -> bool:
    """Whether the holding unit, or another one asked about, is the walled unit or under it."""
    db.session.flush()
    if ticket.walled_unit_id is None:
        return False
    unit = unit or unit_by_id(ticket.unit_id)
    assert unit is not None
    return ticket.walled_unit_id in path_ids(unit.path)


def leave_wall(ticket: Ticket) -> int:
    """The unit above the walled one."""
    assert ticket.walled_unit_id is not None
    walled = unit_by_id(ticket.walled_unit_id)
    assert walled is not None
    return superior_of(walled)


def superior_of(unit: UnitRow) -> int:
    """The unit right above one that can be reported; a government cannot."""
    assert unit.parent_id is not None
    return unit.parent_id


def check_reported_unit(unit_id: int, government: UnitRow) -> UnitRow:
    """The unit of a reported officer, under that government. Raises Invalid(field="reported_unit_id")."""
    unit = unit_by_id(unit_id)
    if unit is None or unit.parent_id is None or not unit.path.startswith(government.path):
        raise Invalid(mark("Unit ini tidak dikenal. Pilih dari daftar."), field="reported_unit_id")
    return unit


def name_reported(work: Work) -> None:
    """Keep whom the report is about: an officer by address with their unit, a unit alone, or nobody (any more)."""
    command, ticket = work.command, work.ticket
    government = government_of(work.unit.path)
    assert government is not None
    ticket.reported_person_id, ticket.about_head = None, command.about_head
    ticket.reported_unit_id = None
    if command.reported_unit_id is not None:
        ticket.reported_unit_id = check_reported_unit(command.reported_unit_id, government).id
    if command.reported_email:
        _name_person(work, government)
    ticket.about_head = ticket.about_head and ticket.reported_unit_id is not None
    _record(work)


def name_reported_person(work: Work) -> None:
    """Keep which officer the report is about; the unit the reporter named stays when the officer works there."""
    government = government_of(work.unit.path)
    assert government is not None
    _name_person(work, government)
    _record(work)


def _record(work: Work) -> None:
    ticket = work.ticket
    record(
        "ticket.reported_set",
        actor_id=work.actor.person_id if work.actor else None,
        subject=f"ticket:{ticket.id}",
        at=work.now,
        detail={"person": ticket.reported_person_id, "unit": ticket.reported_unit_id, "head": ticket.about_head},
    )


def _name_person(work: Work, government: UnitRow) -> None:
    ticket = work.ticket
    person = person_by_email(work.command.reported_email)
    roles = memberships_of([person.id]) if person else []
    units = units_by_ids({one.unit_id for one in roles})
    theirs = [(one, units[one.unit_id]) for one in roles if units[one.unit_id].path.startswith(government.path)]
    # One answer for an unknown address and for somebody who works elsewhere: it must not tell who has an account.
    if person is None or not theirs:
        raise Invalid(mark("Tidak ada petugas dengan alamat ini di pemerintah daerah ini."), field="reported_email")
    ticket.reported_person_id = person.id
    now = [pair for pair in theirs if is_current(pair[0].valid_from, pair[0].valid_to, work.now.date())]
    _, unit = max(now or theirs, key=lambda pair: (pair[1].id == ticket.reported_unit_id, len(pair[1].path)))
    if unit.parent_id is not None:
        ticket.reported_unit_id = unit.id
        ticket.about_head |= leads(roles, unit)


def leads(roles: list[MembershipView], unit: UnitRow) -> bool:
    """Whether somebody with these roles is the head of the unit."""
    return any(one.unit_id == unit.id and one.role is Role.SUPERVISOR for one in roles)
