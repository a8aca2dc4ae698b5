"""One ticket's rounds side by side: what was promised, what was kept, and whose time it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from feedback.clocks.queries import ClockRow, PauseRow, clocks_of, pauses_of, working_time
from feedback.clocks.rules.policy import ClockKind
from feedback.insight.queries.listing import holds_of
from feedback.insight.rules.held import Held, Hold, held_by_unit
from feedback.insight.rules.scope import WATCHERS
from feedback.kernel.actor import Actor
from feedback.kernel.errors import NotFound
from feedback.kernel.references import read_number
from feedback.kernel.text import excerpt
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle
from feedback.tickets.queries.visible import visible
from feedback.tickets.rules.grants import Sight, TicketFacts, grants_for, sight_of
from feedback.tickets.rules.words import State
from feedback.units.queries import units_by_ids
from feedback.units.rules import UnitRow

_EXCERPT = 160


@dataclass(frozen=True, slots=True)
class Round:
    """One round; minutes are working time of the unit, seconds simply passed."""

    number: int
    started_at: datetime
    unit: UnitRow
    first_response_at: datetime | None
    first_response_minutes: int | None
    first_response_seconds: int | None
    answered_at: datetime | None
    resolution_minutes: int | None
    resolution_seconds: int | None
    on_time: bool | None
    clocks: tuple[ClockRow, ...]
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class TicketTime:
    """A ticket as far as its time is concerned; ``words`` None: not for this reader; coarse: show no hours."""

    number: str
    words: str | None
    state: State
    zone: str
    coarse: bool
    unit: UnitRow
    rounds: tuple[Round, ...]
    pauses: tuple[PauseRow, ...]


def ticket_time(number: str, actor: Actor, now: datetime) -> TicketTime:
    """The time of a ticket that a unit the actor watches over holds or held; NotFound for any other."""
    row = _ticket(number, actor)
    clocks = clocks_of(row.id)
    cycles = db.session.execute(
        select(*TicketCycle.__table__.c).where(TicketCycle.ticket_id == row.id).order_by(TicketCycle.number)
    ).all()
    units = units_by_ids({row.unit_id, *(clock.unit_id for clock in clocks), *(cycle.unit_id for cycle in cycles)})
    if not any(actor.reaches(unit.path, *WATCHERS) for unit in units.values()):
        raise NotFound()
    holds = holds_of([row.id])
    return TicketTime(
        number=row.number,
        words=excerpt(row.title or row.text, _EXCERPT) if _sight(row, units, actor) >= Sight.WORDS else None,
        state=State(row.state),
        zone=row.zone,
        coarse=row.anonymous or row.confidential,
        unit=units[row.unit_id],
        rounds=tuple(
            _round(cycle, units[_held_by(cycle, row)], clocks, _counted(row.id, holds.get((row.id, cycle.number)), now))
            for cycle in cycles
        ),
        pauses=pauses_of(row.id),
    )


def _ticket(number: str, actor: Actor) -> Row[Any]:
    canonical = read_number(number)
    if canonical is None:
        raise NotFound()
    statement = select(
        Ticket.id, Ticket.number, Ticket.title, func.substr(Ticket.text, 1, 600).label("text"), Ticket.state,
        Ticket.zone, Ticket.anonymous, Ticket.cycle, Ticket.unit_id, Ticket.confidential, Ticket.hidden,
        Ticket.published_at, Ticket.reporter_id, Ticket.reported_person_id,
        Ticket.walled_unit_id,
    ).where(Ticket.number == canonical, visible(grants_for(actor)))  # fmt: skip
    row = db.session.execute(statement).first()
    if row is None:
        raise NotFound()
    return row


def _sight(row: Row[Any], units: dict[int, UnitRow], actor: Actor) -> Sight:
    facts = TicketFacts(
        row.id, row.unit_id, units[row.unit_id].path, row.confidential, row.hidden, row.published_at is not None,
        row.reporter_id, row.reported_person_id, row.walled_unit_id,
    )  # fmt: skip
    return sight_of(grants_for(actor), facts)


def _held_by(cycle: Row[Any], ticket: Row[Any]) -> int:
    """The answering unit, or while no answer is there the one that holds the ticket."""
    waits = cycle.answered_at is None and cycle.number == ticket.cycle
    return int(ticket.unit_id if waits else cycle.unit_id)


def _counted(ticket_id: int, holds: list[Hold] | None, now: datetime) -> tuple[Held, ...]:
    """The hops with the one that still runs counted up to now."""
    return held_by_unit(
        hold
        if hold.stopped_at is not None
        else replace(
            hold,
            minutes=working_time(hold.unit_id, hold.started_at, now, ticket_id=ticket_id),
            seconds=int((now - hold.started_at).total_seconds()),
        )
        for hold in holds or ()
    )


def _round(cycle: Row[Any], unit: UnitRow, clocks: tuple[ClockRow, ...], held: tuple[Held, ...]) -> Round:
    return Round(
        number=cycle.number,
        started_at=cycle.started_at,
        unit=unit,
        first_response_at=cycle.first_response_at,
        first_response_minutes=cycle.first_response_minutes,
        first_response_seconds=cycle.first_response_seconds,
        answered_at=cycle.answered_at,
        resolution_minutes=cycle.resolution_minutes,
        resolution_seconds=cycle.resolution_seconds,
        on_time=cycle.on_time,
        clocks=tuple(clock for clock in clocks if clock.cycle == cycle.number and clock.kind is not ClockKind.HOLDING),
        held=held,
    )
