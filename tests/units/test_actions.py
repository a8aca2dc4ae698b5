from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from feedback.audit.models import AuditEntry
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.storage.session import db
from feedback.units.actions import (
    ChangeUnit,
    CloseUnit,
    CreateRegion,
    CreateUnit,
    MoveUnit,
    UnitDraft,
    change_unit,
    close_unit,
    create_region,
    create_unit,
    import_regions,
    import_units,
    move_unit,
)
from feedback.units.queries import all_units, region, subtree, unit_by_id, unit_by_slug
from feedback.units.rules import RegionLevel, UnitKind, UnitRow
from tests.factories import World

DAY = date(2026, 1, 1)


def command(world: World, **values: Any) -> CreateUnit:
    given: dict[str, Any] = {
        "slug": "dinas-baru",
        "name": "Dinas Baru",
        "short_name": "Baru",
        "kind": UnitKind.AGENCY,
        "valid_from": DAY,
        "parent_id": world.government,
    }
    return CreateUnit(**(given | values))


def stored(unit_id: int) -> UnitRow:
    unit = unit_by_id(unit_id)
    assert unit is not None
    return unit


def test_a_new_unit_hangs_under_its_parent_and_takes_its_zone(world: World) -> None:
    unit = stored(create_unit(command(world, name="  Dinas\u202e  Baru ", about="Mengurus hal baru")))
    parent = stored(world.government)
    assert unit.path == f"{parent.path}{unit.id}."
    assert unit.zone == parent.zone
    assert unit.name == "Dinas Baru"
    assert unit.about == "Mengurus hal baru"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"slug": "Dinas Baru"}, "slug"),
        ({"slug": "dinas-kesehatan"}, "slug"),
        ({"name": " \u200e "}, "name"),
        ({"short_name": ""}, "short_name"),
        ({"parent_id": None}, "parent_id"),
        ({"parent_id": 10**9}, "parent_id"),
        ({"kind": UnitKind.GOVERNMENT}, "parent_id"),
        ({"kind": UnitKind.GOVERNMENT, "parent_id": None}, "zone"),
        ({"zone": "Europe/Paris"}, "zone"),
        ({"region_code": "99"}, "region_code"),
        ({"website": "javascript:alert(1)"}, "website"),
    ],
)
def test_a_bad_unit_is_refused_by_field_and_leaves_nothing(world: World, values: dict[str, Any], field: str) -> None:
    before = len(all_units())
    with pytest.raises(Invalid) as caught:
        create_unit(command(world, **values))
    assert caught.value.field == field
    assert len(all_units()) == before


def test_details_are_replaced(world: World) -> None:
    change_unit(ChangeUnit(unit_id=world.agency, name="Nama Baru", short_name="NB", zone="Asia/Makassar", phone="-"))
    unit = stored(world.agency)
    assert (unit.name, unit.zone, unit.phone) == ("Nama Baru", "Asia/Makassar", "-")
    with pytest.raises(NotFound):
        change_unit(ChangeUnit(unit_id=10**9, name="x", short_name="x", zone="Asia/Jakarta"))


def test_closing_names_a_successor_and_repoints_what_it_succeeded_itself(world: World) -> None:
    close_unit(CloseUnit(unit_id=world.division, valid_to=DAY, successor_id=world.other_agency))
    newest = create_unit(command(world))
    close_unit(CloseUnit(unit_id=world.other_agency, valid_to=DAY, successor_id=newest))
    assert stored(world.division).successor_id == newest
    assert stored(world.other_agency).valid_to == DAY


def test_closing_is_refused_while_units_below_go_on(world: World) -> None:
    with pytest.raises(Conflict):
        close_unit(CloseUnit(unit_id=world.agency, valid_to=DAY))
    assert stored(world.agency).valid_to is None


def test_closing_twice_or_before_the_start_or_into_itself_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="mendahului"):
        close_unit(CloseUnit(unit_id=world.division, valid_to=date(1999, 1, 1)))
    with pytest.raises(Invalid, match="Pengganti"):
        close_unit(CloseUnit(unit_id=world.division, valid_to=DAY, successor_id=world.division))
    close_unit(CloseUnit(unit_id=world.division, valid_to=DAY))
    with pytest.raises(Conflict):
        close_unit(CloseUnit(unit_id=world.division, valid_to=DAY))
    with pytest.raises(Invalid):
        close_unit(CloseUnit(unit_id=world.other_agency, valid_to=DAY, successor_id=world.division))


