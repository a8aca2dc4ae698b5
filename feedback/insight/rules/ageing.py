"""How old open reports are, in whole working days since the date they were received."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from feedback.clocks.rules.calendar import Calendar
from feedback.insight.rules.measures import AGED
from feedback.insight.rules.period import midnight

# The first age, in working days, of each band after the first: one for each of AGED but the first.
BANDS = (6, 15, 31, 61)
assert len(BANDS) == len(AGED) - 1
# A calendar closed for so long counts as having no working days before.
_FARTHEST = 1000


def edges(calendar: Calendar, now: datetime) -> tuple[datetime, ...]:
    """The instants before which a report must have been received to be of a band, the youngest band first.

    A working day is used up at the midnight that ends it, and the date of receipt does not count.
    """
    day = calendar.local_date(now)
    found: list[datetime] = []
    used = 0
    for _ in range(_FARTHEST):
        day -= timedelta(days=1)
        if calendar.is_working_day(day):
            used += 1
            if used in BANDS:
                found.append(midnight(day, calendar.zone.key))
        if len(found) == len(BANDS):
            break
    return (*found, *([found[-1] if found else now] * (len(BANDS) - len(found))))


def bands(calendar: Calendar, now: datetime) -> Sequence[tuple[datetime | None, datetime | None]]:
    """For each band of AGED from when (inclusive) until when (exclusive) its reports were received; None: no limit."""
    marks = edges(calendar, now)
    return tuple(zip((*marks, None), (None, *marks), strict=True))
