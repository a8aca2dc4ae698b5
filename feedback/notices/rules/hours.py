"""Working hours of whoever is to be told: when a message may go out."""

from __future__ import annotations

from datetime import datetime, timedelta

from feedback.clocks.rules.calendar import Calendar

_ONE_DAY = timedelta(days=1)
# A calendar has open time in every week it counts, but special hours may close it for long: a year is enough.
_FARTHEST = 366


def next_open(calendar: Calendar, at: datetime) -> datetime:
    """The first open minute at or after an aware instant; the instant itself when nothing is open for a year."""
    day = calendar.local_date(at)
    for _ in range(_FARTHEST):
        for opening, closing in calendar.open_between(day):
            if at < closing:
                return max(opening, at)
        day += _ONE_DAY
    return at


def last_opening(calendar: Calendar, at: datetime) -> datetime:
    """The last instant at or before ``at`` at which the doors opened; ``at`` when they were closed for a year."""
    day = calendar.local_date(at)
    for _ in range(_FARTHEST):
        opened = [opening for opening, _ in calendar.open_between(day) if opening <= at]
        if opened:
            return opened[-1]
        day -= _ONE_DAY
    return at


def opening_of(calendar: Calendar, at: datetime) -> datetime | None:
    """When a message of the day may go out on the local date of ``at``; None when no open time is left on it."""
    found = next_open(calendar, at)
    return found if calendar.local_date(found) == calendar.local_date(at) else None


def part_of_day(calendar: Calendar, at: datetime, part: float) -> datetime:
    """The instant at which a part (0 to 1) of the open time of the local date of ``at`` has passed.

    ``at`` is a moment of a working day; on a closed date it is the next open minute.
    """
    pieces = list(calendar.open_between(calendar.local_date(at)))
    left = sum((closing - opening for opening, closing in pieces), timedelta()) * part
    for opening, closing in pieces:
        if left < closing - opening:
            return opening + left
        left -= closing - opening
    return next_open(calendar, at)