def test_moving_takes_the_subtree_along(world: World) -> None:
    move_unit(MoveUnit(unit_id=world.agency, parent_id=world.other_agency))
    agency, division = stored(world.agency), stored(world.division)
    assert agency.path == f"{stored(world.other_agency).path}{agency.id}."
    assert division.path == f"{agency.path}{division.id}."
    assert division.parent_id == agency.id
    assert [unit.id for unit in subtree(agency.path)] == [agency.id, division.id]


@pytest.mark.parametrize(
    ("moved", "target"), [("agency", "division"), ("agency", "agency"), ("government", "other_government")]
)
def test_moves_that_would_break_the_tree_are_refused(world: World, moved: str, target: str) -> None:
    with pytest.raises(Invalid):
        move_unit(MoveUnit(unit_id=getattr(world, moved), parent_id=getattr(world, target)))


def test_a_region_needs_the_one_above(world: World) -> None:
    create_region(CreateRegion(code="82.72.03", name="Oba"))
    created = region("82.72.03")
    assert created is not None
    assert (created.level, created.parent_code) == (RegionLevel.DISTRICT, "82.72")
    for code in ("82.72.03", "82.99.01", "8272", "82.72.3"):
        with pytest.raises(Invalid) as caught:
            create_region(CreateRegion(code=code, name="Oba"))
        assert caught.value.field == "code"


def draft(slug: str, parent: str | None, **values: Any) -> UnitDraft:
    given: dict[str, Any] = {
        "slug": slug,
        "name": slug,
        "short_name": slug,
        "kind": UnitKind.AGENCY,
        "parent": parent,
        "valid_from": DAY,
    }
    return UnitDraft(**(given | values))


def test_an_import_adds_what_is_new_and_keeps_what_is_there(world: World, statements: list[str]) -> None:
    drafts = [draft("dinas-kesehatan", "provinsi-contoh", name="Lain"), draft("dinas-a", "provinsi-contoh")]
    drafts += [draft(f"bidang-{number}", "dinas-a", kind=UnitKind.DIVISION) for number in range(50)]
    statements.clear()
    done = import_units(drafts)
    assert (done.created, done.kept) == (51, 1)
    # The units, their paths and the audit: its lock (PostgreSQL), its head, its row.
    assert len(statements) <= 6
    kept, child = unit_by_slug("dinas-kesehatan"), unit_by_slug("bidang-7")
    assert kept is not None
    assert kept.name == "Dinas Kesehatan"
    assert child is not None
    assert child.path == f"{stored(child.parent_id or 0).path}{child.id}."
    assert child.zone == "Asia/Jayapura"
    assert import_units(drafts).created == 0


@pytest.mark.parametrize(
    "bad",
    [
        draft("dinas-b", "tidak-ada"),
        draft("dinas-b", None),
        draft("dinas-b", "provinsi-contoh", zone="UTC"),
        draft("dinas-b", "provinsi-contoh", name=" "),
        draft("dinas-b", "provinsi-contoh", region_code="99"),
        draft("dinas-a", "provinsi-contoh"),
        draft("x y", "provinsi-contoh"),
    ],
)
def test_one_bad_line_refuses_the_whole_import(world: World, bad: UnitDraft) -> None:
    with pytest.raises(Invalid):
        import_units([draft("dinas-a", "provinsi-contoh"), bad])
    assert unit_by_slug("dinas-a") is None


def test_regions_are_imported_in_any_order(world: World) -> None:
    drafts = [CreateRegion(code="12.73", name="Sibolga"), CreateRegion(code="12", name="Sumatera Utara")]
    assert import_regions([*drafts, replace(drafts[0], code="82")]).created == 2
    with pytest.raises(Invalid):
        import_regions([CreateRegion(code="33.01", name="Tanpa provinsi")])


def test_every_change_is_written_down_with_who_made_it(world: World) -> None:
    change_unit(ChangeUnit(unit_id=world.agency, name="A", short_name="A", zone="Asia/Jayapura"), by=7)
    move_unit(MoveUnit(unit_id=world.division, parent_id=world.other_agency), by=7)
    close_unit(CloseUnit(unit_id=world.division, valid_to=DAY), by=7)
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.actor_id == 7).order_by(AuditEntry.id))
    deeds = [(entry.deed, entry.subject) for entry in entries]
    division = f"unit:{world.division}"
    assert deeds == [("unit.changed", f"unit:{world.agency}"), ("unit.moved", division), ("unit.closed", division)]
