"""Periods beside each other: the one before, and the weeks and months up to a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from feedback.insight.rules.facts import month_span, next_month, week_span
from feedback.insight.rules.period import Period

MONTHS = 13
WEEKS = 13


@dataclass(frozen=True, slots=True)
class Stretch:
    """A week or a month, whole: its first and last date, and the stored span it is."""

    first: date
    last: date
    span: str


def before(period: Period) -> Period:
    """The period of the same length that ends the day before this one begins; of a whole month the month before."""
    last = period.first - timedelta(days=1)
    if period.first.day == 1 and next_month(period.first) == period.last + timedelta(days=1):
        return Period(last.replace(day=1), last, period.zone)
    return Period(last - (period.last - period.first), last, period.zone)


def months_until(last: date) -> tuple[Stretch, ...]:
    """Thirteen months, so that the same month of last year is among them; the last may not be over yet."""
    found: list[Stretch] = []
    first = last.replace(day=1)
    while len(found) < MONTHS:
        found.append(Stretch(first, next_month(first) - timedelta(days=1), month_span(first)))
        first = (first - timedelta(days=1)).replace(day=1)
    return tuple(reversed(found))


def weeks_until(last: date) -> tuple[Stretch, ...]:
    """A quarter of a year in weeks from Monday to Sunday; the last may not be over yet."""
    monday = last - timedelta(days=last.weekday())
    firsts = (monday - timedelta(days=7 * back) for back in reversed(range(WEEKS)))
    return tuple(Stretch(first, first + timedelta(days=6), week_span(first)) for first in firsts)


def whole_months(period: Period) -> Period:
    """The period widened to whole months: what is told apart by a dimension is kept by month."""
    return Period(period.first.replace(day=1), next_month(period.last) - timedelta(days=1), period.zone)
