"""The rows behind a number, a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, literal, select, tuple_
from sqlalchemy.orm import aliased

from feedback.clocks.models import Clock
from feedback.clocks.rules.policy import ClockKind
from feedback.insight.queries.board import how_many
from feedback.insight.queries.cohort import Way, cohort, condition, holder, minutes_of, open_tickets
from feedback.insight.queries.slow import Slow, count_slow, slow_tenth
from feedback.insight.rules.held import Held, Hold, held_by_unit
from feedback.insight.rules.measures import OPEN_NOW, SLOW, Measure
from feedback.insight.rules.scope import Scope
from feedback.kernel.actor import Actor
from feedback.kernel.clock import local_date
from feedback.kernel.paging import Page, page_of, read_cursor, write_cursor
from feedback.kernel.text import excerpt
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle
from feedback.tickets.rules.grants import Grant, Sight, TicketFacts, grants_for, sight_of
from feedback.tickets.rules.words import State
from feedback.units.models import Unit

PAGE = 50
EXPORT_PAGE = 1000
EXCERPT = 110
_READ = 400  # more than an excerpt needs, so that long texts stay in the database
_unit, _place = aliased(Unit), aliased(Unit)


@dataclass(frozen=True, slots=True)
class Line:
    """One round of a ticket; ``words`` None: not for this reader.

    Minutes are working time of the unit, seconds simply passed. An anonymous ticket has neither: beside the public
    minute of its reply they would tell its hour (SECURITY.md section 6).
    """

    number: str
    words: str | None
    state: State
    is_open: bool
    round: int
    rounds: int
    unit_slug: str
    unit_name: str
    zone: str
    received_at: datetime
    answered_at: datetime | None
    first_response_minutes: int | None
    first_response_seconds: int | None
    resolution_minutes: int | None
    resolution_seconds: int | None
    on_time: bool | None
    due_at: datetime | None
    due_kind: str | None
    held: tuple[Held, ...]
    cursor: str

    @property
    def due_date(self) -> date | None:
        """The last local date in time: a deadline is the midnight that ends it."""
        return local_date(self.due_at - timedelta(microseconds=1), self.zone) if self.due_at else None


@dataclass(frozen=True, slots=True)
class Behind:
    """How many rows a number stands for, the page asked for, and for slow ones the working minutes they exceed."""

    total: int
    limit: float | None
    page: Page[Line]


@dataclass(frozen=True, slots=True)
class _Order:
    key: Any
    id: Any
    descending: bool
    is_time: bool

    def read(self, cursor: str | None) -> tuple[Any, int] | None:
        values = read_cursor(cursor, (str if self.is_time else int, int))
        if values is None:
            return None
        key, id_ = values
        try:
            at = datetime.fromisoformat(str(key)) if self.is_time else key
        except ValueError:
            return None
        return None if isinstance(at, datetime) and at.tzinfo is None else (at, int(id_))

    def write(self, key: Any, id_: int) -> str:
        return write_cursor(key.isoformat() if isinstance(key, datetime) else key, id_)


@dataclass(frozen=True, slots=True)
class Question:
    """A measure of a scope for an actor; ``slow``: what slowness means there, worked out once."""

    measure: Measure
    scope: Scope
    actor: Actor
    slow: Slow | None


def question(measure: Measure, scope: Scope, actor: Actor) -> Question:
    """The question behind a number; a measure of slowness has its limit worked out from the figures."""
    return Question(measure, scope, actor, slow_tenth(measure, scope, actor) if measure in SLOW else None)


def behind(asked: Question, *, after: str | None = None, before: str | None = None) -> Behind:
    """One page of the rows behind a number, and how many there are in all."""
    if asked.slow is None:
        total, limit = how_many(asked.measure, asked.scope, asked.actor), None
    else:
        total, limit = count_slow(asked.slow, asked.scope, asked.actor), asked.slow.limit
    return Behind(total, limit, _page(asked, after=after, before=before, size=PAGE))


def all_lines(asked: Question) -> Iterator[Line]:
    """Every row behind a number, fetched in portions, for an export."""
    after = None
    while True:
        page = _page(asked, after=after, before=None, size=EXPORT_PAGE)
        yield from page.rows
        after = page.next
        if after is None:
            return


def _order(measure: Measure) -> _Order:
    if measure in OPEN_NOW:
        return _Order(Ticket.received_at, Ticket.id, descending=False, is_time=True)
    if measure in SLOW:
        return _Order(minutes_of(measure), TicketCycle.id, descending=True, is_time=False)
    return _Order(TicketCycle.started_at, TicketCycle.id, descending=True, is_time=True)


def _page(asked: Question, *, after: str | None, before: str | None, size: int) -> Page[Line]:
    order = _order(asked.measure)
    here, backwards = order.read(after), False
    if here is None:
        here = order.read(before)
        backwards = here is not None
    statement = _rows(asked, order)
    falling = order.descending != backwards
    if here is not None:
        place, last = tuple_(order.key, order.id), tuple_(literal(here[0], order.key.type), literal(here[1]))
        statement = statement.where(place < last if falling else place > last)
    sorting = (order.key.desc(), order.id.desc()) if falling else (order.key, order.id)
    rows = db.session.execute(statement.order_by(*sorting).limit(size + 1)).all()
    held = holds_of({row.ticket_id for row in rows})
    grants = grants_for(asked.actor)
    lines = [_line(row, held, grants, order) for row in rows]
    return page_of(lines, size, lambda line: line.cursor, backwards=backwards, has_cursor=here is not None)


def _rows(asked: Question, order: _Order) -> Select[Any]:
    measure, scope, actor = asked.measure, asked.scope, asked.actor
    columns = select(
        Ticket.id.label("ticket_id"), Ticket.number, Ticket.anonymous, Ticket.title,
        func.substr(Ticket.text, 1, _READ).label("text"),
        Ticket.state, Ticket.is_open, Ticket.cycle, Ticket.received_at, Ticket.due_at, Ticket.due_kind,
        Ticket.confidential, Ticket.hidden, Ticket.published_at.is_not(None).label("published"), Ticket.reporter_id,
        Ticket.reported_person_id, Ticket.walled_unit_id, Ticket.unit_id, _place.path,
        TicketCycle.number.label("round"),
        TicketCycle.started_at, TicketCycle.answered_at, TicketCycle.first_response_minutes,
        TicketCycle.first_response_seconds, TicketCycle.resolution_minutes, TicketCycle.resolution_seconds,
        TicketCycle.on_time, _unit.slug, _unit.name, _unit.zone,
        order.key.label("order_key"), order.id.label("order_id"),
    )  # fmt: skip
    if measure in OPEN_NOW:
        current = (TicketCycle.ticket_id == Ticket.id) & (TicketCycle.number == Ticket.cycle)
        joined = columns.select_from(Ticket).outerjoin(TicketCycle, current).join(_unit, _unit.id == Ticket.unit_id)
        wanted = open_tickets(scope, actor) & condition(measure, scope)
    else:
        rounds = columns.select_from(TicketCycle).join(Ticket, Ticket.id == TicketCycle.ticket_id)
        joined = rounds.join(_unit, _unit.id == holder)
        slow = asked.slow
        way, chosen = (Way.TIME, condition(measure, scope)) if slow is None else (slow.way, slow.condition)
        wanted = cohort(scope, actor, way) & chosen
    return joined.join(_place, _place.id == Ticket.unit_id).where(wanted)


def _line(row: Row[Any], held: dict[tuple[int, int], list[Hold]], grants: tuple[Grant, ...], order: _Order) -> Line:
    facts = TicketFacts(
        row.ticket_id, row.unit_id, row.path, row.confidential, row.hidden, row.published, row.reporter_id,
        row.reported_person_id, row.walled_unit_id,
    )  # fmt: skip
    # That a ticket exists may be known to more people than what it says.
    words = excerpt(row.title or row.text, EXCERPT) if sight_of(grants, facts) >= Sight.WORDS else None
    number = row.round or row.cycle
    return Line(
        number=row.number,
        words=words,
        state=State(row.state),
        is_open=row.is_open,
        round=number,
        rounds=row.cycle,
        unit_slug=row.slug,
        unit_name=row.name,
        zone=row.zone,
        received_at=row.started_at or row.received_at,
        answered_at=row.answered_at,
        first_response_minutes=None if row.anonymous else row.first_response_minutes,
        first_response_seconds=None if row.anonymous else row.first_response_seconds,
        resolution_minutes=None if row.anonymous else row.resolution_minutes,
        resolution_seconds=None if row.anonymous else row.resolution_seconds,
        on_time=row.on_time,
        due_at=row.due_at,
        due_kind=row.due_kind,
        held=held_by_unit(held.get((row.ticket_id, number), ())),
        cursor=order.write(row.order_key, row.order_id),
    )


def holds_of(ticket_ids: Collection[int]) -> dict[tuple[int, int], list[Hold]]:
    """The holding clocks of tickets by (ticket id, round), in the order they began; one statement."""
    if not ticket_ids:
        return {}
    rows = db.session.execute(
        select(
            Clock.ticket_id, Clock.cycle, Clock.unit_id, Unit.slug, Unit.name, Clock.started_at, Clock.stopped_at,
            Clock.used_minutes, Clock.elapsed_seconds,
        )
        .join(Unit, Unit.id == Clock.unit_id)
        .where(Clock.ticket_id.in_(sorted(ticket_ids)), Clock.kind == ClockKind.HOLDING)
        .order_by(Clock.ticket_id, Clock.started_at, Clock.id)
    )  # fmt: skip
    found: dict[tuple[int, int], list[Hold]] = {}
    for ticket_id, cycle, *rest in rows:
        found.setdefault((ticket_id, cycle), []).append(Hold(*rest))
    return found
