"""Where the backlog is: open reports by age for each line of a board, and by the official who has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, case, func, select

from feedback.insight.queries.ageing import aged_conditions
from feedback.insight.queries.cohort import burning_conditions, cohort, open_tickets
from feedback.insight.rules.figures import Reach, line_of
from feedback.insight.rules.measures import AGED, Measure
from feedback.insight.rules.scope import Scope
from feedback.kernel.actor import Actor
from feedback.people.queries import people_by_ids
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle
from feedback.units.rules import UnitRow

# What an official has to do, in the order of the columns; what they answered in the period comes last.
LOAD = (Measure.NOW_OPEN, Measure.NOW_OVERDUE, Measure.NOW_DUE_TODAY, Measure.NOW_DUE_IN_1)


@dataclass(frozen=True, slots=True)
class AgeRow:
    """A line of the board and how many of its open reports are how old."""

    unit: UnitRow
    reach: Reach
    counts: Mapping[Measure, int]


@dataclass(frozen=True, slots=True)
class Load:
    """What one official has open and answered; ``person_id`` 0: reports that nobody has taken yet."""

    person_id: int
    name: str
    counts: Mapping[Measure, int]
    oldest: datetime | None


def ageing(scope: Scope, below: Sequence[UnitRow], actor: Actor) -> tuple[AgeRow, ...]:
    """Open reports by age: the whole first, then each line of the board that has any."""
    conditions = aged_conditions(below, scope.now)
    sums = [func.sum(case((conditions[measure], 1), else_=0), type_=Integer) for measure in AGED]
    rows = db.session.execute(select(Ticket.unit_id, *sums).where(open_tickets(scope, actor)).group_by(Ticket.unit_id))
    lines = {unit.id: line_of(scope.unit, unit) for unit in below}
    found: dict[int, list[int]] = {}
    for unit_id, *numbers in rows:
        line = found.setdefault(lines[unit_id], [0] * len(AGED))
        line[:] = [one + other for one, other in zip(line, numbers, strict=True)]
    shown = [unit for unit in below if unit.id in found]
    shown.sort(key=lambda unit: (unit.id != scope.unit.id, unit.short_name, unit.id))
    whole = [sum(column) for column in zip(*found.values(), strict=True)] or [0] * len(AGED)
    return (
        AgeRow(scope.unit, Reach.SUBTREE, dict(zip(AGED, whole, strict=True))),
        *(
            AgeRow(
                unit,
                Reach.OWN if unit.id == scope.unit.id else Reach.SUBTREE,
                dict(zip(AGED, found[unit.id], strict=True)),
            )
            for unit in shown
        ),
    )


def loads(scope: Scope, actor: Actor) -> tuple[Load, ...]:
    """What each official has in hand of the unit's own reports and answered of them in the period, by name."""
    burning = burning_conditions(scope)
    sums = [func.sum(case((burning[measure], 1), else_=0), type_=Integer) for measure in LOAD]
    columns = select(func.coalesce(Ticket.officer_id, 0), func.min(Ticket.received_at), *sums)
    here = db.session.execute(columns.where(open_tickets(scope, actor)).group_by(Ticket.officer_id)).all()
    counted = select(TicketCycle.answered_by_id, func.count()).join(Ticket, Ticket.id == TicketCycle.ticket_id)
    given = counted.where(cohort(scope, actor), TicketCycle.answered_by_id.is_not(None))
    answered = {id_ or 0: number for id_, number in db.session.execute(given.group_by(TicketCycle.answered_by_id))}
    in_hand = {row[0]: row for row in here}
    names = {person.id: person.name for person in people_by_ids({*in_hand, *answered} - {0}).values()}
    found = (_load(id_, names.get(id_, ""), in_hand.get(id_), answered.get(id_, 0)) for id_ in {*in_hand, *answered})
    return tuple(sorted(found, key=lambda load: (load.person_id == 0, load.name, load.person_id)))


def _load(person_id: int, name: str, row: Row[Any] | None, answered: int) -> Load:
    numbers = [0] * len(LOAD) if row is None else row[2:]
    counts = {**dict(zip(LOAD, numbers, strict=True)), Measure.ANSWERED: answered}
    return Load(person_id, name, counts, None if row is None else row[1])
