"""What pages and other shelves ask about topics, services, outside bodies and routes; frozen rows back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import aliased

from feedback.catalogue.models import Authority, RoutingRule, Service, Topic
from feedback.catalogue.rules import (
    AuthorityRow,
    Candidates,
    Route,
    RuleRow,
    ServicePage,
    ServiceRow,
    TopicRow,
    decide_route,
)
from feedback.storage.session import db
from feedback.units.models import Unit
from feedback.units.queries import government_of, today, unit_columns, unit_row
from feedback.units.rules import UnitKind, UnitRow, in_force, path_ids, path_range, region_prefixes

_TOPIC_COLUMNS = tuple(getattr(Topic, name) for name in TopicRow.__dataclass_fields__)
_AUTHORITY_COLUMNS = tuple(getattr(Authority, name) for name in AuthorityRow.__dataclass_fields__)
_SERVICE_COLUMNS = (
    Service.id,
    Service.slug,
    Service.code,
    Service.name,
    Service.summary,
    Service.unit_id,
    Unit.slug.label("unit_slug"),
    Unit.name.label("unit_name"),
    Unit.path.label("unit_path"),
    Service.topic_id,
    Topic.slug.label("topic_slug"),
    Topic.name.label("topic_name"),
    Service.is_active,
    Service.is_example,
)
_STANDARD_COLUMNS = (
    Service.requirements,
    Service.procedure,
    Service.time_text,
    Service.cost,
    Service.product,
    Service.complaint_handling,
    Service.legal_basis,
    Service.internal_standard,
)


def topics(*, include_inactive: bool = False) -> tuple[TopicRow, ...]:
    """The topics in the order in which citizens are shown them."""
    statement = select(*_TOPIC_COLUMNS).order_by(Topic.position, Topic.id)
    if not include_inactive:
        statement = statement.where(Topic.is_active)
    return tuple(TopicRow(*row) for row in db.session.execute(statement))


def topic_by_slug(slug: str) -> TopicRow | None:
    """The topic with this slug, inactive ones too."""
    row = db.session.execute(select(*_TOPIC_COLUMNS).where(Topic.slug == slug)).first()
    return None if row is None else TopicRow(*row)


def topic_by_id(topic_id: int) -> TopicRow | None:
    """The topic with this id, inactive ones too."""
    row = db.session.execute(select(*_TOPIC_COLUMNS).where(Topic.id == topic_id)).first()
    return None if row is None else TopicRow(*row)


def authorities(*, include_inactive: bool = False) -> tuple[AuthorityRow, ...]:
    """Bodies outside the regional government, by name."""
    statement = select(*_AUTHORITY_COLUMNS).order_by(Authority.name, Authority.id)
    if not include_inactive:
        statement = statement.where(Authority.is_active)
    return tuple(AuthorityRow(*row) for row in db.session.execute(statement))


def authority_by_slug(slug: str) -> AuthorityRow | None:
    """The outside body with this slug."""
    row = db.session.execute(select(*_AUTHORITY_COLUMNS).where(Authority.slug == slug)).first()
    return None if row is None else AuthorityRow(*row)


def services(
    *,
    path: str | None = None,
    topic_id: int | None = None,
    text: str = "",
    include_inactive: bool = False,
    limit: int = 200,
) -> tuple[ServiceRow, ...]:
    """Services by name, narrowed to a unit's subtree, a topic and words that must all occur in the name or summary."""
    statement = _services().order_by(Service.name, Service.id).limit(limit)
    if path is not None:
        low, high = path_range(path)
        statement = statement.where(Unit.path >= low, Unit.path < high)
    if topic_id is not None:
        statement = statement.where(Service.topic_id == topic_id)
    if not include_inactive:
        statement = statement.where(Service.is_active)
    for word in text.casefold().split()[:8]:
        statement = statement.where(
            func.lower(Service.name).contains(word, autoescape=True)
            | func.lower(Service.summary).contains(word, autoescape=True)
        )
    return tuple(ServiceRow(*row) for row in db.session.execute(statement))


def services_of_unit(path: str) -> tuple[ServiceRow, ...]:
    """The active services of a unit and of everything under it, by name."""
    return services(path=path)


def services_by_ids(ids: Collection[int]) -> dict[int, ServiceRow]:
    """The services with these ids, by id; unknown ids are left out."""
    if not ids:
        return {}
    rows = db.session.execute(_services().where(Service.id.in_(sorted(set(ids)))))
    return {row.id: row for row in (ServiceRow(*values) for values in rows)}


def service_by_slug(slug: str) -> ServicePage | None:
    """One service with its whole standard, inactive ones too."""
    row = db.session.execute(_services(*_STANDARD_COLUMNS).where(Service.slug == slug)).first()
    if row is None:
        return None
    count = len(_SERVICE_COLUMNS)
    return ServicePage(ServiceRow(*row[:count]), *row[count:])


def routing_rules(*, topic_id: int | None = None, region_code: str | None = None) -> tuple[RuleRow, ...]:
    """Every rule, for administrators, by region, topic and rank; narrowed to a topic or to exactly one region code."""
    statement = _rules().order_by(RoutingRule.region_code, RoutingRule.topic_id, RoutingRule.rank, RoutingRule.id)
    if topic_id is not None:
        statement = statement.where(RoutingRule.topic_id == topic_id)
    if region_code is not None:
        statement = statement.where(RoutingRule.region_code == region_code)
    return tuple(_rule_row(row, on=None) for row in db.session.execute(statement))


