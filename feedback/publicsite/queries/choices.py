"""Everything the filter form of a list names, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    Date,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)

from feedback.catalogue.models import Service, Topic
from feedback.publicsite.rules import Asked
from feedback.storage.session import db
from feedback.units.models import Region, Unit
from feedback.units.rules import RegionLevel, region_prefixes


@dataclass(frozen=True, slots=True)
class Named:
    """One thing a filter can name. ``key`` is what stands in the address; ``zone`` only units have.

    ``place`` is a unit's path, and a topic's position as sortable text.
    """

    id: int
    key: str
    name: str
    place: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen, and what the address has chosen already (None: nothing, or nothing known)."""

    topics: tuple[Named, ...] = ()
    regions: tuple[Named, ...] = ()
    units: tuple[Named, ...] = ()
    topic: Named | None = None
    service: Named | None = None
    unit: Named | None = None
    region: Named | None = None


def choices_for(asked: Asked, today: date) -> Choices:
    """Active topics; provinces, cities and what is next to or inside the chosen region; governments and what is
    directly under the chosen unit. What the address names is there too, even when it is no longer in force.
    """
    found: dict[str, list[Named]] = {"topic": [], "region": [], "unit": [], "service": []}
    prefixes = region_prefixes(asked.region) if asked.region is not None else ()
    given = {
        "topic": asked.topic,
        "service": asked.service,
        "unit": asked.unit,
        "prefixes": list(prefixes),
        "today": today,
    }
    for what, row_id, key, name, place, zone in db.session.execute(_CHOICES, given):
        found[what].append(Named(row_id, key, name, place or "", zone or ""))
    topics = tuple(sorted(found["topic"], key=lambda one: one.place))
    regions = tuple(sorted(found["region"], key=lambda one: one.key))
    units = tuple(sorted(found["unit"], key=lambda one: (one.place.count("."), one.name)))
    return Choices(
        topics=topics,
        regions=regions,
        units=units,
        topic=_chosen(topics, asked.topic),
        service=_chosen(found["service"], asked.service),
        unit=_chosen(units, asked.unit),
        region=_chosen(regions, asked.region),
    )


def _chosen(rows: Sequence[Named], key: str | None) -> Named | None:
    return next((row for row in rows if row.key == key), None)


_TOPIC = bindparam("topic", type_=String)
_UNIT = bindparam("unit", type_=String)
_PREFIXES: BindParameter[Any] = bindparam("prefixes", expanding=True)


def _part(what: str, row_id: Any, key: Any, name: Any, place: Any = None, zone: Any = None) -> Select[Any]:
    texts = (literal(what), row_id, key, name, place, zone)
    types = (String, Integer, String, String, String, String)
    return select(*(cast(null() if one is None else one, kind) for one, kind in zip(texts, types, strict=True)))


def _topics() -> Select[Any]:
    # Four digits, so that positions sort as text.
    order = cast(Topic.position + 1000, String)
    return _part("topic", Topic.id, Topic.slug, Topic.name, order).where(Topic.is_active | (Topic.slug == _TOPIC))


def _regions() -> Select[Any]:
    wanted = (
        Region.level.in_((RegionLevel.PROVINCE, RegionLevel.CITY)),
        Region.code.in_(_PREFIXES),
        Region.parent_code.in_(_PREFIXES),
    )
    return _part("region", literal(0), Region.code, Region.name).where(or_(*wanted))


def _units() -> Select[Any]:
    chosen = select(Unit.id).where(Unit.slug == _UNIT).scalar_subquery()
    above = select(Unit.parent_id).where(Unit.slug == _UNIT).scalar_subquery()
    lasting = Unit.valid_to.is_(None) | (Unit.valid_to > bindparam("today", type_=Date))
    wanted = lasting & or_(Unit.parent_id.is_(None), Unit.parent_id == chosen, Unit.id == above)
    unit = _part("unit", Unit.id, Unit.slug, Unit.short_name, Unit.path, Unit.zone)
    return unit.where(wanted | (Unit.slug == _UNIT))


def _services() -> Select[Any]:
    service = bindparam("service", type_=String)
    return _part("service", Service.id, Service.slug, Service.name).where(Service.slug == service)


# Built once: building it costs more than running it.
_CHOICES = union_all(_topics(), _regions(), _units(), _services())
