"""One unit or region at a time: create, change, close with a successor, move with its subtree."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, literal, select, update

from feedback.audit.actions import record
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.kernel.text import clean, mark
from feedback.storage.session import db, transaction
from feedback.units.models import Region, Unit
from feedback.units.rules import (
    UnitKind,
    Zone,
    child_path,
    is_region_code,
    is_slug,
    path_range,
    region_level,
    region_prefixes,
    within_path,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDetails:
    """What may be said of a unit at any time; empty texts are stored as nothing."""

    name: str
    short_name: str
    calendar_key: str | None = None
    region_code: str | None = None
    show_officer_names: bool = False
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUnit(UnitDetails):
    """A new unit; a government has no parent, every other unit has one and takes its zone when `zone` is None."""

    slug: str
    kind: UnitKind
    valid_from: date
    parent_id: int | None = None
    zone: str | None = None
    is_example: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeUnit(UnitDetails):
    """New details of a unit: every field is set to what the command says."""

    unit_id: int
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseUnit:
    """End a unit; `valid_to` is the first local date without it, the successor takes over what still points to it."""

    unit_id: int
    valid_to: date
    successor_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveUnit:
    """Hang a unit and everything under it below another parent."""

    unit_id: int
    parent_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRegion:
    """A new region; its level and parent follow from the code."""

    code: str
    name: str


def create_unit(command: CreateUnit, *, by: int | None = None) -> int:
    """Create a unit and return its id."""
    with transaction():
        parent = _parent(command)
        if not is_slug(command.slug):
            raise Invalid(mark("Gunakan huruf kecil, angka, dan tanda hubung."), field="slug")
        if db.session.scalar(select(Unit.id).where(Unit.slug == command.slug)) is not None:
            raise Invalid(mark("Alamat singkat ini sudah dipakai unit lain."), field="slug")
        unit = Unit(
            slug=command.slug,
            kind=command.kind,
            path=f"new-{secrets.token_hex(8)}",
            zone=_zone(command.zone, parent),
            valid_from=command.valid_from,
            parent_id=command.parent_id,
            is_example=command.is_example,
            **_details(command),
        )
        db.session.add(unit)
        db.session.flush()
        unit.path = child_path(parent.path if parent else None, unit.id)
        _record("unit.created", unit.id, by)
        return unit.id


def change_unit(command: ChangeUnit, *, by: int | None = None) -> None:
    """Replace the details of a unit."""
    with transaction():
        unit = _unit(command.unit_id)
        unit.zone = _zone(command.zone, None)
        for name, value in _details(command).items():
            setattr(unit, name, value)
        _record("unit.changed", unit.id, by)


def close_unit(command: CloseUnit, *, by: int | None = None) -> None:
    """End a unit that has no unit in force under it; units it had itself succeeded now point to its successor."""
    with transaction():
        unit = _unit(command.unit_id)
        if unit.valid_to is not None:
            raise Conflict(mark("Unit ini sudah ditutup."))
        if command.valid_to < unit.valid_from:
            raise Invalid(mark("Tanggal penutupan mendahului tanggal berlaku unit."), field="valid_to")
        _refuse_open_children(unit, command.valid_to)
        if command.successor_id is not None:
            successor = _successor(unit, command)
            db.session.execute(update(Unit).where(Unit.successor_id == unit.id).values(successor_id=successor.id))
        unit.valid_to = command.valid_to
        unit.successor_id = command.successor_id
        _record("unit.closed", unit.id, by, successor_id=command.successor_id, valid_to=command.valid_to.isoformat())


def move_unit(command: MoveUnit, *, by: int | None = None) -> None:
    """Hang a subtree elsewhere: one statement rewrites every path in it."""
    with transaction():
        unit = _unit(command.unit_id)
        parent = _unit(command.parent_id, field="parent_id")
        if unit.kind == UnitKind.GOVERNMENT:
            raise Invalid(mark("Pemerintah daerah tidak dapat dipindahkan ke bawah unit lain."), field="unit_id")
        if within_path(parent.path, unit.path):
            raise Invalid(mark("Unit tidak dapat dipindahkan ke bawah dirinya sendiri."), field="parent_id")
        if parent.valid_to is not None:
            raise Invalid(mark("Unit induk sudah ditutup."), field="parent_id")
        old, new = unit.path, child_path(parent.path, unit.id)
        unit.parent_id = parent.id
        low, high = path_range(old)
        db.session.execute(
            update(Unit)
            .where(Unit.path >= low, Unit.path < high)
            .values(path=literal(new) + func.substr(Unit.path, len(old) + 1))
            .execution_options(synchronize_session="fetch")
        )
        _record("unit.moved", unit.id, by, old_path=old, new_path=new)


def create_region(command: CreateRegion, *, by: int | None = None) -> None:
    """Create a region inside one that exists already (a province stands alone)."""
    with transaction():
        if not is_region_code(command.code):
            raise Invalid(mark("Kode wilayah ditulis seperti 21.72.01.1001."), field="code")
        if db.session.get(Region, command.code) is not None:
            raise Invalid(mark("Kode wilayah ini sudah ada."), field="code")
        above = region_prefixes(command.code)[:-1]
        parent_code = above[-1] if above else None
        if parent_code is not None and db.session.get(Region, parent_code) is None:
            raise Invalid(mark("Wilayah di atasnya belum ada."), field="code")
        name = _required(command.name, field="name")
        level = region_level(command.code)
        db.session.add(Region(code=command.code, name=name, level=level, parent_code=parent_code))
        record("region.created", actor_id=by, subject=f"region:{command.code}", at=utc_now())


def _record(deed: str, unit_id: int, by: int | None, **detail: Any) -> None:
    record(deed, actor_id=by, subject=f"unit:{unit_id}", at=utc_now(), detail=detail)


def _unit(unit_id: int, *, field: str | None = None) -> Unit:
    unit = db.session.get(Unit, unit_id)
    if unit is None and field is not None:
        raise Invalid(mark("Unit tidak ditemukan."), field=field)
    if unit is None:
        raise NotFound(mark("Unit tidak ditemukan."))
    return unit


def _parent(command: CreateUnit) -> Unit | None:
    is_government = command.kind is UnitKind.GOVERNMENT
    if is_government and command.parent_id is not None:
        raise Invalid(mark("Pemerintah daerah tidak mempunyai unit induk."), field="parent_id")
    if is_government:
        return None
    if command.parent_id is None:
        raise Invalid(mark("Pilih unit induk."), field="parent_id")
    parent = _unit(command.parent_id, field="parent_id")
    if parent.valid_to is not None:
        raise Invalid(mark("Unit induk sudah ditutup."), field="parent_id")
    return parent


def _zone(zone: str | None, parent: Unit | None) -> str:
    if zone is None and parent is not None:
        return parent.zone
    if zone not in tuple(Zone):
        raise Invalid(mark("Pilih zona waktu WIB, WITA, atau WIT."), field="zone")
    return str(zone)


def _details(command: UnitDetails) -> dict[str, Any]:
    """The columns of the details, cleaned and checked."""
    if command.region_code and db.session.get(Region, command.region_code) is None:
        raise Invalid(mark("Kode wilayah tidak dikenal."), field="region_code")
    return {
        "name": _required(command.name, field="name"),
        "short_name": _required(command.short_name, field="short_name"),
        "calendar_key": command.calendar_key or None,
        "region_code": command.region_code or None,
        "show_officer_names": command.show_officer_names,
        "address": clean(command.address or "") or None,
        "phone": clean(command.phone or "", lines=False) or None,
        "email": clean(command.email or "", lines=False) or None,
        "website": _website(command.website),
        "about": clean(command.about),
    }


def _required(text: str, *, field: str) -> str:
    cleaned = clean(text, lines=False)
    if not cleaned:
        raise Invalid(mark("Bagian ini wajib diisi."), field=field)
    return cleaned


def _website(text: str | None) -> str | None:
    cleaned = clean(text or "", lines=False)
    if cleaned and not cleaned.startswith(("https://", "http://")):
        raise Invalid(mark("Alamat situs diawali https://."), field="website")
    return cleaned or None


def _refuse_open_children(unit: Unit, valid_to: date) -> None:
    outlives = Unit.valid_to.is_(None) | (Unit.valid_to > valid_to)
    if db.session.scalar(select(Unit.id).where(Unit.parent_id == unit.id, outlives).limit(1)) is not None:
        raise Conflict(mark("Tutup atau pindahkan dahulu unit-unit di bawahnya."))


def _successor(unit: Unit, command: CloseUnit) -> Unit:
    successor = _unit(command.successor_id or 0, field="successor_id")
    if successor.id == unit.id or within_path(successor.path, unit.path):
        raise Invalid(mark("Pengganti harus unit lain di luar unit ini."), field="successor_id")
    if successor.valid_to is not None:
        raise Invalid(mark("Unit pengganti sudah ditutup."), field="successor_id")
    return successor