def rule_by_id(rule_id: int) -> RuleRow | None:
    """The routing rule with this id and the unit it names, closed or not."""
    row = db.session.execute(_rules().where(RoutingRule.id == rule_id)).first()
    return None if row is None else _rule_row(row, on=None)


def propose_route(
    *, topic_id: int | None, region_code: str | None, service_id: int | None = None, unit_id: int | None = None
) -> Route:
    """Who should hold a report about this, there (see `decide_route`). Two statements, seldom three.

    Units are those of `units.queries.today`. A closed unit stands for its successor; without one it is passed over.
    """
    day = today()
    prefixes = () if region_code is None else region_prefixes(region_code)
    rules = _matching_rules(prefixes, topic_id=topic_id, service_id=service_id, on=day)
    units = _candidate_units(prefixes, service_id=service_id, unit_id=unit_id, on=day)
    chosen = units.get("chosen", [None])[0]
    owner = units.get("owner", [None])[0]
    governments = [unit for unit in units.get("government", []) if unit is not None]
    known = {government.id for government in governments}
    if chosen is not None and path_ids(chosen.path)[0] not in known:
        root = government_of(chosen.path)
        governments += [root] if root is not None else []
    return decide_route(
        Candidates(
            region_code=region_code,
            service_id=service_id,
            rules=rules,
            chosen=chosen,
            owner=owner,
            governments=governments,
        )
    )


def _services(*more: Any) -> Select[Any]:
    return (
        select(*_SERVICE_COLUMNS, *more)
        .join(Unit, Unit.id == Service.unit_id)
        .outerjoin(Topic, Topic.id == Service.topic_id)
    )


_successor = aliased(Unit)
_RULE_COLUMNS = (
    RoutingRule.id,
    RoutingRule.region_code,
    RoutingRule.topic_id,
    RoutingRule.service_id,
    RoutingRule.note,
    RoutingRule.rank,
)


def _rules() -> Select[Any]:
    columns = (*_RULE_COLUMNS, *_AUTHORITY_COLUMNS, *unit_columns(), *unit_columns(_successor))
    return (
        select(*columns)
        .outerjoin(Authority, Authority.id == RoutingRule.authority_id)
        .outerjoin(Unit, Unit.id == RoutingRule.unit_id)
        .outerjoin(_successor, _successor.id == Unit.successor_id)
    )


def _rule_row(row: Sequence[Any], *, on: date | None) -> RuleRow:
    first = len(_RULE_COLUMNS)
    second = first + len(_AUTHORITY_COLUMNS)
    rule_id, region_code, topic_id, service_id, note, rank = row[:first]
    authority = None if row[first] is None else AuthorityRow(*row[first:second])
    return RuleRow(
        id=rule_id,
        region_code=region_code,
        topic_id=topic_id,
        service_id=service_id,
        unit=_standing_unit(row[second:], on=on),
        authority=authority,
        note=note,
        rank=rank,
    )


def _standing_unit(values: Sequence[Any], *, on: date | None) -> UnitRow | None:
    """The unit itself when `on` is None or it is in force then, else its successor when that is, else None."""
    half = len(values) // 2
    for part in (values[:half], values[half:]):
        if part[0] is None:
            continue
        unit = unit_row(part)
        if on is None or in_force(unit, on):
            return unit
    return None


def _matching_rules(
    prefixes: Sequence[str], *, topic_id: int | None, service_id: int | None, on: date
) -> tuple[RuleRow, ...]:
    subjects: list[ColumnElement[bool]] = [false()]
    if topic_id is not None:
        subjects.append((RoutingRule.topic_id == topic_id) & RoutingRule.service_id.is_(None))
    if service_id is not None:
        subjects.append(RoutingRule.service_id == service_id)
    statement = _rules().where(RoutingRule.region_code.in_(prefixes), or_(*subjects))
    rows = (_rule_row(row, on=on) for row in db.session.execute(statement))
    return tuple(row for row in rows if row.unit is not None or (row.authority and row.authority.is_active))


def _candidate_units(
    prefixes: Sequence[str], *, service_id: int | None, unit_id: int | None, on: date
) -> dict[str, list[UnitRow | None]]:
    """The chosen unit, the service's owner and the governments of the place, by those names."""
    owner_id = select(Service.unit_id).where(Service.id == service_id).scalar_subquery()
    is_chosen = false() if unit_id is None else Unit.id == unit_id
    is_owner = false() if service_id is None else Unit.id == owner_id
    is_government = (Unit.kind == UnitKind.GOVERNMENT) & Unit.region_code.in_(prefixes)
    statement = (
        select(is_chosen, is_owner, is_government, *unit_columns(), *unit_columns(_successor))
        .outerjoin(_successor, _successor.id == Unit.successor_id)
        .where(or_(is_chosen, is_owner, is_government))
    )
    found: dict[str, list[UnitRow | None]] = {}
    for row in db.session.execute(statement):
        unit = _standing_unit(row[3:], on=on)
        for name, holds in zip(("chosen", "owner", "government"), row[:3], strict=True):
            if holds:
                found.setdefault(name, []).append(unit)
    return found
