"""Who needs help: units from the slowest on, never in an order that chance may have made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from feedback.insight.rules.doubt import FEWEST_RANKED, Interval, places, share_within
from feedback.insight.rules.figures import BoardRow
from feedback.insight.rules.measures import Measure


class RankedBy(StrEnum):
    """What units are compared by."""

    P90 = "p90"
    MEDIAN = "median"
    LATE = "terlambat"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit among those compared: its value, the interval it lies in, and the places it may have.

    Values are working minutes of the final answer, or the share that was late, 0 to 1.
    """

    row: BoardRow
    value: float
    within: Interval
    n: int
    first: int
    last: int

    @property
    def sure(self) -> bool:
        """Whether it can be told apart from every other unit."""
        return self.first == self.last


@dataclass(frozen=True, slots=True)
class Ranking:
    """Units compared, the one that needs help most first, and those with too few rounds to be compared."""

    ranked: tuple[Ranked, ...]
    too_few: tuple[tuple[BoardRow, int], ...]


def ranking(rows: Sequence[BoardRow], by: RankedBy) -> Ranking:
    """Compare the units of a board."""
    values = [(row, *_value(row, by)) for row in rows]
    enough = [each for each in values if each[1] is not None and each[3] >= FEWEST_RANKED]
    enough.sort(key=lambda each: (-(each[1] or 0.0), each[0].unit.short_name, each[0].unit.id))
    between = places([within for _, _, within, _ in enough])
    ranked = (
        Ranked(row, value or 0.0, within, n, *place)
        for (row, value, within, n), place in zip(enough, between, strict=True)
    )
    return Ranking(tuple(ranked), tuple((row, n) for row, _, _, n in values if 0 < n < FEWEST_RANKED))


def _value(row: BoardRow, by: RankedBy) -> tuple[float | None, Interval, int]:
    waited = row.figures.resolution.working
    if by is RankedBy.P90:
        return waited.p90, waited.p90_within, waited.n
    if by is RankedBy.MEDIAN:
        return waited.median, waited.median_within, waited.n
    judged, late = row.figures.counts[Measure.JUDGED], row.figures.counts[Measure.LATE]
    return (late / judged if judged else None), share_within(late, judged), judged
