"""Median and 90th percentile of waiting times, by one definition everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SMALL = 5
MEDIAN = 50
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
    """How a set of times is spread; ``n`` is how many there are, in the unit of the times themselves."""

    n: int
    median: float | None
    p90: float | None

    @property
    def small(self) -> bool:
        """Too few to say much, and marked so (0 is not few but nothing)."""
        return 0 < self.n < SMALL


def spread_of(values: Iterable[int]) -> Spread:
    """The spread of times in any order."""
    ordered = sorted(values)
    return Spread(len(ordered), percentile(ordered, MEDIAN), percentile(ordered, SLOWEST_TENTH))
