"""The figures of a unit, put together from counts and times of every unit under it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from feedback.insight.rules.measures import COUNTED, Measure
from feedback.insight.rules.spread import SMALL, Spread, spread_of
from feedback.units.rules import UnitRow, path_ids


class Reach(StrEnum):
    """Whether a row speaks of a unit with everything under it, or of what it holds itself."""

    SUBTREE = "semua"
    OWN = "langsung"


@dataclass(frozen=True, slots=True)
class Tally:
    """What one unit has: its counts, and the times of its rounds in any order (working minutes, plain seconds)."""

    counts: Mapping[Measure, int]
    first_response_minutes: Sequence[int] = ()
    first_response_seconds: Sequence[int] = ()
    resolution_minutes: Sequence[int] = ()
    resolution_seconds: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """How long people waited: working minutes of the unit's calendar, and plain seconds beside them."""

    working: Spread
    elapsed: Spread


@dataclass(frozen=True, slots=True)
class Figures:
    """Every number of one row of the board."""

    counts: Mapping[Measure, int]
    first_response: Wait
    resolution: Wait

    @property
    def on_time_share(self) -> float | None:
        """Rounds answered in time among those whose result is sure, 0 to 1."""
        judged = self.counts[Measure.JUDGED]
        return self.counts[Measure.ON_TIME] / judged if judged else None

    @property
    def few_judged(self) -> bool:
        """Whether the share rests on too few rounds to say much."""
        return 0 < self.counts[Measure.JUDGED] < SMALL


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


def figures_of(tallies: Sequence[Tally]) -> Figures:
    """Sums of counts and spreads of all times together; medians are never averaged."""
    summed = dict.fromkeys(COUNTED, 0)
    for tally in tallies:
        for measure, number in tally.counts.items():
            summed[measure] += number
    return Figures(
        counts=summed,
        first_response=Wait(
            spread_of(chain.from_iterable(tally.first_response_minutes for tally in tallies)),
            spread_of(chain.from_iterable(tally.first_response_seconds for tally in tallies)),
        ),
        resolution=Wait(
            spread_of(chain.from_iterable(tally.resolution_minutes for tally in tallies)),
            spread_of(chain.from_iterable(tally.resolution_seconds for tally in tallies)),
        ),
    )


def board_of(chosen: UnitRow, below: Sequence[UnitRow], tallies: Mapping[int, Tally]) -> Board:
    """The board of a unit from each unit's tally by id; ``below`` are the units of its subtree, itself included."""
    row_of = {unit.id: _row_id(chosen, unit) for unit in below}
    grouped: dict[int, list[Tally]] = {}
    for unit_id, tally in tallies.items():
        grouped.setdefault(row_of[unit_id], []).append(tally)
    shown = [unit for unit in below if row_of[unit.id] == unit.id]
    shown.sort(key=lambda unit: (unit.id != chosen.id, unit.short_name, unit.id))
    rows = tuple(
        BoardRow(
            unit, Reach.OWN if unit.id == chosen.id else Reach.SUBTREE, figures_of(grouped.get(unit.id, ()))
        )
        for unit in shown
        # A unit that was closed long ago is shown only where it had something to do.
        if unit.valid_to is None or unit.id in grouped
    )
    return Board(BoardRow(chosen, Reach.SUBTREE, figures_of(tuple(tallies.values()))), rows)


def _row_id(chosen: UnitRow, unit: UnitRow) -> int:
    """The unit of the row in which a unit is counted: the chosen one itself, or the one directly under it."""
    return path_ids(unit.path)[: chosen.depth + 2][-1]
