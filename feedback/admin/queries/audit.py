"""The log as its readers see it: names for ids, and for an inspector the deeds of the officials of their subtree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select

from feedback.audit.queries import Deed
from feedback.kernel.actor import Actor
from feedback.kernel.permissions import Permission, Role
from feedback.people.models import MembershipRow, Person
from feedback.storage.session import db
from feedback.tickets.models import Ticket
from feedback.tickets.queries.visible import visible
from feedback.tickets.rules.grants import grants_for
from feedback.units.models import Unit
from feedback.units.rules import path_range


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A deed with the names its reader may know; ``subject`` is empty for a report that is closed to them."""

    at: datetime
    deed: str
    who: str
    kind: str
    subject: str


def actors_in_reach(actor: Actor) -> Select[tuple[int]] | None:
    """Whose deeds an actor may read: everybody's for an administrator (None), else who served in their subtree."""
    if actor.may(Permission.ADMINISTER):
        return None
    served = select(MembershipRow.person_id).join(Unit, Unit.id == MembershipRow.unit_id)
    ranges = [path_range(path) for path in actor.paths(Role.INSPECTOR)]
    return served.where(or_(False, *((Unit.path >= low) & (Unit.path < high) for low, high in ranges)))


def ticket_subject(actor: Actor, number: str) -> str | None:
    """How the log names a report, if the actor may know of it."""
    ticket_id = db.session.scalar(select(Ticket.id).where(Ticket.number == number, *_known(actor)))
    return None if ticket_id is None else f"ticket:{ticket_id}"


def named(rows: Sequence[Deed], actor: Actor) -> list[AuditLine]:
    """Deeds with names, in three statements however many there are."""
    wanted: dict[str, set[int]] = {"person": set(), "ticket": set(), "unit": set()}
    for row in rows:
        kind, _, key = row.subject.partition(":")
        if kind in wanted and key.isdecimal():
            wanted[kind].add(int(key))
        if row.actor_id is not None:
            wanted["person"].add(row.actor_id)
    people = _pairs(select(Person.id, Person.name).where(Person.id.in_(wanted["person"])))
    units = _pairs(select(Unit.id, Unit.name).where(Unit.id.in_(wanted["unit"])))
    tickets = _pairs(select(Ticket.id, Ticket.number).where(Ticket.id.in_(wanted["ticket"]), *_known(actor)))
    names = {"person": people, "ticket": tickets, "unit": units}
    return [_line(row, people, names) for row in rows]


def _known(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Administrators read every number in the log, and open no report by it; others only of what they may see."""
    return () if actor.may(Permission.ADMINISTER) else (visible(grants_for(actor)),)


def _pairs(statement: Select[tuple[int, str]]) -> dict[int, str]:
    return dict(db.session.execute(statement).tuples().all())


def _line(row: Deed, people: dict[int, str], names: dict[str, dict[int, str]]) -> AuditLine:
    kind, _, key = row.subject.partition(":")
    found = names[kind].get(int(key), "") if kind in names and key.isdecimal() else key
    return AuditLine(row.at, row.deed, people.get(row.actor_id or 0, ""), kind, found)
