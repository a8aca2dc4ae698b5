"""Which public numbers are not told, so that none below five follows from what is told, on this page or another.

The page of a unit says: the unit with all under it = the unit by itself + each unit directly under it with all under
that. A number that is hidden on one page is hidden on every page, and so is what would give it away.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from feedback.insight.rules.figures import Reach

FEWEST = 5
Numbers = tuple[int, ...]
Part = tuple[int, Reach]
# Units, parents first, each with those directly under it.
Tree = Mapping[int, Collection[int]]


def is_few(numbers: Numbers) -> bool:
    """Whether it speaks of so few that they could be recognised; nobody is not few."""
    return any(0 < number < FEWEST for number in numbers)


def worth(tree: Tree, own: Mapping[int, Numbers]) -> dict[Part, Numbers]:
    """The numbers of every unit by itself and with all under it."""
    found: dict[Part, Numbers] = {}
    for unit_id in reversed(tuple(tree)):
        found[unit_id, Reach.OWN] = own[unit_id]
        found[unit_id, Reach.SUBTREE] = tuple(
            map(sum, zip(*(found[part] for part in _parts(tree, unit_id)), strict=True))
        )
    return found


def untold(tree: Tree, numbers: Mapping[Part, Numbers], also: Collection[Part] = ()) -> frozenset[Part]:
    """What is not told; ``also`` is hidden for another reason."""
    hidden = {part for part, each in numbers.items() if is_few(each)} | set(also)
    for unit_id in reversed(tuple(tree)):
        dark, told = _parted(tree, unit_id, numbers, hidden)
        if dark and not told and _is_known([numbers[part] for part in dark]):
            hidden.add((unit_id, Reach.SUBTREE))
    for unit_id in tree:
        dark, told = _parted(tree, unit_id, numbers, hidden)
        if (unit_id, Reach.SUBTREE) in hidden:
            hidden.update(_parts(tree, unit_id))
        elif dark and told and _needs_company([numbers[part] for part in dark]):
            hidden.add(min(told, key=lambda part: (min(numbers[part]), sum(numbers[part]), part)))
    return frozenset(hidden)


def _parts(tree: Tree, unit_id: int) -> list[Part]:
    return [(unit_id, Reach.OWN), *((child, Reach.SUBTREE) for child in tree[unit_id])]


def _parted(
    tree: Tree, unit_id: int, numbers: Mapping[Part, Numbers], hidden: Collection[Part]
) -> tuple[list[Part], list[Part]]:
    """The lines of a unit's page that are hidden, and those with something to tell."""
    parts = _parts(tree, unit_id)
    return [part for part in parts if part in hidden], [
        part for part in parts if part not in hidden and any(numbers[part])
    ]


def _needs_company(dark: list[Numbers]) -> bool:
    """Whether what is hidden follows from the total, or nearly: it is alone, or all of it is known to be few."""
    return len(dark) == 1 or all(map(is_few, dark))


def _is_known(dark: list[Numbers]) -> bool:
    """Whether a sum gives every number of it away, there being nothing to hide beside it: all are one, or all four."""
    if len(dark) == 1:
        return True
    sums = map(sum, zip(*dark, strict=True))
    return all(map(is_few, dark)) and any(total in (len(dark), len(dark) * (FEWEST - 1)) for total in sums)
