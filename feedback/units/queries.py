"""What other shelves ask about units and regions: one SELECT each, frozen rows back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from feedback.kernel.clock import local_date, utc_now
from feedback.storage.session import db
from feedback.units.models import Region, Unit
from feedback.units.rules import (
    RegionLevel,
    RegionRow,
    UnitKind,
    UnitRow,
    Zone,
    path_ids,
    path_range,
    region_prefixes,
)

_REGION_COLUMNS = (Region.code, Region.name, Region.level, Region.parent_code)


def unit_columns(entity: type[Unit] = Unit) -> tuple[Any, ...]:
    """The columns `unit_row` needs, of the table or of an alias of it; for joins in the shelves above."""
    return tuple(getattr(entity, name) for name in UnitRow.__dataclass_fields__)


def unit_row(values: Collection[Any]) -> UnitRow:
    """A row from values selected in the order of `unit_columns`."""
    row = dict(zip(UnitRow.__dataclass_fields__, values, strict=True))
    row["kind"] = UnitKind(row["kind"])
    return UnitRow(**row)


def unit_by_slug(slug: str) -> UnitRow | None:
    """The unit with this slug, closed ones too."""
    return _one_unit(select(*unit_columns()).where(Unit.slug == slug))


def unit_by_id(unit_id: int) -> UnitRow | None:
    """The unit with this id, closed ones too."""
    return _one_unit(select(*unit_columns()).where(Unit.id == unit_id))


def units_by_ids(ids: Collection[int]) -> dict[int, UnitRow]:
    """The units with these ids, by id; unknown ids are left out."""
    if not ids:
        return {}
    return {unit.id: unit for unit in _units(select(*unit_columns()).where(Unit.id.in_(sorted(set(ids)))))}


def children(unit_id: int | None, *, on: date | None = None) -> tuple[UnitRow, ...]:
    """Units in force directly under a unit (the governments for None), by name; `on` defaults to `today()`."""
    parent = Unit.parent_id.is_(None) if unit_id is None else Unit.parent_id == unit_id
    return _units(_in_force(select(*unit_columns()), on).where(parent).order_by(Unit.name, Unit.id))


def tree(*, on: date | None = None) -> tuple[UnitRow, ...]:
    """Every unit in force on a date (default: today's date (see `today`)), a parent always before what is under it."""
    return _units(_in_force(select(*unit_columns()), on).order_by(Unit.path))


def subtree(path: str, *, on: date | None = None) -> tuple[UnitRow, ...]:
    """The unit at `path` and the units in force under it, parents first."""
    low, high = path_range(path)
    within = Unit.path >= low, Unit.path < high
    return _units(_in_force(select(*unit_columns()), on).where(*within).order_by(Unit.path))


def all_units() -> tuple[UnitRow, ...]:
    """Every unit that ever was, parents first; for administrators and imports."""
    return _units(select(*unit_columns()).order_by(Unit.path))


def government_of(path: str) -> UnitRow | None:
    """The government (root unit) a path belongs to."""
    return _one_unit(select(*unit_columns()).where(Unit.id == path_ids(path)[0]))


def units_covering(code: str) -> tuple[UnitRow, ...]:
    """The governments (root units) in force whose area contains this region, the nearest first."""
    roots = Unit.parent_id.is_(None), Unit.region_code.in_(region_prefixes(code))
    statement = _in_force(select(*unit_columns()), None).where(*roots)
    return _units(statement.order_by(func.length(Unit.region_code).desc(), Unit.id))


def ancestors(unit: UnitRow) -> tuple[UnitRow, ...]:
    """The units above this one, root first, without the unit itself."""
    ids = path_ids(unit.path)[:-1]
    if not ids:
        return ()
    return _units(select(*unit_columns()).where(Unit.id.in_(ids)).order_by(Unit.path))


def any_unit_exists() -> bool:
    """Whether the tree holds anything yet."""
    return db.session.execute(select(Unit.id).limit(1)).first() is not None


def region(code: str) -> RegionRow | None:
    """The region with this code."""
    row = db.session.execute(select(*_REGION_COLUMNS).where(Region.code == code)).first()
    return None if row is None else _region_row(row)


def region_children(code: str | None) -> tuple[RegionRow, ...]:
    """Regions directly inside a region (the provinces for None), by name."""
    parent = Region.parent_code.is_(None) if code is None else Region.parent_code == code
    rows = db.session.execute(select(*_REGION_COLUMNS).where(parent).order_by(Region.name, Region.code))
    return tuple(_region_row(row) for row in rows)


def region_trail(code: str) -> tuple[RegionRow, ...]:
    """The region and those that contain it, province first; empty for an unknown code."""
    within = Region.code.in_(region_prefixes(code))
    rows = db.session.execute(select(*_REGION_COLUMNS).where(within).order_by(Region.code))
    trail = tuple(_region_row(row) for row in rows)
    return trail if trail and trail[-1].code == code else ()


def region_names(codes: Collection[str]) -> dict[str, str]:
    """Names of these regions by code; for a village or district the region above is named too ("Sofifi, Oba Utara")."""
    if not codes:
        return {}
    above = aliased(Region)
    rows = db.session.execute(
        select(Region.code, Region.name, Region.level, above.name)
        .outerjoin(above, above.code == Region.parent_code)
        .where(Region.code.in_(sorted(set(codes))))
    )
    local = (RegionLevel.VILLAGE, RegionLevel.DISTRICT)
    return {code: f"{name}, {parent}" if level in local and parent else name for code, name, level, parent in rows}


def region_name_index() -> dict[str, str]:
    """The name of every region by its code."""
    return dict(db.session.execute(select(Region.code, Region.name).order_by(Region.code)).tuples().all())


def today() -> date:
    """The date by which units are judged: that of WIT, where a day begins first, so a unit opened today is there."""
    return local_date(utc_now(), Zone.WIT)


def _in_force(statement: Select[Any], on: date | None) -> Select[Any]:
    day = on or today()
    return statement.where(Unit.valid_from <= day, Unit.valid_to.is_(None) | (Unit.valid_to > day))


def _one_unit(statement: Select[Any]) -> UnitRow | None:
    row = db.session.execute(statement).first()
    return None if row is None else unit_row(row)


def _units(statement: Select[Any]) -> tuple[UnitRow, ...]:
    return tuple(unit_row(row) for row in db.session.execute(statement))


def _region_row(row: Row[Any]) -> RegionRow:
    code, name, level, parent_code = row
    return RegionRow(code=code, name=name, level=RegionLevel(level), parent_code=parent_code)
