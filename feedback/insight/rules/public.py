"""What everybody may see of the figures: no cell that speaks of fewer than five rounds (decision of ours)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from feedback.insight.rules.figures import Figures, Reach, figures_of
from feedback.insight.rules.lanes import Whole, number_of
from feedback.insight.rules.measures import Measure
from feedback.insight.rules.untold import Part, Tree, untold, worth
from feedback.units.rules import UnitRow

# What is told together or not at all: who knows one of a group nearly knows the others.
_RECEIVED = (Measure.RECEIVED,)
_ANSWERED = (Measure.ANSWERED, Measure.RESOLUTION)
_RESPONSE = (Measure.FIRST_RESPONSE,)
_JUDGED = (Measure.ON_TIME, Measure.LATE)
_GROUPS = (_ANSWERED, _RESPONSE, _JUDGED)


@dataclass(frozen=True, slots=True)
class PublicRow:
    """One unit: None stands for a number that is not told; times are working minutes."""

    name: str
    slug: str
    received: int | None
    answered: int | None
    kept: int | None
    missed: int | None
    first_response_n: int | None
    first_response_median: float | None
    resolution_n: int | None
    resolution_median: float | None
    resolution_p90: float | None


@dataclass(frozen=True, slots=True)
class PublicBoard:
    """The total of a unit, then its own part, then each unit directly under it that has anything to tell."""

    total: PublicRow
    rows: tuple[PublicRow, ...]


def public_board_of(chosen: UnitRow, units: Collection[UnitRow], own: Mapping[int, Whole]) -> PublicBoard:
    """The public board of a unit; ``units`` are those of its whole government, ``own`` what each adds by itself.

    What is told of one unit depends on all that is told of the others, so the whole government is looked at.
    """
    tree = _tree(units)
    busy = {unit_id: whole for unit_id, whole in own.items() if any(whole)}
    hidden = _hidden(tree, busy)
    below = {unit.id: [busy[each] for each in _under(tree, unit.id) if each in busy] for unit in units}
    by_id = {unit.id: unit for unit in units}
    lines = sorted((by_id[each] for each in tree[chosen.id]), key=lambda unit: (unit.short_name, unit.id))

    def row(part: Part, wholes: list[Whole]) -> PublicRow:
        return _public_row(
            by_id[part[0]], figures_of(wholes), [group for group, parts in hidden.items() if part in parts]
        )

    mine = [row((chosen.id, Reach.OWN), [busy[chosen.id]])] if chosen.id in busy else []
    others = (row((unit.id, Reach.SUBTREE), below[unit.id]) for unit in lines if below[unit.id])
    return PublicBoard(row((chosen.id, Reach.SUBTREE), below[chosen.id]), (*mine, *others))


def _tree(units: Collection[UnitRow]) -> dict[int, list[int]]:
    tree: dict[int, list[int]] = {unit.id: [] for unit in sorted(units, key=lambda unit: (unit.depth, unit.id))}
    for unit in units:
        if unit.parent_id in tree:
            tree[unit.parent_id].append(unit.id)
    return tree


def _under(tree: Tree, unit_id: int) -> list[int]:
    return [unit_id, *(each for child in tree[unit_id] for each in _under(tree, child))]


def _hidden(tree: Tree, own: Mapping[int, Whole]) -> dict[tuple[Measure, ...], frozenset[Part]]:
    """The lines in which each group of numbers is not told; whose receipts are not told tells nothing."""

    def numbers(group: tuple[Measure, ...]) -> dict[Part, tuple[int, ...]]:
        mine = {id_: tuple(number_of(each, own[id_]) if id_ in own else 0 for each in group) for id_ in tree}
        return worth(tree, mine)

    received = untold(tree, numbers(_RECEIVED))
    return {_RECEIVED: received, **{group: untold(tree, numbers(group), received) for group in _GROUPS}}


def _public_row(unit: UnitRow, figures: Figures, hidden: Collection[tuple[Measure, ...]]) -> PublicRow:
    counts, first, resolved = figures.counts, figures.first_response.working, figures.resolution.working
    answered, response, judged = (group not in hidden for group in _GROUPS)
    return PublicRow(
        unit.name,
        unit.slug,
        counts[Measure.RECEIVED] if _RECEIVED not in hidden else None,
        counts[Measure.ANSWERED] if answered else None,
        counts[Measure.ON_TIME] if judged else None,
        counts[Measure.LATE] if judged else None,
        first.n if response else None,
        first.median if response else None,
        resolved.n if answered else None,
        resolved.median if answered else None,
        resolved.p90 if answered else None,
    )
