"""When a clock reaches a part of its time: a working-time offset, never the midnight of a holiday (rule 15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from feedback.clocks.rules.calendar import Calendar
from feedback.clocks.rules.due import Amount, Unit, due
from feedback.clocks.rules.timeline import Move, Pause
from feedback.notices.rules.hours import last_opening, next_open, part_of_day
from feedback.notices.rules.ladder import BREACH

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Everything a running clock is counted by; ``due_at`` is its deadline as stored."""

    start: datetime
    amount: Amount
    due_at: datetime
    calendar: Calendar
    moves: tuple[Move, ...]
    pauses: tuple[Pause, ...]

    def calendar_at(self, at: datetime) -> Calendar:
        """The calendar that counts at an instant."""
        return next((move.calendar for move in reversed(self.moves) if move.at <= at), self.calendar)


def reached_at(percent: int, course: Course) -> datetime | None:
    """When ``percent`` of the clock's time is used up; None for what a pause without end never lets happen.

    At 100 it is the deadline itself, before it an open minute before the deadline, after it an open minute after it.
    Days are those the clock counts; the part of a day is a part of its open time.
    """
    if percent == BREACH:
        return course.due_at
    if course.amount.unit is Unit.WORKING_MINUTE:
        minutes = max(1, ceil(course.amount.number * percent / 100))
        found = _due(course, minutes)
    else:
        days, rest = divmod(course.amount.number * percent, 100)
        ends = _due(course, days + 1)
        found = None if ends is None else _within(course, ends - _INSTANT, rest / 100)
    if found is None:
        return None
    if percent > BREACH:
        return next_open(course.calendar_at(found), max(found, course.due_at))
    return found if found < course.due_at else last_opening(course.calendar_at(found), course.due_at - _INSTANT)


def next_look(course: Course, percents: Sequence[tuple[int, int]], done: int) -> tuple[int, datetime] | None:
    """The level after ``done`` that is reached first, with the instant; ``percents`` are (level, percent) pairs."""
    coming = ((level, reached_at(percent, course)) for level, percent in percents if level > done)
    found = [(level, at) for level, at in coming if at is not None]
    return min(found, key=lambda one: (one[1], one[0]), default=None)


def _due(course: Course, number: int) -> datetime | None:
    amount = Amount(number, course.amount.unit)
    return due(course.start, amount, course.calendar, pauses=course.pauses, moves=course.moves).at


def _within(course: Course, at: datetime, part: float) -> datetime:
    calendar = course.calendar_at(at)
    return part_of_day(calendar, at, part)
