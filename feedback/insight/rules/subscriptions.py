"""Reports that come by themselves: which month, and why they stop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from feedback.insight.rules.measures import Measure
from feedback.insight.rules.untold import is_few
from feedback.kernel.text import mark


class Ended(StrEnum):
    """Why no more reports are sent."""

    OWN_WISH = "own_wish"
    ROLE_OVER = "role_over"
    BY_ADMINISTRATOR = "by_administrator"


ENDED_LABELS = {
    Ended.OWN_WISH: mark("Anda menghentikannya."),
    Ended.ROLE_OVER: mark("Peran Anda pada unit ini sudah berakhir."),
    Ended.BY_ADMINISTRATOR: mark("Administrator menghentikannya."),
}


def month_before(day: date) -> date:
    """The first date of the month before the one a date is in."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_end(month: date) -> date:
    """The last date of the month that begins on ``month``."""
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def not_mailed(counts: Mapping[Measure, int]) -> frozenset[Measure]:
    """The numbers of a month that a letter leaves out: the small ones, and those they would follow from.

    Answered stands again as the n of the times, so it is the received that would give a few open ones away.
    """
    hidden = {measure for measure, number in counts.items() if is_few((number,))}
    ended = counts[Measure.RECEIVED] - counts[Measure.ANSWERED] - counts[Measure.OPEN]
    if hidden & {Measure.ANSWERED, Measure.OPEN} or is_few((ended,)):
        hidden.add(Measure.RECEIVED)
    if hidden & {Measure.ON_TIME, Measure.LATE}:
        hidden |= {Measure.ON_TIME, Measure.LATE}
    return frozenset(hidden)
