"""Why a clock's date is what it is, from what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import column, select, table

from feedback.clocks import models
from feedback.clocks.queries.clocks import ClockRow, EventRow, clock_events, clocks_of
from feedback.clocks.queries.counted import Counted, load
from feedback.clocks.rules.due import Amount
from feedback.clocks.rules.explain import Line, explain
from feedback.clocks.rules.replay import Happening, replayed
from feedback.clocks.rules.timeline import Move, Pause
from feedback.clocks.rules.words import ClockEventKind
from feedback.kernel.errors import NotFound
from feedback.storage.session import db

# The shelf that owns tickets stands above this one; a number is all that is asked of it.
_TICKET = table("ticket", column("id"), column("number"))


@dataclass(frozen=True, slots=True)
class Used:
    """A version of a calendar that counted from ``since`` on."""

    since: datetime
    key: str
    name: str
    number: int
    zone: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A clock's date line by line; ``names`` are the calendars' names by key.

    A paused clock is explained to the date it would have if the pause lasted to its limit.
    """

    clock: ClockRow
    rule: str
    extension: int
    lines: tuple[Line, ...]
    names: Mapping[str, str]
    used: tuple[Used, ...]
    pauses: tuple[Pause, ...]
    events: tuple[EventRow, ...]


def explanation(clock_id: int) -> Explanation:
    """Why one clock is due when it is. ``NotFound`` without such a clock; a stopwatch has no lines."""
    ticket_id = db.session.scalar(select(models.Clock.ticket_id).where(models.Clock.id == clock_id))
    if ticket_id is None:
        raise NotFound()
    return next(each for each in explanations(ticket_id) if each.clock.id == clock_id)


def explanations(ticket_id: int) -> tuple[Explanation, ...]:
    """Every clock of a ticket explained, in the order they were started."""
    rows = {row.id: row for row in clocks_of(ticket_id)}
    events = clock_events(ticket_id)
    found = load(models.Clock.ticket_id == ticket_id, lock=False)
    return tuple(_explained(each, rows[each.clock.id], events) for each in found)


def ticket_id_of(number: str) -> int | None:
    """The id of the ticket with this number."""
    found: int | None = db.session.scalar(select(_TICKET.c.id).where(_TICKET.c.number == number))
    return found


def contradictions(*, after_id: int = 0, limit: int = 1000) -> tuple[tuple[int, ...], int | None]:
    """Ids of clocks whose row is not what their history tells, and where to go on; None when all were looked at."""
    clock = models.Clock
    wanted = select(clock).where(clock.id > after_id).order_by(clock.id).limit(limit)
    clocks = db.session.scalars(wanted).all()
    if not clocks:
        return (), None
    histories: dict[int, list[Happening]] = {row.id: [] for row in clocks}
    event = models.ClockEvent
    rows = select(event.clock_id, event.kind, event.at, event.detail).where(event.clock_id.in_(histories))
    for clock_id, kind, at, detail in db.session.execute(rows.order_by(event.id)):
        histories[clock_id].append(Happening(ClockEventKind(kind), at, detail))
    wrong = tuple(row.id for row in clocks if not _agrees(row, replayed(histories[row.id])))
    return wrong, clocks[-1].id


def _agrees(row: models.Clock, told: Mapping[str, object]) -> bool:
    return all(getattr(row, name) == value for name, value in told.items())


def _explained(counted: Counted, row: ClockRow, events: tuple[EventRow, ...]) -> Explanation:
    line = counted.line()
    # A version that took over at the very instant another began left that one nothing to count.
    counted_by = dict(line)
    used = tuple(Used(at, each.calendar.key, each.name, each.number, each.zone) for at, each in counted_by.items())
    return Explanation(
        clock=row,
        rule=counted.rule.code,
        extension=counted.clock.extension,
        lines=_lines(counted),
        names={each.calendar.key: each.name for _, each in line},
        used=used,
        pauses=tuple(sorted(counted.pauses)),
        events=tuple(event for event in events if event.clock_id == row.id),
    )


def _lines(counted: Counted) -> tuple[Line, ...]:
    limit = counted.rule.amount
    if limit is None:
        return ()
    names: dict[date, str] = {}
    for _, each in counted.line():
        names |= each.names
    return explain(
        counted.clock.started_at,
        Amount(limit.number + counted.clock.extension, limit.unit),
        counted.start_calendar.calendar,
        pauses=counted.pauses,
        moves=[Move(at, each.calendar) for at, each in counted.moves],
        names=names,
    )
