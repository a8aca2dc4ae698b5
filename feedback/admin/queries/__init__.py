"""What the administrators' pages show: lists by keyset in one statement each, counts, what the worker could not do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, select, tuple_

from feedback.catalogue.models import Authority, RoutingRule, Service, Topic
from feedback.kernel.paging import Page, page_of, read_cursor, write_cursor
from feedback.kernel.permissions import Role
from feedback.people.models import MembershipRow, Person
from feedback.people.queries import PersonRow
from feedback.storage.outbox import Outbox, OutboxState
from feedback.storage.session import db
from feedback.units.models import Region, Unit
from feedback.units.rules import path_range, region_range

PAGE_SIZE = 50
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Place:
    """Which page of a list is asked for: the cursors of its neighbours, as they stand in the address."""

    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """How much there is of everything."""

    units: int
    services: int
    topics: int
    authorities: int
    rules: int
    people: int


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A side effect that was given up."""

    id: int
    kind: str
    attempts: int
    last_error: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A service as the list shows it."""

    id: int
    slug: str
    code: str
    name: str
    unit_name: str
    topic_name: str | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A routing rule as the list shows it; exactly one of the targets and one of the subjects is set."""

    id: int
    region_code: str
    region_name: str
    topic_name: str | None
    service_name: str | None
    unit_name: str | None
    authority_name: str | None
    note: str
    rank: int
    topic_id: int | None
    service_id: int | None
    unit_id: int | None
    authority_id: int | None


def overview() -> Overview:
    """Every count of the overview in one statement."""
    tables = (Unit, Service, Topic, Authority, RoutingRule, Person)
    return Overview(*db.session.execute(select(*(_count(table) for table in tables))).one())


def dead_jobs(limit: int = 20) -> tuple[DeadJob, ...]:
    """The newest side effects that were given up."""
    columns = select(Outbox.id, Outbox.kind, Outbox.attempts, Outbox.last_error, Outbox.created_at)
    statement = columns.where(Outbox.state == OutboxState.DEAD).order_by(Outbox.id.desc()).limit(limit)
    return tuple(DeadJob(*row) for row in db.session.execute(statement))


def service_page(place: Place, *, path: str | None = None, text: str = "") -> Page[ServiceLine]:
    """Services by name, inactive ones too, narrowed to a unit's subtree and to words of the name or code."""
    statement = (
        select(Service.id, Service.slug, Service.code, Service.name, Unit.name, Topic.name, Service.is_active)
        .join(Unit, Unit.id == Service.unit_id)
        .outerjoin(Topic, Topic.id == Service.topic_id)
    )
    if path is not None:
        low, high = path_range(path)
        statement = statement.where(Unit.path >= low, Unit.path < high)
    for word in text.split()[:8]:
        statement = statement.where(
            Service.name.icontains(word, autoescape=True) | Service.code.icontains(word, autoescape=True)
        )
    return _page(
        statement, (Service.name, Service.id), (str, int), place, make=ServiceLine, key=lambda row: (row.name, row.id)
    )


def rule_page(place: Place, *, region_code: str | None = None, topic_id: int | None = None) -> Page[RuleLine]:
    """Routing rules by region, narrowed to a region with everything inside it and to a topic."""
    statement = _rules()
    if region_code is not None:
        low, high = region_range(region_code)
        inside = (RoutingRule.region_code >= low) & (RoutingRule.region_code < high)
        statement = statement.where(inside)
    if topic_id is not None:
        statement = statement.where(RoutingRule.topic_id == topic_id)
    return _page(
        statement,
        (RoutingRule.region_code, RoutingRule.id),
        (str, int),
        place,
        make=RuleLine,
        key=lambda row: (row.region_code, row.id),
    )


def rule_line(rule_id: int) -> RuleLine | None:
    """One routing rule."""
    row = db.session.execute(_rules().where(RoutingRule.id == rule_id)).first()
    return None if row is None else RuleLine(*row)


def person_page(place: Place, *, text: str = "") -> Page[PersonRow]:
    """Accounts by address, narrowed to words of the address or name."""
    statement = select(Person.id, Person.email, Person.name, Person.locale, Person.is_active)
    for word in text.split()[:8]:
        statement = statement.where(
            Person.email.icontains(word, autoescape=True) | Person.name.icontains(word, autoescape=True)
        )
    return _page(statement, (Person.email,), (str,), place, make=PersonRow, key=lambda row: (row.email,))


def administrators() -> int:
    """How many open accounts hold the role of administrator without an end."""
    statement = (
        select(func.count(func.distinct(Person.id)))
        .join(MembershipRow, MembershipRow.person_id == Person.id)
        .where(MembershipRow.role == Role.ADMINISTRATOR, MembershipRow.valid_to.is_(None), Person.is_active)
    )
    return db.session.scalar(statement) or 0


def _rules() -> Select[Any]:
    return (
        select(
            RoutingRule.id, RoutingRule.region_code, Region.name, Topic.name, Service.name, Unit.name, Authority.name,
            RoutingRule.note, RoutingRule.rank, RoutingRule.topic_id, RoutingRule.service_id, RoutingRule.unit_id,
            RoutingRule.authority_id,
        )
        .join(Region, Region.code == RoutingRule.region_code)
        .outerjoin(Topic, Topic.id == RoutingRule.topic_id)
        .outerjoin(Service, Service.id == RoutingRule.service_id)
        .outerjoin(Unit, Unit.id == RoutingRule.unit_id)
        .outerjoin(Authority, Authority.id == RoutingRule.authority_id)
    )  # fmt: skip


def _count(table: Any) -> Any:
    return select(func.count()).select_from(table).scalar_subquery()


def _page(
    statement: Select[Any],
    columns: Sequence[Any],
    types: tuple[type, ...],
    place: Place,
    *,
    make: Callable[..., Row],
    key: Callable[[Row], tuple[str | int, ...]],
) -> Page[Row]:
    """One page in ascending order of the columns; a cursor nobody gave out stands for the first page."""
    before = read_cursor(place.before, types)
    after = read_cursor(place.after, types) if before is None else None
    if before is not None:
        statement = statement.where(tuple_(*columns) < before).order_by(*(one.desc() for one in columns))
    else:
        statement = statement.order_by(*columns)
    if after is not None:
        statement = statement.where(tuple_(*columns) > after)
    rows = [make(*row) for row in db.session.execute(statement.limit(PAGE_SIZE + 1))]
    return page_of(
        rows,
        PAGE_SIZE,
        lambda row: write_cursor(*key(row)),
        backwards=before is not None,
        has_cursor=after is not None or before is not None,
    )
