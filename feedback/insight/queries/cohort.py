"""Each measure as one SQL condition: the board sums it, the list filters by it, so both always agree."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, false, func, not_, null, or_, select

from feedback.clocks.models import Clock
from feedback.clocks.queries import calendar_of_unit
from feedback.clocks.rules.due import Amount, due
from feedback.clocks.rules.due import Unit as Unit_
from feedback.clocks.rules.policy import ClockKind
from feedback.clocks.rules.words import LIVE, ClockState
from feedback.insight.queries.ageing import aged_conditions
from feedback.insight.rules.facts import NOTHING, Basis, Dimension
from feedback.insight.rules.figures import Reach
from feedback.insight.rules.measures import (
    AGED,
    ANSWER_CLOCKS,
    BURNING,
    DUE_SOON,
    REPORTER_CLOCKS,
    RETURNED_OFTEN,
    Measure,
)
from feedback.insight.rules.period import midnight
from feedback.insight.rules.scope import WATCHERS, Scope
from feedback.kernel.actor import Actor
from feedback.kernel.clock import local_date
from feedback.notices.queries.escalations import unanswered_escalation
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle, TicketEvent
from feedback.tickets.queries.visible import under, visible
from feedback.tickets.rules.grants import grants_for
from feedback.tickets.rules.words import MoveName, RejectReason, State
from feedback.units.models import Unit
from feedback.units.queries import unit_columns, unit_row
from feedback.units.rules import UnitRow, path_range, region_range

_CURRENT = TicketCycle.number == Ticket.cycle
_AWAITING = and_(TicketCycle.answered_at.is_(None), Ticket.is_open, _CURRENT)
_SPAM = and_(_CURRENT, Ticket.state == State.REJECTED, Ticket.reject_reason == RejectReason.SPAM)
_JOINED = and_(_CURRENT, Ticket.state == State.JOINED)
_REFERRED = and_(_CURRENT, Ticket.state == State.REFERRED)
_EXCLUDED = func.coalesce(or_(_SPAM, _JOINED, _REFERRED), false())
_NO_RETARGET = Clock.retarget_overdue.is_(False)
_BASES = {Basis.RECEIVED: TicketCycle.started_at, Basis.ANSWERED: TicketCycle.answered_at}
# The role in which the official who answered last in this round did so; empty for what was imported.
ANSWERED_IN_ROLE = (
    select(TicketEvent.role)
    .where(
        TicketEvent.ticket_id == TicketCycle.ticket_id,
        TicketEvent.cycle == TicketCycle.number,
        TicketEvent.move.in_((MoveName.ANSWER, MoveName.REVIEW_ANSWER)),
    )
    .order_by(TicketEvent.id.desc())
    .limit(1)
    .correlate(TicketCycle)
    .scalar_subquery()
)
_TOLD_BY: dict[Dimension, Any] = {
    Dimension.KIND: Ticket.kind,
    Dimension.TOPIC: Ticket.topic_id,
    Dimension.SERVICE: Ticket.service_id,
    Dimension.CHANNEL: Ticket.channel,
    Dimension.REGION: Ticket.region_code,
    Dimension.ROLE: ANSWERED_IN_ROLE,
}
# The unit that answered; while no answer is there the one that holds the ticket (kept in step by the moves).
holder = TicketCycle.unit_id


def watched_units(actor: Actor) -> tuple[UnitRow, ...]:
    """Every unit, closed ones too, that the actor supervises or inspects; parents first."""
    ranges = [path_range(path) for path in actor.paths(*WATCHERS)]
    if not ranges:
        return ()
    within = or_(*(and_(Unit.path >= low, Unit.path < high) for low, high in ranges))
    rows = db.session.execute(select(*unit_columns()).where(within).order_by(Unit.path))
    return tuple(unit_row(row) for row in rows)


def units_below(unit: UnitRow) -> tuple[UnitRow, ...]:
    """A unit and everything under it, closed ones too, parents first."""
    low, high = path_range(unit.path)
    rows = db.session.execute(select(*unit_columns()).where(Unit.path >= low, Unit.path < high).order_by(Unit.path))
    return tuple(unit_row(row) for row in rows)


class Way(Enum):
    """What leads to the rounds of a scope; everything else only filters."""

    UNIT = "unit"
    # The rows are read in their order until a page is full: by time, or from the longest down.
    TIME = "time"
    LENGTH = "length"


def cohort(scope: Scope, actor: Actor, way: Way = Way.UNIT) -> ColumnElement[bool]:
    """Rounds in the period at the unit, as far as the actor may know of them; joined to their tickets."""
    held = holder == scope.unit.id if scope.reach is Reach.OWN else under(holder, scope.unit.path)
    if way is not Way.UNIT and scope.reach is Reach.SUBTREE:
        held = only(held)
    at = _BASES[scope.basis]
    dated = and_(at >= scope.period.start, at < scope.period.end)
    within = and_(only(dated) if way is Way.LENGTH else dated, held, only(visible(grants_for(actor))))
    if scope.official is not None:
        within = and_(within, only(TicketCycle.answered_by_id == scope.official))
    return within if scope.part is None else and_(within, only(_of_part(*scope.part)))


def _of_part(dimension: Dimension, value: str) -> ColumnElement[bool]:
    """Rounds of a value of a dimension; regions with everything inside them."""
    column = _TOLD_BY[dimension]
    if value == NOTHING:
        return column.is_(None)  # type: ignore[no-any-return]
    if dimension is Dimension.REGION:
        low, high = region_range(value)
        return and_(column >= low, column < high)
    return cast(column, String) == value


def open_tickets(scope: Scope, actor: Actor) -> ColumnElement[bool]:
    """Tickets open at the unit now, whenever they came."""
    held = Ticket.unit_id == scope.unit.id if scope.reach is Reach.OWN else under(Ticket.unit_id, scope.unit.path)
    here = and_(Ticket.is_open, held, only(visible(grants_for(actor))))
    if scope.official is None:
        return here
    return and_(here, Ticket.officer_id == scope.official if scope.official else Ticket.officer_id.is_(None))


def condition(measure: Measure, scope: Scope) -> ColumnElement[bool]:
    """The rows a number counts, among those of ``cohort`` (or of ``open_tickets`` for what burns now)."""
    if measure in AGED:
        units = units_below(scope.unit) if scope.reach is Reach.SUBTREE else (scope.unit,)
        return aged_conditions(units, scope.now)[measure]
    if measure in BURNING:
        return burning_conditions(scope)[measure]
    return only(counted_conditions(scope.now)[measure])


def only(wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition that filters and is never the way in.

    The way in is the period or the unit. Left open, SQLite without statistics walks every public ticket by an index.
    """
    return case((wanted, 1), else_=0) == 1


