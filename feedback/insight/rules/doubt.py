"""How far a figure may be off by chance, and which units it can therefore not tell apart.

A unit's rounds are looked at as a sample of how it works: intervals hold what they look for 95 times in 100.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_Z = 1.959964
# Below this even the interval of a median says nothing (decision of ours).
FEWEST_RANKED = 10


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``low`` to ``high``; None: too few to give a bound on that side."""

    low: float | None
    high: float | None

    def above(self, other: Interval) -> bool:
        """Whether all of this one is above all of the other."""
        return self.low is not None and other.high is not None and self.low > other.high


NOWHERE = Interval(None, None)


def ranks_around(n: int, percent: int) -> tuple[int | None, int | None]:
    """Between which ranks (from 1) of n ordered values the percentile of what they were drawn from lies.

    The interval of order statistics, its ranks by the normal approximation of the binomial, rounded up (Conover).
    """
    middle, spread = n * percent / 100, _Z * math.sqrt(n * percent * (100 - percent)) / 100
    first, last = math.ceil(middle - spread), math.ceil(middle + spread)
    return (first if first >= 1 else None), (last if last <= n else None)


def share_within(part: int, whole: int) -> Interval:
    """The Wilson interval of a share, 0 to 1."""
    if not whole:
        return NOWHERE
    share, z2 = part / whole, _Z * _Z
    middle = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    reach = _Z * math.sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole)) / (1 + z2 / whole)
    return Interval(max(middle - reach, 0.0), min(middle + reach, 1.0))


def places(intervals: Sequence[Interval]) -> list[tuple[int, int]]:
    """For each the best and the worst place it may have when the highest comes first.

    It comes after all that are surely above it, and before all that it is surely above.
    """
    count = len(intervals)
    return [
        (
            1 + sum(other.above(one) for other in intervals),
            count - sum(one.above(other) for other in intervals),
        )
        for one in intervals
    ]
