from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.units.rules import (
    RegionLevel,
    UnitKind,
    UnitRow,
    child_path,
    in_force,
    is_region_code,
    is_slug,
    path_ids,
    path_range,
    region_covers,
    region_level,
    region_prefixes,
    region_range,
    within_path,
)

ids = st.lists(st.integers(1, 2000), min_size=1, max_size=6)
codes = st.from_regex(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?", fullmatch=True)


def as_path(parts: list[int]) -> str:
    return "".join(f"{part}." for part in parts)


@given(ids, ids)
def test_a_path_range_holds_exactly_the_subtree(ancestor: list[int], other: list[int]) -> None:
    low, high = path_range(as_path(ancestor))
    assert (low <= as_path(other) < high) == (other[: len(ancestor)] == ancestor)


@given(ids, ids)
def test_what_hangs_below_is_inside_the_range(ancestor: list[int], below: list[int]) -> None:
    low, high = path_range(as_path(ancestor))
    path = as_path(ancestor + below)
    assert low <= path < high
    assert within_path(path, as_path(ancestor))


@given(codes, codes)
def test_a_region_range_agrees_with_covers(code: str, other: str) -> None:
    low, high = region_range(code)
    assert (low <= other < high) == region_covers(code, other)


@given(codes)
def test_every_prefix_covers_the_region(code: str) -> None:
    prefixes = region_prefixes(code)
    assert prefixes[-1] == code
    assert all(region_covers(prefix, code) for prefix in prefixes)
    assert len(prefixes) == code.count(".") + 1


def test_a_region_does_not_cover_a_longer_number() -> None:
    low, high = region_range("21.72")
    assert low <= "21.72" < high
    assert low <= "21.72.01.1001" < high
    assert not low <= "21.720" < high
    assert not region_covers("21.72", "21.720")


@given(ids)
def test_paths_are_built_and_read_alike(parts: list[int]) -> None:
    path = None
    for part in parts:
        path = child_path(path, part)
    assert path_ids(path or "") == tuple(parts)


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("21", RegionLevel.PROVINCE),
        ("21.72", RegionLevel.CITY),
        ("21.72.01", RegionLevel.DISTRICT),
        ("21.72.01.1001", RegionLevel.VILLAGE),
    ],
)
def test_the_level_follows_from_the_code(code: str, level: RegionLevel) -> None:
    assert region_level(code) is level


@pytest.mark.parametrize(
    "code", ["", "2", "21.", "21.7", "21.72.1", "21.72.01.10", "21.72.01.1001.1", "aa", "２１", "21\n"]
)
def test_what_is_no_region_code(code: str) -> None:
    assert not is_region_code(code)


@pytest.mark.parametrize("slug", ["", "A", "a--b", "-a", "a-", "a b", "a_b", "a" * 81, "a\n", "é"])
def test_what_is_no_slug(slug: str) -> None:
    assert not is_slug(slug)


def test_a_unit_exists_from_its_first_day_until_the_day_before_its_end() -> None:
    unit = a_unit(valid_from=date(2026, 1, 1), valid_to=date(2026, 2, 1))
    assert not in_force(unit, date(2025, 12, 31))
    assert in_force(unit, date(2026, 1, 1))
    assert in_force(unit, date(2026, 1, 31))
    assert not in_force(unit, date(2026, 2, 1))


def test_depth_counts_the_units_above() -> None:
    assert a_unit(path="7.").depth == 0
    assert a_unit(path="7.12.30.").depth == 2


def a_unit(*, path: str = "1.", valid_from: date = date(2025, 1, 1), valid_to: date | None = None) -> UnitRow:
    return UnitRow(
        id=path_ids(path)[-1],
        slug="unit",
        name="Unit",
        short_name="Unit",
        kind=UnitKind.AGENCY,
        parent_id=None,
        path=path,
        zone="Asia/Jakarta",
        calendar_key=None,
        region_code=None,
        show_officer_names=False,
        address=None,
        phone=None,
        email=None,
        website=None,
        about="",
        valid_from=valid_from,
        valid_to=valid_to,
        successor_id=None,
        is_example=True,
    )