def slower_than(measure: Measure, limit: float | None) -> ColumnElement[bool]:
    """Rounds above a number of working minutes, of those that are timed; none when there is no such number."""
    column = minutes_of(measure)
    if limit is None:
        return and_(column.is_(None), column.is_not(None))
    # Tickets are looked up only for the slow tenth, to leave out those that are not timed.
    return and_(column > limit, only(timed(column) > limit))


def minutes_of(measure: Measure) -> Any:
    """The working minutes that a measure of slowness sorts by."""
    return VERIFY_MINUTES if measure is Measure.VERIFY_SLOW else SPENT[measure]


def timed(column: Any) -> Any:
    """A time of a round, unless the round is among those that are left out of the times."""
    return case((_EXCLUDED, null()), else_=column)


def of_clock(kind: ClockKind, column: Any) -> Any:
    """A figure of the round's clocks of one kind, added up where it was started more than once."""
    clocks = select(func.sum(column)).where(
        Clock.ticket_id == TicketCycle.ticket_id, Clock.cycle == TicketCycle.number, Clock.kind == kind
    )
    return clocks.correlate(TicketCycle).scalar_subquery()


VERIFY_MINUTES = of_clock(ClockKind.VERIFY, Clock.used_minutes)
VERIFY_SECONDS = of_clock(ClockKind.VERIFY, Clock.elapsed_seconds)
# Kept with the round and in an index; the time of verification is added up from clocks.
SPENT = {
    Measure.FIRST_RESPONSE_SLOW: TicketCycle.first_response_minutes,
    Measure.RESOLUTION_SLOW: TicketCycle.resolution_minutes,
}


def _clock_exists(*wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Clock.ticket_id == TicketCycle.ticket_id, Clock.cycle == TicketCycle.number, *wanted)


def _kept(kind: ClockKind) -> ColumnElement[bool]:
    return _clock_exists(Clock.kind == kind, Clock.state == ClockState.MET)


def _missed(kind: ClockKind, now: datetime) -> ColumnElement[bool]:
    return _clock_exists(Clock.kind == kind, or_(_ran_out(now), and_(_NO_RETARGET, Clock.state == ClockState.MISSED)))


def _ran_out(now: datetime) -> ColumnElement[bool]:
    """Breached, or about to be written down as such; never by a target that was moved into the past."""
    return or_(Clock.breached_at.is_not(None), and_(Clock.state.in_(LIVE), _NO_RETARGET, Clock.due_at <= now))


