"""What happened to a clock on its way: which calendar counted when, and when it stood still."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from feedback.clocks.rules.calendar import Calendar
from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark

# The end of a pause that has none yet. Never converted to a local time, which would overflow.
NEVER = datetime.max.replace(tzinfo=UTC)
_ONE_DAY = timedelta(days=1)


class Pause(NamedTuple):
    """The clock stood still from ``start`` to ``end``; without ``end`` it still does."""

    start: datetime
    end: datetime | None = None
    reason: str = ""


class Move(NamedTuple):
    """From ``at`` on, ``calendar`` counts: the ticket went to a unit with other hours or another zone."""

    at: datetime
    calendar: Calendar


# Callers that know no reason may give a plain pair of instants.
AnyPause = Pause | tuple[datetime, datetime | None]


class Closing(NamedTuple):
    """A local date that was used up, and the midnight in UTC that did it."""

    day: date
    at: datetime
    calendar: Calendar


class Piece(NamedTuple):
    """Open time ``[start, end)`` in which the clock ran, all of it on the local date ``day``."""

    start: datetime
    end: datetime
    day: date


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the clock's life in which one calendar counts; the last has no end."""

    start: datetime
    end: datetime | None
    calendar: Calendar


class Standstill:
    """The pauses of a clock, merged, so that overlapping ones count once."""

    def __init__(self, pauses: Sequence[AnyPause]) -> None:
        self._starts: list[datetime] = []
        self._ends: list[datetime] = []
        for start, end in sorted(_bounds(pause) for pause in pauses):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            elif start < end:
                self._starts.append(start)
                self._ends.append(end)

    def over_midnight(self, at: datetime) -> datetime | None:
        """The end of the pause ``a`` to ``b`` with ``a < at <= b``: it saves the day that ends at ``at`` (rule 6)."""
        index = bisect_left(self._starts, at) - 1
        return self._ends[index] if index >= 0 and at <= self._ends[index] else None

    def over_moment(self, at: datetime) -> datetime | None:
        """The end of the pause ``a`` to ``b`` with ``a <= at < b``, which stops the minutes that begin at ``at``."""
        index = bisect_right(self._starts, at) - 1
        return self._ends[index] if index >= 0 and at < self._ends[index] else None

    def running(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The parts of ``[start, end)`` in which the clock was not paused."""
        while start < end:
            resumed = self.over_moment(start)
            if resumed is not None:
                start = resumed
                continue
            index = bisect_right(self._starts, start)
            stop = min(end, self._starts[index]) if index < len(self._starts) else end
            yield start, stop
            start = stop


class Timeline:
    """A clock's start, the calendars that count after it, and its pauses. ``until`` cuts it off."""

    def __init__(
        self,
        start: datetime,
        calendar: Calendar,
        *,
        pauses: Sequence[AnyPause] = (),
        moves: Sequence[Move] = (),
        until: datetime | None = None,
    ) -> None:
        self.start = aware(start)
        self.standstill = Standstill(pauses)
        self.stretches = _stretches(self.start, calendar, moves, until)

    def closings(self, *, every_day: bool) -> Iterator[Closing]:
        """The local dates used up, in order: working days only, or ``every_day``.

        A date counts when it is after the local date of the start in the zone that counts at its midnight. What
        happens at a midnight exactly comes after it: the day belongs to the calendar it was spent under.
        """
        used: date | None = None
        for stretch in self.stretches:
            first = stretch.calendar.local_date(self.start)
            for day, at in self._midnights(stretch):
                fresh = day > first and (used is None or day > used)
                if fresh and (every_day or stretch.calendar.is_working_day(day)):
                    used = day
                    yield Closing(day, at, stretch.calendar)

    def _midnights(self, stretch: Stretch) -> Iterator[tuple[date, datetime]]:
        """The local midnights of a stretch that find the clock running, each with the date it closes."""
        calendar = stretch.calendar
        day = calendar.local_date(stretch.start)
        while True:
            at = calendar.closing_midnight(day)
            if stretch.end is not None and at > stretch.end:
                return
            resumed = self.standstill.over_midnight(at)
            if resumed is None:
                yield day, at
                day += _ONE_DAY
            elif resumed == NEVER:
                return
            else:
                day = max(day + _ONE_DAY, calendar.local_date(resumed))

    def pieces(self) -> Iterator[Piece]:
        """The open time in which the clock ran, in order."""
        for stretch in self.stretches:
            for day in self._days(stretch):
                for opening, closing in stretch.calendar.open_between(day):
                    end = closing if stretch.end is None else min(closing, stretch.end)
                    for start, stop in self.standstill.running(max(opening, stretch.start), end):
                        yield Piece(start, stop, day)

    def _days(self, stretch: Stretch) -> Iterator[date]:
        """The local dates of a stretch, leaving out those that lie wholly inside a pause."""
        calendar = stretch.calendar
        day = calendar.local_date(stretch.start)
        begins = stretch.start
        while stretch.end is None or begins < stretch.end:
            resumed = self.standstill.over_moment(begins)
            if resumed == NEVER:
                return
            if resumed is not None:
                day = max(day, calendar.local_date(resumed))
            yield day
            begins = calendar.closing_midnight(day)
            day += _ONE_DAY

    def lacks_data(self, at: datetime, day: date, *, after_start: bool) -> bool:
        """Whether a calendar has no closed dates for a year this clock crossed up to ``at``, on local date ``day``."""
        for stretch in self.stretches:
            if stretch.start >= at:
                break
            first = stretch.calendar.local_date(max(stretch.start, self.start))
            if after_start and stretch.start <= self.start:
                first += _ONE_DAY
            ended = stretch.end is not None and stretch.end < at
            last = stretch.calendar.local_date(stretch.end) if ended and stretch.end is not None else day
            if not set(range(first.year, last.year + 1)) <= stretch.calendar.years:
                return True
        return False


def aware(instant: datetime) -> datetime:
    """The instant in UTC; one without a zone is ``Invalid``, because nobody can say when it was."""
    if instant.tzinfo is None:
        raise Invalid(mark("Waktu harus menyebut zona waktunya."))
    return instant.astimezone(UTC)


def _bounds(pause: AnyPause) -> tuple[datetime, datetime]:
    start = aware(pause[0])
    end = NEVER if pause[1] is None else aware(pause[1])
    if end < start:
        raise Invalid(mark("Jeda tidak boleh berakhir sebelum dimulai."), field="pauses")
    return start, end


def _stretches(
    start: datetime, calendar: Calendar, moves: Sequence[Move], until: datetime | None
) -> tuple[Stretch, ...]:
    """Cut the time from ``start`` to ``until`` at the moves; one before the start only says which calendar counts."""
    found: list[Stretch] = []
    begins = start
    for move in sorted(moves, key=lambda each: each.at):
        at = aware(move.at)
        if until is not None and at >= until:
            break
        if at > begins:
            found.append(Stretch(begins, at, calendar))
            begins = at
        calendar = move.calendar
    if until is None or begins < until:
        found.append(Stretch(begins, until, calendar))
    return tuple(found)
