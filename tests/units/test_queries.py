from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from feedback.kernel.clock import pretending
from feedback.storage.session import db, transaction
from feedback.units import queries
from feedback.units.models import Unit
from feedback.units.rules import RegionLevel, UnitKind
from tests.factories import World, make_unit


def test_a_unit_is_found_by_slug_and_by_id(world: World) -> None:
    by_slug = queries.unit_by_slug("dinas-perhubungan")
    assert by_slug is not None
    assert by_slug.kind is UnitKind.AGENCY
    assert queries.unit_by_id(world.agency) == by_slug
    assert queries.unit_by_slug("tidak-ada") is None
    assert queries.unit_by_id(-1) is None


def test_units_by_ids_leaves_out_the_unknown(world: World) -> None:
    assert set(queries.units_by_ids([world.agency, world.division, 10**9])) == {world.agency, world.division}
    assert queries.units_by_ids([]) == {}


def test_children_are_direct_and_by_name(world: World) -> None:
    assert [unit.name for unit in queries.children(world.government)] == ["Dinas Kesehatan", "Dinas Perhubungan"]
    assert [unit.name for unit in queries.children(None)] == ["Kota Lain", "Provinsi Contoh"]


def test_the_tree_has_parents_first_and_leaves_out_closed_units(world: World) -> None:
    with transaction():
        closed = make_unit(name="Sudah tutup", kind="government", valid_to=date(2021, 1, 1))
    seen: set[int] = set()
    for unit in queries.tree():
        assert unit.parent_id is None or unit.parent_id in seen
        seen.add(unit.id)
    assert world.division in seen
    assert closed.id not in seen
    assert closed.id in {unit.id for unit in queries.all_units()}
    assert closed.id in {unit.id for unit in queries.tree(on=date(2020, 6, 1))}


def test_a_subtree_is_not_mixed_with_a_sibling_whose_number_begins_alike(app: Flask) -> None:
    with transaction():
        root = make_unit(name="Akar", kind="government")
        inside = [make_unit(parent=root, name=f"Dinas {number}") for number in range(12)]
        below = make_unit(parent=inside[0], name="Bidang")
    assert {unit.id for unit in queries.subtree(inside[0].path)} == {inside[0].id, below.id}
    assert len(queries.subtree(root.path)) == 14


def test_the_way_up(world: World) -> None:
    division = queries.unit_by_id(world.division)
    assert division is not None
    assert [unit.id for unit in queries.ancestors(division)] == [world.government, world.agency]
    government = queries.government_of(division.path)
    assert government is not None
    assert government.id == world.government
    assert queries.ancestors(government) == ()


def test_governments_that_cover_a_place_come_nearest_first(world: World) -> None:
    with transaction():
        city = make_unit(name="Kota Contoh", kind="government", region_code="82.72")
        make_unit(name="Kota Lama", kind="government", region_code="82.72", valid_to=date(2021, 1, 1))
    assert [unit.id for unit in queries.units_covering(world.village)] == [city.id, world.government]
    assert queries.units_covering("99") == ()


def test_regions(world: World) -> None:
    village = queries.region(world.village)
    assert village is not None
    assert village.level is RegionLevel.VILLAGE
    assert queries.region("99") is None
    assert [region.name for region in queries.region_children(None)] == ["Kepulauan Riau", "Maluku Utara"]
    assert [region.name for region in queries.region_children("82.72.02")] == ["Guraping", "Sofifi"]


def test_the_trail_of_a_region_runs_from_province_to_village(world: World) -> None:
    names = [region.name for region in queries.region_trail(world.village)]
    assert names == ["Maluku Utara", "Kota Tidore Kepulauan", "Oba Utara", "Sofifi"]
    assert queries.region_trail("82.72.02.9999") == ()


def test_region_names(world: World) -> None:
    assert queries.region_names([world.village, "82.72"]) == {
        world.village: "Sofifi, Oba Utara",
        "82.72": "Kota Tidore Kepulauan",
    }
    assert queries.region_names([]) == {}
    assert queries.region_name_index()["82.72.02"] == "Oba Utara"


@pytest.mark.parametrize(
    "ask",
    [
        lambda world: queries.tree(),
        lambda world: queries.children(world.government),
        lambda world: queries.region_trail(world.village),
        lambda world: queries.units_by_ids([world.agency, world.division]),
        lambda world: queries.region_names([world.village]),
    ],
)
def test_one_statement_each(world: World, statements: list[str], ask: object) -> None:
    statements.clear()
    ask(world)  # type: ignore[operator]
    assert len(statements) == 1


def test_a_unit_opened_today_is_there_though_it_is_still_yesterday_in_utc(world: World) -> None:
    morning = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)  # 22 November, 08.00 WIT
    with transaction():
        government = db.session.get_one(Unit, world.government)
        fresh = make_unit(parent=government, name="Unit Pagi", valid_from=date(2026, 11, 22))
    with pretending(morning):
        assert fresh.id in {unit.id for unit in queries.tree()}
    with pretending(morning - timedelta(hours=9)):
        assert fresh.id not in {unit.id for unit in queries.tree()}