def _owed(now: datetime) -> ColumnElement[bool]:
    return and_(Ticket.due_at <= now, Ticket.due_kind.not_in(REPORTER_CLOCKS))


def _late_unanswered(now: datetime) -> ColumnElement[bool]:
    return and_(_AWAITING, _clock_exists(Clock.kind.in_(ANSWER_CLOCKS), Clock.state.in_(LIVE), _ran_out(now)))


def counted_conditions(now: datetime) -> dict[Measure, ColumnElement[bool]]:
    """The condition of every measure of a cohort."""
    late = or_(TicketCycle.on_time.is_(False), _late_unanswered(now))
    return {
        Measure.RECEIVED: TicketCycle.id.is_not(None),
        Measure.ANSWERED: TicketCycle.answered_at.is_not(None),
        Measure.OPEN: _AWAITING,
        Measure.OVERDUE: and_(_AWAITING, _owed(now)),
        Measure.UNANSWERED: and_(TicketCycle.answered_at.is_(None), not_(and_(Ticket.is_open, _CURRENT))),
        Measure.VERIFIED: timed(VERIFY_MINUTES).is_not(None),
        Measure.FIRST_RESPONSE: timed(TicketCycle.first_response_minutes).is_not(None),
        Measure.RESOLUTION: timed(TicketCycle.resolution_minutes).is_not(None),
        Measure.JUDGED: or_(TicketCycle.on_time.is_not(None), _late_unanswered(now)),
        Measure.ON_TIME: TicketCycle.on_time.is_(True),
        Measure.LATE: late,
        Measure.CONTESTED: Ticket.cycle > TicketCycle.number,
        Measure.CLOSED: and_(_CURRENT, Ticket.state == State.CLOSED),
        Measure.LAPSED: and_(_CURRENT, Ticket.state == State.LAPSED),
        Measure.EXCLUDED: _EXCLUDED,
        Measure.SPAM: _SPAM,
        Measure.JOINED: _JOINED,
        Measure.REFERRED: _REFERRED,
        Measure.VERIFY_KEPT: _kept(ClockKind.VERIFY),
        Measure.VERIFY_MISSED: _missed(ClockKind.VERIFY, now),
        Measure.RESPONSE_KEPT: _kept(ClockKind.FIRST_RESPONSE),
        Measure.RESPONSE_MISSED: _missed(ClockKind.FIRST_RESPONSE, now),
    }


def burning_conditions(scope: Scope) -> dict[Measure, ColumnElement[bool]]:
    """The condition of every measure of what burns now; working days are those of the unit asked about."""
    zone = scope.unit.zone
    today = local_date(scope.now, zone)
    # A deadline is the midnight that ends its day, so what is due today is due at tomorrow's first instant.
    ends = [midnight(today + timedelta(days=1), zone), *_working_day_ends(scope)]
    official = Ticket.due_kind.not_in(REPORTER_CLOCKS)
    returns = select(func.count()).where(
        TicketEvent.ticket_id == Ticket.id, TicketEvent.move == MoveName.RETURN_TO_COORDINATOR
    )
    return {
        Measure.NOW_OPEN: Ticket.id.is_not(None),
        Measure.NOW_OVERDUE: _owed(scope.now),
        Measure.NOW_DUE_TODAY: and_(official, Ticket.due_at > scope.now, Ticket.due_at <= ends[0]),
        **{
            measure: and_(official, Ticket.due_at > after, Ticket.due_at <= until)
            for measure, after, until in zip(DUE_SOON, ends, ends[1:], strict=False)
        },
        Measure.NOW_PROMISE_BROKEN: and_(Ticket.state == State.ON_HOLD, Ticket.promised_date < today),
        Measure.NOW_DISPUTED: Ticket.state == State.DISPUTED,
        Measure.NOW_RETURNED: and_(Ticket.state == State.RECEIVED, Ticket.returned_at.is_not(None)),
        Measure.NOW_RETURNED_TWICE: returns.correlate(Ticket).scalar_subquery() >= RETURNED_OFTEN,
        Measure.NOW_ESCALATED: unanswered_escalation(),
    }


def _working_day_ends(scope: Scope) -> list[datetime]:
    """The midnights that end the next working days, counted as deadlines are."""
    calendar = calendar_of_unit(scope.unit.id, scope.now).calendar
    ends = (due(scope.now, Amount(days + 1, Unit_.WORKING_DAY), calendar).at for days in range(len(DUE_SOON)))
    return [end for end in ends if end is not None]
