"""Each measure as one SQL condition: the board sums it, the list filters by it, so both always agree."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, not_, or_, select

from feedback.clocks.models import Clock
from feedback.clocks.rules.words import LIVE
from feedback.insight.rules.figures import Reach
from feedback.insight.rules.measures import ANSWER_CLOCKS, BURNING, REPORTER_CLOCKS, SOON_DAYS, Measure
from feedback.insight.rules.period import midnight
from feedback.insight.rules.scope import WATCHERS, Scope
from feedback.kernel.actor import Actor
from feedback.kernel.clock import local_date
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle
from feedback.tickets.queries.visible import under, visible
from feedback.tickets.rules.grants import grants_for
from feedback.tickets.rules.words import State
from feedback.units.models import Unit
from feedback.units.queries import unit_columns, unit_row
from feedback.units.rules import UnitRow, path_range

_CURRENT = TicketCycle.number == Ticket.cycle
_AWAITING = and_(TicketCycle.answered_at.is_(None), Ticket.is_open, _CURRENT)
# An answered round belongs to the unit that answered; one that waits, to the unit that holds the ticket now.
holder: ColumnElement[int] = case(
    (and_(TicketCycle.answered_at.is_(None), _CURRENT), Ticket.unit_id), else_=TicketCycle.unit_id
)


def watched_units(actor: Actor) -> tuple[UnitRow, ...]:
    """Every unit, closed ones too, that the actor supervises or inspects; parents first."""
    ranges = [path_range(path) for path in actor.paths(*WATCHERS)]
    if not ranges:
        return ()
    within = or_(*(and_(Unit.path >= low, Unit.path < high) for low, high in ranges))
    rows = db.session.execute(select(*unit_columns()).where(within).order_by(Unit.path))
    return tuple(unit_row(row) for row in rows)


def cohort(scope: Scope, actor: Actor) -> ColumnElement[bool]:
    """Rounds that started in the period at the unit, as far as the actor may know of them; joined to their tickets."""
    held = holder == scope.unit.id if scope.reach is Reach.OWN else under(holder, scope.unit.path)
    began = and_(TicketCycle.started_at >= scope.period.start, TicketCycle.started_at < scope.period.end)
    # Follows from `held`; said of the round alone it spares looking up the tickets of everybody else's answered rounds.
    perhaps = or_(TicketCycle.answered_at.is_(None), under(TicketCycle.unit_id, scope.unit.path))
    return and_(began, perhaps, held, only(visible(grants_for(actor))))


def open_tickets(scope: Scope, actor: Actor) -> ColumnElement[bool]:
    """Tickets open at the unit now, whenever they came."""
    held = Ticket.unit_id == scope.unit.id if scope.reach is Reach.OWN else under(Ticket.unit_id, scope.unit.path)
    return and_(Ticket.is_open, held, only(visible(grants_for(actor))))


def condition(measure: Measure, scope: Scope) -> ColumnElement[bool]:
    """The rows a number counts, among those of ``cohort`` (or of ``open_tickets`` for what burns now)."""
    if measure in BURNING:
        return _burning(scope)[measure]
    return only(_counted(scope.now)[measure])


def only(wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition that filters and is never the way in.

    The way in is the period or the unit. Left open, SQLite without statistics walks every public ticket by an index.
    """
    return case((wanted, 1), else_=0) == 1


def slower_than(measure: Measure, limit: float | None) -> ColumnElement[bool]:
    """Rounds above a number of working minutes; none when there is no such number."""
    column = minutes_of(measure)
    return column > limit if limit is not None else and_(column.is_(None), column.is_not(None))


def minutes_of(measure: Measure) -> Any:
    """The column of working minutes that a measure of slowness sorts by."""
    slow = measure is Measure.FIRST_RESPONSE_SLOW
    return TicketCycle.first_response_minutes if slow else TicketCycle.resolution_minutes


def _owed(now: datetime) -> ColumnElement[bool]:
    return and_(Ticket.due_at < now, Ticket.due_kind.not_in(REPORTER_CLOCKS))


def _late_unanswered(now: datetime) -> ColumnElement[bool]:
    breached = or_(Clock.breached_at.is_not(None), Clock.due_at < now)
    clock = exists().where(
        Clock.ticket_id == TicketCycle.ticket_id,
        Clock.cycle == TicketCycle.number,
        Clock.kind.in_(ANSWER_CLOCKS),
        Clock.state.in_(LIVE),
        breached,
    )
    return and_(_AWAITING, clock)


def _counted(now: datetime) -> dict[Measure, ColumnElement[bool]]:
    late = or_(TicketCycle.on_time.is_(False), _late_unanswered(now))
    return {
        Measure.RECEIVED: TicketCycle.id.is_not(None),
        Measure.ANSWERED: TicketCycle.answered_at.is_not(None),
        Measure.OPEN: _AWAITING,
        Measure.OVERDUE: and_(_AWAITING, _owed(now)),
        Measure.UNANSWERED: and_(TicketCycle.answered_at.is_(None), not_(and_(Ticket.is_open, _CURRENT))),
        Measure.FIRST_RESPONSE: TicketCycle.first_response_minutes.is_not(None),
        Measure.RESOLUTION: TicketCycle.resolution_minutes.is_not(None),
        Measure.JUDGED: or_(TicketCycle.on_time.is_not(None), _late_unanswered(now)),
        Measure.ON_TIME: TicketCycle.on_time.is_(True),
        Measure.LATE: late,
        Measure.CONTESTED: Ticket.cycle > TicketCycle.number,
        Measure.CLOSED: and_(_CURRENT, Ticket.state == State.CLOSED),
        Measure.LAPSED: and_(_CURRENT, Ticket.state == State.LAPSED),
    }


def _burning(scope: Scope) -> dict[Measure, ColumnElement[bool]]:
    zone = scope.unit.zone
    today = local_date(scope.now, zone)
    # A deadline is the midnight that ends its day, so what is due today is due at tomorrow's first instant.
    tonight, soon = midnight(today + timedelta(days=1), zone), midnight(today + timedelta(days=1 + SOON_DAYS), zone)
    official = Ticket.due_kind.not_in(REPORTER_CLOCKS)
    return {
        Measure.NOW_OVERDUE: _owed(scope.now),
        Measure.NOW_DUE_TODAY: and_(official, Ticket.due_at >= scope.now, Ticket.due_at <= tonight),
        Measure.NOW_DUE_SOON: and_(official, Ticket.due_at > tonight, Ticket.due_at <= soon),
        Measure.NOW_PROMISE_BROKEN: and_(Ticket.state == State.ON_HOLD, Ticket.promised_date < today),
        Measure.NOW_DISPUTED: Ticket.state == State.DISPUTED,
        Measure.NOW_RETURNED: and_(Ticket.state == State.RECEIVED, Ticket.returned_at.is_not(None)),
    }
