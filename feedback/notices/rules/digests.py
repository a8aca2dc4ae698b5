"""Digests: which tickets an officer hears of in the morning and why, and which week a supervisor reads about."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from feedback.clocks.rules.calendar import Calendar
from feedback.kernel.permissions import Role

# The most tickets a digest names; the desk has the rest.
NAMED = 50
_ONE_DAY = timedelta(days=1)


class DigestKind(StrEnum):
    """How often."""

    DAY = "day"
    WEEK = "week"


class Why(StrEnum):
    """Why a ticket is named, the most pressing first."""

    OVERDUE = "overdue"
    TODAY = "today"
    TOMORROW = "tomorrow"
    DISPUTED = "disputed"
    RETURNED = "returned"


READERS = {
    DigestKind.DAY: (Role.OFFICER, Role.COORDINATOR),
    DigestKind.WEEK: (Role.SUPERVISOR,),
}


def next_working_day(calendar: Calendar, day: date) -> date:
    """The first working day after a local date; the next date when none comes within a year."""
    coming = (day + timedelta(days=number) for number in range(1, 367))
    return next((one for one in coming if calendar.is_working_day(one)), day + _ONE_DAY)


def reasons(
    *,
    due_at: datetime | None,
    now: datetime,
    today_ends: datetime,
    tomorrow_ends: datetime,
    disputed: bool,
    returned: bool,
) -> tuple[Why, ...]:
    """Why a ticket belongs in today's digest; empty when it does not. Due instants and both ends are exclusive."""
    found: list[Why] = []
    if due_at is not None and due_at <= now:
        found.append(Why.OVERDUE)
    elif due_at is not None and due_at <= today_ends:
        found.append(Why.TODAY)
    elif due_at is not None and due_at <= tomorrow_ends:
        found.append(Why.TOMORROW)
    if disputed:
        found.append(Why.DISPUTED)
    if returned:
        found.append(Why.RETURNED)
    return tuple(found)


def week_of(day: date) -> date:
    """The Monday of the week a date is in."""
    return day - timedelta(days=day.weekday())
