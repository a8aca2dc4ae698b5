"""Lists of tickets for anybody: visible ones only, newest first, with exactly the columns a list shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from feedback.adapters.search import found, matching
from feedback.catalogue.models import Topic
from feedback.kernel.actor import Actor
from feedback.kernel.clock import local_date
from feedback.kernel.paging import Page, page_of
from feedback.kernel.text import excerpt
from feedback.storage.base import UTCDateTime
from feedback.storage.session import db
from feedback.tickets.models import Ticket
from feedback.tickets.queries.visible import aside, facts_of_row, under, visible
from feedback.tickets.rules.grants import Grant, Sight, grants_for, sight_of
from feedback.tickets.rules.lifecycle import Clock
from feedback.tickets.rules.words import Kind, State
from feedback.units.models import Region, Unit
from feedback.units.rules import RegionLevel, region_range

PAGE_SIZE = 20
_EXCERPT = 120
_REPORTERS_CLOCKS = (Clock.COMPLETION, Clock.CONFIRMATION)
_PUBLIC = grants_for(Actor())
# So few rows are sorted in no time; with more, reading newest first meets a page of them soon.
FEW = 1000
_INSTANT = timedelta(microseconds=1)
_above = aliased(Region)


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a list; all that are set must hold. ``since`` (included) and ``until`` (excluded) are instants.

    ``text`` finds published words only; ``published`` keeps tickets whose words the public reads.
    """

    text: str = ""
    number: str | None = None
    kind: Kind | None = None
    state: State | None = None
    topic_id: int | None = None
    service_id: int | None = None
    unit_path: str | None = None
    region_code: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    reporter_id: int | None = None
    published: bool = False


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One ticket in a list. ``title`` and ``excerpt`` are None without sight of its words.

    Dates are local to the ticket's zone; there is no hour here, so that an anonymous report's is never shown.
    ``due_on`` is what an official owes next; what the reporter owes is not in lists.
    """

    number: str
    kind: Kind
    state: State
    title: str | None
    excerpt: str | None
    topic: str | None
    place: str | None
    unit: str
    unit_slug: str
    zone: str
    received_on: date
    due_on: date | None
    is_overdue: bool
    sight: Sight


@dataclass(frozen=True, slots=True)
class Bearings:
    """Where a page begins (received_at and id of the cursor's ticket), and whether the filters find few rows."""

    anchor: tuple[datetime, int] | None = None
    few: bool = False


_COLUMNS = (
    Ticket.id,
    Ticket.number,
    Ticket.kind,
    Ticket.state,
    Ticket.title,
    func.substr(Ticket.text, 1, _EXCERPT * 2).label("beginning"),
    Ticket.zone,
    Ticket.received_at,
    Ticket.due_at,
    Ticket.due_kind,
    Ticket.confidential,
    Ticket.hidden,
    Ticket.published_at,
    Ticket.reporter_id,
    Ticket.reported_person_id,
    Ticket.walled_unit_id,
    Ticket.unit_id,
    Unit.path.label("unit_path"),
    Unit.slug.label("unit_slug"),
    Unit.short_name.label("unit_name"),
    Topic.name.label("topic_name"),
    Region.name.label("region_name"),
    Region.level.label("region_level"),
    _above.name.label("region_above"),
)


def list_tickets(
    actor: Actor,
    filters: Filters,
    *,
    now: datetime,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[TicketLine]:
    """A page of the tickets this actor may see, newest first; at most two statements.

    Cursors are ticket numbers: ``after`` gives what is older than that ticket, ``before`` what is newer. A number that
    is unknown or not visible gives the first page, as does one with nothing behind it (one statement more).
    """
    grants = grants_for(actor)
    bearings = _bearings(grants, filters, after or before)
    backwards = bearings.anchor is not None and after is None
    build = list_statement if filters.text else _known_statement
    rows = db.session.execute(build(grants, filters, bearings, backwards=backwards, size=size)).all()
    if bearings.anchor is not None and not rows:
        bearings, backwards = replace(bearings, anchor=None), False
        rows = db.session.execute(build(grants, filters, bearings, backwards=False, size=size)).all()
    lines = [_line(row, grants, now) for row in rows]
    has_cursor = bearings.anchor is not None
    return page_of(lines, size, lambda line: line.number, backwards=backwards, has_cursor=has_cursor)


def list_statement(
    grants: tuple[Grant, ...], filters: Filters, bearings: Bearings, *, backwards: bool, size: int
) -> Select[Any]:
    """The one SELECT of a list: ``size + 1`` rows beyond the anchor, nearest first.

    Which index leads is said here, because neither database knows how the answer lies: one of the filters' when it
    finds few rows or keeps them in order, else the one that holds public tickets newest first.
    """
    key = (Ticket.received_at, Ticket.id)
    seen = visible(grants, Sight.WORDS if filters.text else Sight.LISTED)
    exact, wide = _exact(filters), _wide(filters)
    filter_leads = bool(exact) or (bool(wide) and bearings.few)
    if exact and filters.text and bearings.few:
        exact = [aside(and_(*exact))]
    if filter_leads or grants != _PUBLIC:
        seen = aside(seen)
    elif wide:
        wide = [aside(and_(*wide))]
    statement = (
        select(*_COLUMNS)
        .join(Unit, Unit.id == Ticket.unit_id)
        .outerjoin(Topic, Topic.id == Ticket.topic_id)
        .outerjoin(Region, Region.code == Ticket.region_code)
        .outerjoin(_above, _above.code == Region.parent_code)
        .where(seen, *exact, *wide, *_when(filters))
        .order_by(*(column.asc() if backwards else column.desc() for column in key))
        .limit(size + 1)
    )
    return statement if bearings.anchor is None else statement.where(_beyond(bearings.anchor, backwards))


# The pages that many people open are asked with the same statement, built once. What a search looks like depends on the
# database, and nearly every one is different: those are built each time.
_known_statement = lru_cache(maxsize=256)(list_statement)


def _bearings(grants: tuple[Grant, ...], filters: Filters, number: str | None) -> Bearings:
    """Where the cursor's ticket stands, for one who may see it: a cursor must not tell when a sealed one came."""
    wide = _wide(filters)
    if number is None and not wide:
        return Bearings()
    others = [*_exact(filters), *_wide(replace(filters, text=""))]
    counted = select(Ticket.id).limit(FEW + 1)
    if filters.text:
        hits = found(filters.text).subquery()
        counted = counted.join(hits, hits.c.id == Ticket.id).where(*map(aside, others))
    else:
        counted = counted.where(*others)
    known = (Ticket.number == number, visible(grants))
    row = db.session.execute(
        select(
            select(func.count()).select_from(counted.subquery()).scalar_subquery() if wide else literal(0),
            select(Ticket.received_at).where(*known).scalar_subquery(),
            select(Ticket.id).where(*known).scalar_subquery(),
        )
    ).one()
    return Bearings(None if row[1] is None else (row[1], row[2]), row[0] <= FEW)


def _beyond(anchor: tuple[datetime, int], backwards: bool) -> ColumnElement[bool]:
    at, ticket_id = literal(anchor[0], UTCDateTime()), anchor[1]
    if backwards:
        return and_(Ticket.received_at >= at, or_(Ticket.received_at > at, Ticket.id > ticket_id))
    return and_(Ticket.received_at <= at, or_(Ticket.received_at < at, Ticket.id < ticket_id))


def _exact(filters: Filters) -> list[ColumnElement[bool]]:
    """Filters that an index answers in the order of the list."""
    exact = {
        Ticket.number: filters.number,
        Ticket.kind: filters.kind,
        Ticket.state: filters.state,
        Ticket.topic_id: filters.topic_id,
        Ticket.service_id: filters.service_id,
        Ticket.reporter_id: filters.reporter_id,
    }
    return [column == value for column, value in exact.items() if value is not None]


def _wide(filters: Filters) -> list[ColumnElement[bool]]:
    """Filters whose rows have to be sorted: subtrees and words."""
    clauses: list[ColumnElement[bool]] = []
    if filters.unit_path is not None:
        clauses.append(under(Ticket.unit_id, filters.unit_path))
    if filters.region_code is not None:
        low, high = region_range(filters.region_code)
        clauses += [Ticket.region_code >= low, Ticket.region_code < high]
    if filters.text:
        clauses.append(matching(filters.text, Ticket.id))
    return clauses


def _when(filters: Filters) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if filters.since is not None:
        clauses.append(Ticket.received_at >= filters.since)
    if filters.until is not None:
        clauses.append(Ticket.received_at < filters.until)
    if filters.published:
        clauses.append(Ticket.published_at.is_not(None))
    return clauses


def _line(row: Row[Any], grants: tuple[Grant, ...], now: datetime) -> TicketLine:
    sight = sight_of(grants, facts_of_row(row))
    words = sight >= Sight.WORDS
    owed = row.due_at is not None and row.due_kind not in _REPORTERS_CLOCKS
    return TicketLine(
        number=row.number,
        kind=Kind(row.kind),
        state=State(row.state),
        title=row.title if words else None,
        excerpt=excerpt(row.beginning, _EXCERPT) if words else None,
        topic=row.topic_name,
        place=_place(row),
        unit=row.unit_name,
        unit_slug=row.unit_slug,
        zone=row.zone,
        received_on=local_date(row.received_at, row.zone),
        # A deadline is the midnight that ends its date.
        due_on=local_date(row.due_at - _INSTANT, row.zone) if owed else None,
        is_overdue=owed and row.due_at <= now,
        sight=sight,
    )


def _place(row: Row[Any]) -> str | None:
    local = row.region_level in (RegionLevel.VILLAGE, RegionLevel.DISTRICT)
    return f"{row.region_name}, {row.region_above}" if local and row.region_above else row.region_name
