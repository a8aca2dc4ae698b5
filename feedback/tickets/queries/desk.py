"""The desk: tiles with live counts and the queue of a unit, sorted by what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, func, or_, select

from feedback.catalogue.models import Topic
from feedback.kernel.actor import Actor
from feedback.kernel.paging import Page, page_of, read_cursor, write_cursor
from feedback.kernel.permissions import Role
from feedback.kernel.text import excerpt
from feedback.people.models import Person
from feedback.storage.base import UTCDateTime
from feedback.storage.session import db
from feedback.tickets.models import Ticket
from feedback.tickets.queries.visible import aside, under, visible
from feedback.tickets.rules.grants import Sight, grants_for
from feedback.tickets.rules.words import AT_UNIT, Kind, State
from feedback.units.models import Region, Unit

DESK_ROLES = (Role.OFFICER, Role.COORDINATOR, Role.SUPERVISOR)
PAGE_SIZE = 50
DUE_SOON_DAYS = 3
_NEVER = datetime(9999, 1, 1, tzinfo=ZoneInfo("UTC"))


class Queue(StrEnum):
    """Which part of the desk: the name is the word in the address."""

    TO_VERIFY = "verifikasi"
    RETURNED = "dikembalikan"
    MINE = "saya"
    NOBODY = "tanpa-petugas"
    UNIT = "unit"
    DUE_TODAY = "hari-ini"
    DUE_SOON = "segera"
    OVERDUE = "lewat"
    WAITING = "menunggu-pelapor"
    DISPUTED = "disanggah"
    MASKING = "penyamaran"


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One row of the queue; ``is_overdue`` only when the administration is late, not the reporter."""

    number: str
    kind: Kind
    state: State
    excerpt: str
    topic: str | None
    place: str | None
    unit: str
    officer: str | None
    received_at: datetime
    coarse: bool
    zone: str
    due_at: datetime | None
    is_overdue: bool
    confidential: bool
    doubtful: bool


def desk_zone(actor: Actor) -> str:
    """The zone of the desk: that of the actor's first unit."""
    ids = [one.unit_id for one in actor.memberships if one.role in DESK_ROLES]
    return db.session.scalar(select(Unit.zone).where(Unit.id.in_(ids)).order_by(Unit.path).limit(1)) or "Asia/Jakarta"


def instants(now: datetime, zone: str) -> dict[str, datetime]:
    """Now, and the instants at which today and the third day from now end, seen from the desk's zone."""
    today = now.astimezone(ZoneInfo(zone)).date()

    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(zone))

    tomorrow = today + timedelta(days=1)
    return {"now": now, "end_of_day": midnight(tomorrow), "soon": midnight(tomorrow + timedelta(days=DUE_SOON_DAYS))}


_OURS = Ticket.state.in_([State.RECEIVED, *sorted(AT_UNIT)])
_NOW, _END_OF_DAY, _SOON = (bindparam(name, type_=UTCDateTime()) for name in ("now", "end_of_day", "soon"))


def _condition(queue: Queue, actor: Actor) -> ColumnElement[bool]:
    conditions: dict[Queue, ColumnElement[bool]] = {
        Queue.TO_VERIFY: Ticket.state == State.RECEIVED,
        Queue.RETURNED: and_(Ticket.state == State.RECEIVED, Ticket.returned_at.is_not(None)),
        Queue.MINE: and_(_OURS, Ticket.officer_id.in_(_in_whose_place(actor))),
        Queue.NOBODY: and_(Ticket.state.in_(sorted(AT_UNIT)), Ticket.officer_id.is_(None)),
        Queue.UNIT: _OURS,
        # Due instants are exclusive midnights: what is due today ends at or before the end of today.
        Queue.DUE_TODAY: and_(_OURS, Ticket.due_at > _NOW, Ticket.due_at <= _END_OF_DAY),
        Queue.DUE_SOON: and_(_OURS, Ticket.due_at > _NOW, Ticket.due_at <= _SOON),
        Queue.OVERDUE: and_(_OURS, Ticket.due_at <= _NOW),
        Queue.WAITING: Ticket.state.in_([State.INCOMPLETE, State.ANSWERED]),
        Queue.DISPUTED: Ticket.state == State.DISPUTED,
        Queue.MASKING: Ticket.masking_asked_at.is_not(None),
    }
    return conditions[queue]


def _in_whose_place(actor: Actor) -> tuple[int | None, ...]:
    """The actor, and the absent people in whose place the actor works."""
    return (actor.person_id, *sorted({one.acting_for for one in actor.memberships if one.acting_for is not None}))


def _at_desk(actor: Actor, path: str | None, queue: Queue | None = None) -> ColumnElement[bool]:
    """Open tickets of the subtrees this actor works in, or of one part of them, as far as the grants reach.

    The units lead, whatever else is asked: their open tickets are few and stand together in one index.
    """
    paths = actor.paths(*DESK_ROLES)
    if path is not None:
        paths = tuple([path] if any(path.startswith(one) for one in paths) else [])
    inside = or_(*(under(Ticket.unit_id, one) for one in paths)) if paths else Ticket.id.in_([])
    # A finished report, too, may hold words that somebody wants masked.
    wanted = Ticket.masking_asked_at.is_not(None) if queue is Queue.MASKING else Ticket.is_open
    return and_(inside, wanted, aside(visible(grants_for(actor), Sight.WHOLE)))


