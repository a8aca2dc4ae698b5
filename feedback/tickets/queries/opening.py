"""Requests to open who reported: for those who ask or agree, and what the reporter is told of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, or_, select, union
from sqlalchemy.orm import aliased

from feedback.kernel.actor import Actor, Membership
from feedback.people.queries import PersonRow, people_by_ids
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.rules.wall import outside
from feedback.units.models import Unit
from feedback.units.queries import units_by_ids
from feedback.units.rules import UnitRow, path_ids, path_range
from feedback.vault.models import SealOpening
from feedback.vault.rules.opening import LASTS, OVERSEERS, WAITS, Asked, Stage, outsider

MOST = 100


@dataclass(frozen=True, slots=True)
class Part:
    """What one person did in a request, in which office."""

    name: str
    unit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """One request. ``may_decide``: it waits, and the reader is neither who asked nor who agreed already."""

    id: int
    number: str
    stage: Stage
    basis: str
    case_number: str
    requested: Part
    agreed: tuple[Part, ...]
    refused_at: datetime | None
    released_at: datetime | None
    until: datetime | None
    zone: str
    may_decide: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """What a reporter is told: when their seal was handed out, which offices asked and agreed, and on which ground."""

    at: datetime
    requested_unit: str
    agreed_units: tuple[str, str]
    basis: str
    case_number: str


def asked(opening: SealOpening) -> Asked:
    """A request as the rules see it."""
    return Asked(
        requested_by=opening.requested_by_id,
        requested_at=opening.requested_at,
        first=opening.first_id,
        second=opening.second_id,
        second_at=opening.second_at,
        refused_at=opening.refused_at,
        released_at=opening.released_at,
    )


def involved_in(ticket_ids: Collection[int]) -> dict[int, set[str]]:
    """By ticket, the paths of the units that have or had it, and of the one it is about."""
    if not ticket_ids:
        return {}
    had = select(TicketEvent.ticket_id, TicketEvent.unit_id).where(TicketEvent.ticket_id.in_(ticket_ids))
    got = select(TicketEvent.ticket_id, TicketEvent.to_unit_id).where(TicketEvent.ticket_id.in_(ticket_ids))
    about = select(Ticket.id, Ticket.reported_unit_id).where(Ticket.id.in_(ticket_ids))
    units = union(had, got, about).subquery()
    found: dict[int, set[str]] = {one: set() for one in ticket_ids}
    statement = select(units.c.ticket_id, Unit.path).join(Unit, Unit.id == units.c.unit_id)
    for ticket_id, path in db.session.execute(statement):
        found[ticket_id].add(path)
    return found


def office_outside(actor: Actor, ticket: Ticket | Row[Any], path: str, involved: Collection[str]) -> Membership | None:
    """The role in which somebody may agree; whom the ticket is about and the people of their unit never may."""
    counted = outside(actor, person_id=ticket.reported_person_id, unit_id=ticket.reported_unit_id)
    return outsider(counted, path, involved)


_Asker = aliased(Unit)
_REQUESTS = (
    select(
        SealOpening, Ticket.number, Ticket.zone, Ticket.reported_person_id, Ticket.reported_unit_id,
        Unit.path.label("path"),
    )
    .join(Ticket, Ticket.id == SealOpening.ticket_id)
    .join(Unit, Unit.id == Ticket.unit_id)
    .order_by(SealOpening.id.desc())
    .limit(MOST)
)  # fmt: skip


def openings_for(actor: Actor, now: datetime) -> tuple[OpeningLine, ...]:
    """The newest requests that somebody made or may decide; five statements however many there are."""
    roots = {path_ids(one.path)[0] for one in actor.memberships if one.role in OVERSEERS}
    ranges = [path_range(f"{root}.") for root in sorted(roots)]
    overseen = (and_(Unit.path >= low, Unit.path < high) for low, high in ranges)
    theirs = or_(SealOpening.requested_by_id == actor.person_id, *overseen)
    rows = db.session.execute(_REQUESTS.where(theirs)).all()
    involved = involved_in({row.SealOpening.ticket_id for row in rows})
    seen = [
        (row, office)
        for row in rows
        if (office := office_outside(actor, row, row.path, involved[row.SealOpening.ticket_id]))
        or row.SealOpening.requested_by_id == actor.person_id
    ]
    openings = [row.SealOpening for row, _ in seen]
    people = people_by_ids(_ids(openings, "requested_by_id", "first_id", "second_id"))
    units = units_by_ids(_ids(openings, "requested_unit_id", "first_unit_id", "second_unit_id"))
    return tuple(_line(row, actor, office is not None, now, (people, units)) for row, office in seen)


def _ids(openings: Collection[SealOpening], *columns: str) -> set[int]:
    return {found for one in openings for name in columns if (found := getattr(one, name)) is not None}


def _line(
    row: Row[Any], actor: Actor, is_outside: bool, now: datetime,
    names: tuple[Mapping[int, PersonRow], Mapping[int, UnitRow]],
) -> OpeningLine:  # fmt: skip
    one: SealOpening = row.SealOpening
    people, units = names

    def part(person_id: int | None, unit_id: int | None, at: datetime | None) -> Part | None:
        return None if not (person_id and unit_id and at) else Part(people[person_id].name, units[unit_id].name, at)

    requested = part(one.requested_by_id, one.requested_unit_id, one.requested_at)
    agreed = part(one.first_id, one.first_unit_id, one.first_at), part(one.second_id, one.second_unit_id, one.second_at)
    stage = asked(one).stage(now)
    assert requested is not None
    ends = {Stage.WAITING: one.requested_at + WAITS, Stage.AGREED: one.second_at and one.second_at + LASTS}
    return OpeningLine(
        id=one.id,
        number=row.number,
        stage=stage,
        basis=one.basis,
        case_number=one.case_number,
        requested=requested,
        agreed=tuple(found for found in agreed if found is not None),
        refused_at=one.refused_at,
        released_at=one.released_at,
        until=ends.get(stage),
        zone=row.zone,
        may_decide=is_outside and stage is Stage.WAITING and actor.person_id not in (one.requested_by_id, one.first_id),
    )


_First, _Second = aliased(Unit), aliased(Unit)


def opened_for_reporter(ticket_id: int) -> tuple[Opened, ...]:
    """Every time the seal of a ticket was handed out, newest first; for its reporter only."""
    rows = db.session.execute(
        select(
            SealOpening.released_at, _Asker.name.label("asker"), _First.name.label("one"), _Second.name.label("other"),
            SealOpening.basis, SealOpening.case_number,
        )
        .join(_Asker, _Asker.id == SealOpening.requested_unit_id)
        .join(_First, _First.id == SealOpening.first_unit_id)
        .join(_Second, _Second.id == SealOpening.second_unit_id)
        .where(SealOpening.ticket_id == ticket_id, SealOpening.released_at.is_not(None))
        .order_by(SealOpening.id.desc())
    )  # fmt: skip
    return tuple(
        Opened(row.released_at, row.asker, (row.one, row.other), row.basis, row.case_number) for row in rows
    )
