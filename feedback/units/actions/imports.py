"""Many units or regions at once, in a handful of statements whatever their number."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update

from feedback.audit.actions import record
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid
from feedback.kernel.text import clean, mark
from feedback.storage.session import db, transaction
from feedback.units.actions.changes import CreateRegion
from feedback.units.models import Region, Unit
from feedback.units.rules import (
    RegionLevel,
    UnitKind,
    Zone,
    child_path,
    is_region_code,
    is_slug,
    region_level,
    region_prefixes,
)

# Without it rows are grouped by which of their values are missing, and sent a few at a time.
ONE_BATCH = {"render_nulls": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDraft:
    """One line of an import: the parent is named by its slug, an empty zone is the parent's."""

    slug: str
    name: str
    short_name: str
    kind: UnitKind
    parent: str | None
    valid_from: date
    zone: str | None = None
    region_code: str | None = None
    calendar_key: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    about: str = ""
    is_example: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows an import wrote, and how many were there already and stayed as they were."""

    created: int
    kept: int


def import_regions(drafts: Sequence[CreateRegion], *, by: int | None = None) -> Imported:
    """Add the regions whose code is new; parents may come later in the same list."""
    with transaction():
        known = set(db.session.scalars(select(Region.code)))
        fresh = [draft for draft in drafts if draft.code not in known]
        codes = known | {draft.code for draft in fresh}
        rows = [_region_values(draft, codes) for draft in fresh]
        for level in RegionLevel:  # a parent's row must be there before its children's
            batch = [row for row in rows if row["level"] == level]
            if batch:
                db.session.execute(insert(Region).execution_options(**ONE_BATCH), batch)
        return _imported("region", created=len(rows), given=len(drafts), by=by)


def import_units(drafts: Sequence[UnitDraft], *, by: int | None = None) -> Imported:
    """Add the units whose slug is new; a parent must exist or come earlier in the list."""
    with transaction():
        known = {
            slug: (unit_id, path, zone)
            for slug, unit_id, path, zone in db.session.execute(select(Unit.slug, Unit.id, Unit.path, Unit.zone))
        }
        fresh = [draft for draft in drafts if draft.slug not in known]
        zones = {slug: zone for slug, (_, _, zone) in known.items()}
        _refuse_unknown_regions(fresh)
        values = [_unit_values(draft, zones) for draft in fresh]
        if values:
            _insert(fresh, values, {slug: (unit_id, path) for slug, (unit_id, path, _) in known.items()})
        return _imported("unit", created=len(fresh), given=len(drafts), by=by)


def _imported(subject: str, *, created: int, given: int, by: int | None) -> Imported:
    if created:
        record(f"{subject}.imported", actor_id=by, subject=subject, at=utc_now(), detail={"created": created})
    return Imported(created=created, kept=given - created)


def _insert(drafts: Sequence[UnitDraft], values: Sequence[dict[str, Any]], places: dict[str, tuple[int, str]]) -> None:
    """Paths are made of ids, so the rows are written first and placed in the tree once the ids are known."""
    statement = insert(Unit).returning(Unit.slug, Unit.id).execution_options(**ONE_BATCH)
    ids = dict(db.session.execute(statement, list(values)).tuples().all())
    placed = []
    for draft in drafts:
        unit_id = ids[draft.slug]
        parent_id, parent_path = places[draft.parent] if draft.parent else (None, None)
        path = child_path(parent_path, unit_id)
        places[draft.slug] = unit_id, path
        placed.append({"id": unit_id, "parent_id": parent_id, "path": path})
    db.session.execute(update(Unit), placed)


def _refuse_unknown_regions(drafts: Sequence[UnitDraft]) -> None:
    wanted = {draft.region_code: draft.slug for draft in drafts if draft.region_code is not None}
    known = set(db.session.scalars(select(Region.code).where(Region.code.in_(wanted)))) if wanted else set()
    for code, slug in wanted.items():
        if code not in known:
            raise Invalid(mark("Unit %(slug)s: kode wilayah tidak dikenal."), values={"slug": slug})


def _unit_values(draft: UnitDraft, zones: dict[str, str]) -> dict[str, Any]:
    """The columns of a draft; remembers its zone for the drafts under it."""
    for problem in _problems(draft, zones):
        raise Invalid(problem, values={"slug": draft.slug})
    zone = draft.zone or zones[draft.parent or ""]
    zones[draft.slug] = zone
    values = asdict(draft) | {"zone": zone, "path": f"new-{secrets.token_hex(8)}", "show_officer_names": False}
    del values["parent"]
    return values | {"name": clean(draft.name, lines=False), "short_name": clean(draft.short_name, lines=False)}


def _problems(draft: UnitDraft, zones: Mapping[str, str]) -> Iterator[str]:
    if not is_slug(draft.slug) or draft.slug in zones:
        yield mark("Unit %(slug)s: alamat singkat tidak sah atau ganda.")
    if not draft.name.strip() or not draft.short_name.strip():
        yield mark("Unit %(slug)s: nama wajib diisi.")
    if (draft.kind is UnitKind.GOVERNMENT) != (draft.parent is None):
        yield mark("Unit %(slug)s: hanya pemerintah daerah yang tidak mempunyai unit induk.")
    if draft.parent is not None and draft.parent not in zones:
        yield mark("Unit %(slug)s: unit induk tidak dikenal.")
    if draft.zone not in (*Zone, None) or (draft.zone is None and draft.parent is None):
        yield mark("Unit %(slug)s: zona waktu tidak dikenal.")


def _region_values(draft: CreateRegion, codes: set[str]) -> dict[str, Any]:
    name = clean(draft.name, lines=False)
    above = region_prefixes(draft.code)[:-1]
    if not is_region_code(draft.code) or not name or (above and above[-1] not in codes):
        message = mark("Wilayah %(code)s tidak sah atau wilayah di atasnya belum ada.")
        raise Invalid(message, values={"code": draft.code})
    return {
        "code": draft.code,
        "name": name,
        "level": region_level(draft.code),
        "parent_code": above[-1] if above else None,
    }
