"""The period before beside this one, for the same set of units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import sub

from feedback.insight.rules.figures import Figures, figures_of, line_of
from feedback.insight.rules.lanes import Whole
from feedback.insight.rules.period import Period
from feedback.units.rules import UnitRow


@dataclass(frozen=True, slots=True)
class Beside:
    """A line now and in the period before, both without the units that were not there in one of them.

    ``left_out``: how many those are; ``alone``: the line consists of nothing else.
    """

    now: Figures
    before: Figures
    left_out: int = 0
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """The total of a board beside the period before, and each line by the id of its unit."""

    total: Beside
    lines: Mapping[int, Beside]


def not_in_both(below: Sequence[UnitRow], before: Period, now: Period) -> tuple[UnitRow, ...]:
    """Units that came after the period before had begun, or were closed before this one began."""
    return tuple(
        unit
        for unit in below
        if unit.valid_from > before.first or (unit.valid_to is not None and unit.valid_to <= now.first)
    )


def to_take_out(chosen: UnitRow, below: Sequence[UnitRow], out: Sequence[UnitRow]) -> tuple[UnitRow, ...]:
    """Those left out whose line has other units too; a line of nothing else is left out whole."""
    stay = {line_of(chosen, unit) for unit in set(below) - set(out)}
    return tuple(unit for unit in out if line_of(chosen, unit) in stay)


def compared(
    chosen: UnitRow,
    below: Sequence[UnitRow],
    out: Sequence[UnitRow],
    wholes: Sequence[Mapping[int, Whole]],
    aside: Sequence[Mapping[int, Whole]],
) -> Compared:
    """``wholes``: what each line adds now and before; ``aside``: what each of the units to take out adds by itself."""
    lines = {unit.id: line_of(chosen, unit) for unit in below}
    missing = {unit.id for unit in out}
    members: dict[int, list[int]] = {}
    for unit in below:
        members.setdefault(lines[unit.id], []).append(unit.id)
    alone = {line for line, ids in members.items() if missing.issuperset(ids)}
    left = [{line: whole for line, whole in each.items() if line not in alone} for each in wholes]
    for kept, taken in zip(left, aside, strict=True):
        for unit_id, whole in taken.items():
            line = lines[unit_id]
            kept[line] = list(map(sub, kept[line], whole))
    found: dict[int, Beside] = {}
    for line, ids in members.items():
        now, before = (figures_of([each[line]] if line in each else []) for each in left)
        found[line] = Beside(now, before, sum(unit_id in missing for unit_id in ids), line in alone)
    now, before = (figures_of(list(each.values())) for each in left)
    return Compared(Beside(now, before, len(out)), found)
