"""Histograms that add up: percentiles of any set of units and days without looking at one row.

A whole number below 25 has a bucket of its own; above, each bucket is 4 % wide and stands for the value in it that
lies at most 2 % from every other (decision of ours; tested against exact percentiles).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

LARGEST_ERROR = 0.02
# A little finer than promised, because bounds are rounded to whole numbers.
_RATIO = (1 + 0.0195) / (1 - 0.0195)
_EXACT = 25
LONGEST_MINUTES = 2_000_000
LONGEST_SECONDS = 400_000_000


def bounds(longest: int) -> tuple[int, ...]:
    """The smallest whole number of each bucket, ascending, until ``longest`` is covered; what is longer goes last."""
    found = list(range(_EXACT + 1))
    edge = float(_EXACT)
    while found[-1] < longest:
        edge *= _RATIO
        found.append(max(int(edge), found[-1] + 1))
    return tuple(found)


def bucket_of(value: int, lower: Sequence[int]) -> int:
    """The position of the bucket a time falls into; what is below zero counts as zero."""
    return max(bisect_right(lower, value) - 1, 0)


def stands_for(position: int, lower: Sequence[int]) -> float:
    """The value of a bucket: no number in it is further away than 2 %."""
    low = lower[position]
    if position + 1 >= len(lower):
        return float(low)
    high = lower[position + 1] - 1
    return float(low) if high <= low else 2 * low * high / (low + high)


def percentile_of(histogram: Sequence[int], lower: Sequence[int], percent: int) -> float | None:
    """The percentile of a histogram on a line between the two closest ranks, as `spread.percentile` counts it."""
    return percentile_at(list(accumulate(histogram)), lower, percent)


def percentile_at(reached: Sequence[int], lower: Sequence[int], percent: int) -> float | None:
    """The same of a histogram whose buckets were added up from the left."""
    total = reached[-1] if reached else 0
    if not total:
        return None
    rank, rest = divmod((total - 1) * percent, 100)
    low = at_rank(reached, lower, rank)
    if not rest:
        return low
    return low + (at_rank(reached, lower, rank + 1) - low) * rest / 100


def at_rank(reached: Sequence[int], lower: Sequence[int], rank: int) -> float:
    """The value of the rank counted from 0; ``reached``: the buckets added up from the left."""
    return stands_for(bisect_right(reached, rank), lower)
