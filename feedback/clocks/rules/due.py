"""When something is due, and how much of the time is used up: the counting rules of DOMAIN.md section 4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from feedback.clocks.rules.calendar import Calendar
from feedback.clocks.rules.timeline import AnyPause, Move, Timeline, aware
from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark

_MINUTE = timedelta(minutes=1)


class Unit(StrEnum):
    """What a time limit is counted in; a working day is its own unit, never a number of hours (rule 2)."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    WORKING_MINUTE = "working_minute"


@dataclass(frozen=True, slots=True)
class Amount:
    """How long a limit is: so many of a unit."""

    number: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline. ``at`` is an exclusive UTC instant, ``date`` the local date to show.

    Both are None while a pause without an end stops the clock before its time is used up. ``provisional``: the calendar
    lacks the closed dates of a year on the way, so the date may move when the decree comes (rule 12).
    """

    at: datetime | None
    date: date | None
    provisional: bool


def due(
    start: datetime,
    amount: Amount,
    calendar: Calendar,
    *,
    pauses: Sequence[AnyPause] = (),
    moves: Sequence[Move] = (),
) -> Due:
    """When ``amount``, counted from the aware instant ``start``, is used up; each unit by its own rule (2, 3, 5).

    Raises ``Invalid`` for an amount below one, an instant without zone, a reversed pause, or a date after year 9999.
    """
    if amount.number < 1:
        raise Invalid(mark("Tenggat harus paling sedikit satu."), field="amount")
    try:
        timeline = Timeline(start, calendar, pauses=pauses, moves=moves)
        _refuse_unreachable(timeline, amount)
        if amount.unit is Unit.WORKING_MINUTE:
            return _due_in_minutes(timeline, amount.number)
        return _due_in_days(timeline, amount)
    except OverflowError:
        raise _too_far() from None


def used(
    start: datetime,
    until: datetime,
    unit: Unit,
    calendar: Calendar,
    *,
    pauses: Sequence[AnyPause] = (),
    moves: Sequence[Move] = (),
) -> int:
    """How many whole units are used up from ``start`` to ``until`` (included): the inverse of :func:`due`."""
    try:
        timeline = Timeline(start, calendar, pauses=pauses, moves=moves, until=aware(until))
        if unit is Unit.WORKING_MINUTE:
            return sum((piece.end - piece.start for piece in timeline.pieces()), timedelta()) // _MINUTE
        return sum(1 for _ in timeline.closings(every_day=unit is Unit.CALENDAR_DAY))
    except OverflowError:
        raise _too_far() from None


def working_minutes(
    start: datetime,
    end: datetime,
    calendar: Calendar,
    pauses: Sequence[AnyPause] = (),
    moves: Sequence[Move] = (),
) -> int:
    """Whole open minutes between two instants, pauses left out."""
    return used(start, end, Unit.WORKING_MINUTE, calendar, pauses=pauses, moves=moves)


def _due_in_days(timeline: Timeline, amount: Amount) -> Due:
    every_day = amount.unit is Unit.CALENDAR_DAY
    for count, closing in enumerate(timeline.closings(every_day=every_day), start=1):
        if count == amount.number:
            # Calendar days do not ask for holidays, so nothing about them can be provisional.
            provisional = not every_day and timeline.lacks_data(closing.at, closing.day, after_start=True)
            return Due(closing.at, closing.day, provisional)
    return Due(None, None, False)


def _due_in_minutes(timeline: Timeline, minutes: int) -> Due:
    left = minutes * _MINUTE
    for piece in timeline.pieces():
        if piece.end - piece.start >= left:
            at = piece.start + left
            return Due(at, piece.day, timeline.lacks_data(at, piece.day, after_start=False))
        left -= piece.end - piece.start
    return Due(None, None, False)


def _refuse_unreachable(timeline: Timeline, amount: Amount) -> None:
    """Refuse at once what cannot end before the last date there is, instead of walking there."""
    days = max(stretch.calendar.fullest_week[0] for stretch in timeline.stretches)
    minutes = max(stretch.calendar.fullest_week[1] for stretch in timeline.stretches)
    a_week = {Unit.WORKING_DAY: days, Unit.CALENDAR_DAY: 7, Unit.WORKING_MINUTE: minutes}[amount.unit]
    weeks = (date.max - timeline.start.date()).days // 7 + 1
    if amount.number > weeks * a_week:
        raise _too_far()


def _too_far() -> Invalid:
    return Invalid(mark("Tenggat terlalu jauh untuk dihitung."), field="amount")