def desk_tiles(actor: Actor, now: datetime, zone: str, path: str | None = None) -> dict[Queue, int]:
    """Every tile's count in one statement."""
    row = db.session.execute(tiles_statement(actor, path), instants(now, zone)).one()
    return {queue: int(row._mapping[queue.name]) for queue in Queue}


@lru_cache(maxsize=256)
def tiles_statement(actor: Actor, path: str | None) -> Select[Any]:
    """The counts of an actor's desk, read from the index of open tickets alone; built once for each actor."""
    counts = [func.count().filter(_condition(one, actor)).label(one.name) for one in Queue if one is not Queue.MASKING]
    asked = select(func.count()).select_from(Ticket).where(_at_desk(actor, path, Queue.MASKING)).correlate(None)
    counted = select(*counts, asked.scalar_subquery().label(Queue.MASKING.name))
    return counted.select_from(Ticket).where(_at_desk(actor, path))


def desk_queue(
    actor: Actor,
    queue: Queue,
    now: datetime,
    zone: str,
    *,
    path: str | None = None,
    after: str | None = None,
    before: str | None = None,
) -> Page[DeskLine]:
    """A page of one queue, most urgent first; rows without a due date come last."""
    cursor, backwards = (read_cursor(before, (str, int)), True) if before else (read_cursor(after, (str, int)), False)
    given: dict[str, Any] = instants(now, zone)
    if cursor is not None:
        given |= {"instant": _instant(str(cursor[0])), "last": int(cursor[1])}
    statement = queue_statement(actor, queue, path, backwards=backwards, has_cursor=cursor is not None)
    rows = db.session.execute(statement, given).all()
    page = page_of(
        rows,
        PAGE_SIZE,
        lambda row: write_cursor((row.due_at or _NEVER).isoformat(), row.id),
        backwards=backwards,
        has_cursor=cursor is not None,
    )
    return Page(tuple(_line(row, now) for row in page.rows), page.next, page.previous)


@lru_cache(maxsize=1024)
def queue_statement(actor: Actor, queue: Queue, path: str | None, *, backwards: bool, has_cursor: bool) -> Select[Any]:
    """One page of a queue: first which tickets, from the index of open ones, then what the page shows of those."""
    key = func.coalesce(Ticket.due_at, _NEVER)
    chosen = select(Ticket.id, key.label("key")).where(_at_desk(actor, path, queue), aside(_condition(queue, actor)))
    if has_cursor:
        instant, last = bindparam("instant", type_=UTCDateTime()), bindparam("last", type_=Integer)
        later = or_(key > instant, and_(key == instant, Ticket.id > last))
        earlier = or_(key < instant, and_(key == instant, Ticket.id < last))
        chosen = chosen.where(earlier if backwards else later)
    nearest = chosen.order_by(*((key.desc(), Ticket.id.desc()) if backwards else (key, Ticket.id)))
    found = nearest.limit(PAGE_SIZE + 1).subquery()
    order = (found.c.key.desc(), found.c.id.desc()) if backwards else (found.c.key, found.c.id)
    lines: Select[Any] = _lines().join(found, found.c.id == Ticket.id).order_by(*order)
    return lines


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _NEVER
    return found if found.tzinfo else _NEVER


def _lines() -> Any:
    return (
        select(
            Ticket.id, Ticket.number, Ticket.kind, Ticket.state, Ticket.title,
            func.substr(Ticket.text, 1, 300).label("text"),
            Topic.name.label("topic"), Region.name.label("place"), Unit.short_name.label("unit"),
            Person.name.label("officer"), Ticket.received_at, Ticket.anonymous, Ticket.zone, Ticket.due_at,
            Ticket.confidential, ((Ticket.doubts != "") | Ticket.twin_id.is_not(None)).label("doubtful"),
        )
        .join(Unit, Unit.id == Ticket.unit_id)
        .outerjoin(Topic, Topic.id == Ticket.topic_id)
        .outerjoin(Region, Region.code == Ticket.region_code)
        .outerjoin(Person, Person.id == Ticket.officer_id)
    )  # fmt: skip


def _line(row: Any, now: datetime) -> DeskLine:
    state = State(row.state)
    owed_by_us = state is State.RECEIVED or state in AT_UNIT
    return DeskLine(
        number=row.number,
        kind=Kind(row.kind),
        state=state,
        excerpt=row.title or excerpt(row.text, 140),
        topic=row.topic,
        place=row.place,
        unit=row.unit,
        officer=row.officer,
        received_at=row.received_at,
        coarse=row.anonymous or row.confidential,
        zone=row.zone,
        due_at=row.due_at,
        is_overdue=bool(owed_by_us and row.due_at and row.due_at <= now),
        confidential=row.confidential,
        doubtful=bool(row.doubtful),
    )
