"""Median, third quarter and 90th percentile of waiting times, by one definition everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from feedback.insight.rules.buckets import at_rank, percentile_at
from feedback.insight.rules.doubt import NOWHERE, Interval, ranks_around

SMALL = 5
MEDIAN = 50
THIRD_QUARTER = 75
SLOWEST_TENTH = 90


def percentile(ordered: Sequence[int], percent: int) -> float | None:
    """The value below which ``percent`` of an ascending sequence lies, on a line between the two closest ranks.

    The same definition as ``percentile_cont`` of SQL: rank (n - 1) x percent / 100 counted from 0. None when empty.
    """
    if not ordered:
        return None
    # Whole numbers, because 0.9 times a rank is not always the rank it should be in binary fractions.
    low, rest = divmod((len(ordered) - 1) * percent, 100)
    if not rest:
        return float(ordered[low])
    return ordered[low] + (ordered[low + 1] - ordered[low]) * rest / 100


@dataclass(frozen=True, slots=True)
class Spread:
    """How a set of times is spread; ``n`` is how many there are. Percentiles are at most 2 % off (`rules.buckets`)."""

    n: int
    median: float | None
    p75: float | None
    p90: float | None
    median_within: Interval = NOWHERE
    p90_within: Interval = NOWHERE

    @property
    def small(self) -> bool:
        """Too few to say much, and marked so (0 is not few but nothing)."""
        return 0 < self.n < SMALL


def spread_of(histogram: Sequence[int], lower: Sequence[int]) -> Spread:
    """The spread of a histogram whose buckets begin at ``lower``."""
    reached = list(accumulate(histogram))
    n = reached[-1] if reached else 0
    if not n:
        return Spread(0, None, None, None)
    median, p75, p90 = (percentile_at(reached, lower, each) for each in (MEDIAN, THIRD_QUARTER, SLOWEST_TENTH))
    within = (_within(reached, lower, n, percent) for percent in (MEDIAN, SLOWEST_TENTH))
    return Spread(n, median, p75, p90, *within)


def _within(reached: Sequence[int], lower: Sequence[int], n: int, percent: int) -> Interval:
    first, last = ranks_around(n, percent)
    low = at_rank(reached, lower, first - 1) if first else None
    return Interval(low, at_rank(reached, lower, last - 1) if last else None)
