"""The figures of a unit, put together from what every unit under it adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from feedback.insight.rules.lanes import (
    COUNT_LANE,
    HOUR_LANE,
    HOURS,
    MINUTE_BOUNDS,
    MINUTE_LANE,
    SECOND_BOUNDS,
    SECOND_LANE,
    SUM_LANE,
    Summed,
    Timed,
    Whole,
    together,
)
from feedback.insight.rules.measures import Measure
from feedback.insight.rules.spread import SMALL, Spread, spread_of
from feedback.units.rules import UnitRow, path_ids


class Reach(StrEnum):
    """Whether a row speaks of a unit with everything under it, or of what it holds itself."""

    SUBTREE = "semua"
    OWN = "langsung"


@dataclass(frozen=True, slots=True)
class Wait:
    """How long people waited: working minutes of the unit's calendar, and plain seconds beside them."""

    working: Spread
    elapsed: Spread


@dataclass(frozen=True, slots=True)
class Figures:
    """Every number of one row of the board; ``sums`` are totals of working minutes, seconds and hops."""

    counts: Mapping[Measure, int]
    verify: Wait
    first_response: Wait
    resolution: Wait
    sums: Mapping[Summed, int]
    hours: tuple[int, ...]

    @property
    def on_time_share(self) -> float | None:
        """Rounds answered in time among those whose result is sure, 0 to 1."""
        judged = self.counts[Measure.JUDGED]
        return self.counts[Measure.ON_TIME] / judged if judged else None

    @property
    def few_judged(self) -> bool:
        """Whether the share rests on too few rounds to say much."""
        return 0 < self.counts[Measure.JUDGED] < SMALL

    def kept_share(self, kept: Measure, missed: Measure) -> float | None:
        """The share of one of two opposite measures, 0 to 1; None when there is neither."""
        both = self.counts[kept] + self.counts[missed]
        return self.counts[kept] / both if both else None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One row: a unit, what the row reaches, and its figures."""

    unit: UnitRow
    reach: Reach
    figures: Figures


@dataclass(frozen=True, slots=True)
class Board:
    """The total of the chosen unit, then its own part, then each unit directly under it."""

    total: BoardRow
    rows: tuple[BoardRow, ...]


def figures_of(wholes: Sequence[Whole]) -> Figures:
    """Sums of counts and spreads of all times together (`rules.lanes`); medians are never averaged."""
    lanes = together(wholes)
    return Figures(
        counts={measure: lanes[lane] for measure, lane in COUNT_LANE.items()},
        verify=_wait(lanes, Timed.VERIFY),
        first_response=_wait(lanes, Timed.FIRST_RESPONSE),
        resolution=_wait(lanes, Timed.RESOLUTION),
        sums={what: lanes[lane] for what, lane in SUM_LANE.items()},
        hours=tuple(lanes[HOUR_LANE : HOUR_LANE + HOURS]),
    )


def _wait(lanes: Sequence[int], what: Timed) -> Wait:
    minutes, seconds = MINUTE_LANE[what], SECOND_LANE[what]
    return Wait(
        spread_of(lanes[minutes : minutes + len(MINUTE_BOUNDS)], MINUTE_BOUNDS),
        spread_of(lanes[seconds : seconds + len(SECOND_BOUNDS)], SECOND_BOUNDS),
    )


def board_of(chosen: UnitRow, below: Sequence[UnitRow], tallies: Mapping[int, Whole]) -> Board:
    """The board of a unit from what each of its lines adds; ``below`` are the units of its subtree, itself included."""
    busy = {unit_id: whole for unit_id, whole in tallies.items() if any(whole)}
    shown = [unit for unit in below if line_of(chosen, unit) == unit.id]
    shown.sort(key=lambda unit: (unit.id != chosen.id, unit.short_name, unit.id))
    rows = tuple(
        BoardRow(
            unit,
            Reach.OWN if unit.id == chosen.id else Reach.SUBTREE,
            figures_of([busy[unit.id]] if unit.id in busy else ()),
        )
        for unit in shown
        # A unit that was closed long ago is shown only where it had something to do.
        if unit.valid_to is None or unit.id in busy
    )
    return Board(BoardRow(chosen, Reach.SUBTREE, figures_of(list(tallies.values()))), rows)


def line_of(chosen: UnitRow, unit: UnitRow) -> int:
    """The unit of the line in which a unit is counted: the chosen one itself, or the one directly under it."""
    return path_ids(unit.path)[: chosen.depth + 2][-1]
