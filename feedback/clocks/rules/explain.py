"""Why a deadline is the date it is: one line for every run of dates, as data for a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from feedback.clocks.rules.calendar import Calendar
from feedback.clocks.rules.due import Amount, Due, Unit, due
from feedback.clocks.rules.timeline import Move, Pause, Standstill, Stretch, Timeline

_ONE_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


class What(StrEnum):
    """What happened on the dates of a line."""

    STARTED = "started"
    COUNTED = "counted"
    CLOSED_WEEKDAY = "closed_weekday"
    CLOSED_DATE = "closed_date"
    PAUSED = "paused"
    NOT_COUNTED = "not_counted"
    MOVED = "moved"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Line:
    """Local dates ``first`` to ``last``, both included, on which the same thing happened.

    ``count`` is how many units were used up after ``last``; ``name`` the holiday, the reason of the pause or the key of
    the calendar moved to.
    """

    first: date
    last: date
    what: What
    count: int = 0
    name: str = ""


def explain(
    start: datetime,
    amount: Amount,
    calendar: Calendar,
    *,
    pauses: Sequence[Pause] = (),
    moves: Sequence[Move] = (),
    names: Mapping[date, str] | None = None,
) -> tuple[Line, ...]:
    """The way from the start to the deadline, in order. A clock paused without end is explained up to that pause.

    ``names`` gives the closed dates their names. Refuses what :func:`due` refuses.
    """
    end = due(start, amount, calendar, pauses=pauses, moves=moves)
    known = Timeline(start, calendar, pauses=pauses, moves=moves, until=end.at or _open_pause(pauses))
    story = _Story(known, amount.unit, pauses, names or {})
    return tuple(_joined([*story.lines(), *_ending(end, amount)]))


class _Story:
    """Walks the dates of a timeline and says of each what happened on it."""

    def __init__(self, timeline: Timeline, unit: Unit, pauses: Sequence[Pause], names: Mapping[date, str]) -> None:
        self._timeline = timeline
        self._every_day = unit is Unit.CALENDAR_DAY
        self._counts = _minutes_by_date(timeline) if unit is Unit.WORKING_MINUTE else self._days_by_date()
        self._pauses = [(Standstill([pause]), pause.reason) for pause in pauses]
        self._names = names

    def lines(self) -> Iterator[Line]:
        told: date | None = None
        for index, stretch in enumerate(self._timeline.stretches):
            day = stretch.calendar.local_date(stretch.start)
            if index:
                yield Line(day, day, What.MOVED, name=stretch.calendar.key)
            for each in _dates(stretch):
                if told is None or each > told:
                    yield self._line(each, stretch.calendar)
                    told = each

    def _line(self, day: date, calendar: Calendar) -> Line:
        if day in self._counts:
            return Line(day, day, What.COUNTED, count=self._counts[day])
        if day <= calendar.local_date(self._timeline.start):
            return Line(day, day, What.STARTED)
        if not self._every_day and not calendar.is_working_day(day):
            closed = What.CLOSED_DATE if day in calendar.closed else What.CLOSED_WEEKDAY
            return Line(day, day, closed, name=self._names.get(day, ""))
        midnight = calendar.closing_midnight(day)
        for standstill, reason in self._pauses:
            if standstill.over_midnight(midnight) is not None:
                return Line(day, day, What.PAUSED, name=reason)
        return Line(day, day, What.NOT_COUNTED)

    def _days_by_date(self) -> dict[date, int]:
        closings = self._timeline.closings(every_day=self._every_day)
        return {closing.day: count for count, closing in enumerate(closings, start=1)}


def _minutes_by_date(timeline: Timeline) -> dict[date, int]:
    total = timedelta()
    counts: dict[date, int] = {}
    for piece in timeline.pieces():
        total += piece.end - piece.start
        counts[piece.day] = total // _MINUTE
    return counts


def _dates(stretch: Stretch) -> Iterator[date]:
    """The local dates a stretch touches; one that ends at midnight does not touch the next date."""
    if stretch.end is None:
        return
    day = stretch.calendar.local_date(stretch.start)
    last = stretch.calendar.local_date(stretch.end - timedelta(microseconds=1))
    while day <= last:
        yield day
        day += _ONE_DAY


def _open_pause(pauses: Sequence[Pause]) -> datetime | None:
    return min((pause.start for pause in pauses if pause.end is None), default=None)


def _ending(end: Due, amount: Amount) -> Iterator[Line]:
    if end.date is not None:
        yield Line(end.date, end.date, What.DUE, count=amount.number)


def _joined(lines: Sequence[Line]) -> Iterator[Line]:
    """Neighbouring dates of one kind and name become one line; starts, moves and the deadline stay alone."""
    open_line: Line | None = None
    for line in lines:
        if open_line is not None and _same(open_line, line):
            open_line = replace(open_line, last=line.last, count=line.count)
            continue
        if open_line is not None:
            yield open_line
        open_line = line
    if open_line is not None:
        yield open_line


def _same(one: Line, other: Line) -> bool:
    together = one.what not in (What.STARTED, What.MOVED, What.DUE)
    return together and (one.what, one.name) == (other.what, other.name) and other.first == one.last + _ONE_DAY
