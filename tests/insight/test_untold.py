"""Nothing that is not told in public follows from what is, by adding and taking away over all pages."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from feedback.insight.rules.figures import Reach
from feedback.insight.rules.untold import Numbers, Part, is_few, untold, worth
from feedback.storage.session import db
from tests.factories import World
from tests.insight.conftest import NOW, Maker
from tests.site import Reader

NUMBERS = ("received", "answered", "kept", "missed", "first_response_n", "resolution_n")


def known(equations: Iterable[dict[Part, int]], hidden: set[Part]) -> set[Part]:
    """The hidden parts whose value follows: those that some combination of the equations leaves alone."""
    order = sorted(hidden)
    rows = [[Fraction(equation.get(part, 0)) for part in order] for equation in equations]
    solved: list[list[Fraction]] = []
    for column in range(len(order)):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        scaled = [value / pivot[column] for value in pivot]
        rows, solved = ([_without(row, scaled, column) for row in each] for each in (rows, solved))
        solved.append(scaled)
    alone = [row for row in solved if sum(1 for value in row if value) == 1]
    return {order[next(place for place, value in enumerate(row) if value)] for row in alone}


def _without(row: list[Fraction], pivot: list[Fraction], column: int) -> list[Fraction]:
    return [value - row[column] * other for value, other in zip(row, pivot, strict=True)]


def equations(tree: dict[int, list[int]]) -> list[dict[Part, int]]:
    """What everybody knows: a unit's total is its own part and those of the units under it."""
    return [
        {(unit, Reach.SUBTREE): -1, (unit, Reach.OWN): 1, **{(child, Reach.SUBTREE): 1 for child in children}}
        for unit, children in tree.items()
    ]


@st.composite
def trees(draw: st.DrawFn) -> tuple[dict[int, list[int]], dict[int, Numbers]]:
    """Up to nine units, each under one before it, with a few small numbers."""
    size = draw(st.integers(1, 9))
    tree: dict[int, list[int]] = {unit: [] for unit in range(size)}
    for unit in range(1, size):
        tree[draw(st.integers(0, unit - 1))].append(unit)
    return tree, {unit: (draw(st.sampled_from([0, 0, 1, 1, 2, 4, 4, 5, 7, 30])),) for unit in tree}


@given(trees())
def test_no_small_number_follows_by_adding_and_taking_away(drawn: tuple[dict[int, list[int]], dict[int, Numbers]]) -> None:
    tree, own = drawn
    numbers = worth(tree, own)
    hidden = set(untold(tree, numbers))
    assert {part for part, each in numbers.items() if is_few(each)} <= hidden
    assert not {part for part in known(equations(tree), hidden) if is_few(numbers[part])}


@given(trees())
def test_nor_by_knowing_that_it_is_from_one_to_four(drawn: tuple[dict[int, list[int]], dict[int, Numbers]]) -> None:
    tree, own = drawn
    numbers = worth(tree, own)
    hidden = untold(tree, numbers)
    for unit, children in tree.items():
        parts = [(unit, Reach.OWN), *((child, Reach.SUBTREE) for child in children)]
        dark = [numbers[part] for part in parts if part in hidden]
        if dark and (unit, Reach.SUBTREE) not in hidden and all(map(is_few, dark)):
            assert sum(value for (value,) in dark) not in (len(dark), 4 * len(dark))


def test_what_is_large_and_alone_is_told() -> None:
    tree = {1: [2, 3], 2: [], 3: []}
    assert not untold(tree, worth(tree, {1: (0,), 2: (5,), 3: (9,)}))
    # The three would follow from the total, so the nine is not told; the forty is.
    assert untold(tree, worth(tree, {1: (40,), 2: (3,), 3: (9,)})) == {
        (2, Reach.OWN), (2, Reach.SUBTREE), (3, Reach.OWN), (3, Reach.SUBTREE),
    }  # fmt: skip


@pytest.fixture
def _today() -> Iterable[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.usefixtures("_today")
def test_no_page_gives_away_what_another_hides(make: Maker, world: World, reader: Reader) -> None:
    """Three at one agency; the next smallest is another with a division: neither its page nor the division's may tell."""
    for unit_id, answered, late in ((world.agency, 6, 1), (world.division, 5, 0), (world.government, 30, 9), (world.other_agency, 3, 1)):
        for serial in range(answered):
            make.answered(unit_id, 60, 600, on_time=serial >= late)
    for unit_id in (world.agency, world.government):
        for _serial in range(5):
            make.open(unit_id)
    db.session.commit()
    slugs = {"provinsi-contoh": ("dinas-perhubungan", "dinas-kesehatan"), "dinas-perhubungan": ("bidang-lampu",), "dinas-kesehatan": (), "bidang-lampu": ()}
    names = {slug: place for place, slug in enumerate(slugs)}
    tree = {names[slug]: [names[child] for child in children] for slug, children in slugs.items()}
    for column in NUMBERS:
        shown: dict[Part, set[int | None]] = {}
        for slug in slugs:
            data = reader.open(f"/statistik?unit={slug}&format=json").response.get_json()
            shown.setdefault((names[slug], Reach.SUBTREE), set()).add(data["total"][column])
            for row in data["units"]:
                reach = Reach.OWN if row["slug"] == slug else Reach.SUBTREE
                shown.setdefault((names[row["slug"]], reach), set()).add(row[column])
        assert {len(values) for values in shown.values()} == {1}, f"{column} is hidden on one page and told on another"
        hidden = {part for part, values in shown.items() if values == {None}}
        small = {(names["dinas-kesehatan"], Reach.SUBTREE), (names["dinas-kesehatan"], Reach.OWN)}
        assert small <= hidden
        assert not small & known(equations(tree), hidden), column
        assert shown[names["provinsi-contoh"], Reach.SUBTREE] != {None}
    assert "tidak disebut" in reader.open("/unit/dinas-perhubungan").text
