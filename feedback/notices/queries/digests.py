"""What digests say: an officer's tickets of the day, a supervisor's units in the week. Rights are those of today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select

from feedback.catalogue.models import Topic
from feedback.clocks.queries import calendar_of_unit
from feedback.clocks.rules.calendar import Calendar
from feedback.kernel.actor import Actor
from feedback.kernel.clock import local_date
from feedback.kernel.permissions import Role
from feedback.notices.models import DigestRound
from feedback.notices.rules.digests import NAMED, READERS, DigestKind, Why, next_working_day, reasons
from feedback.people.models import MembershipRow
from feedback.people.queries import seats_at
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle
from feedback.tickets.queries.visible import under, visible
from feedback.tickets.rules.grants import Sight, grants_for
from feedback.tickets.rules.words import AT_UNIT, State
from feedback.units.models import Unit

_OURS = Ticket.state.in_([State.RECEIVED, *sorted(AT_UNIT)])


@dataclass(frozen=True, slots=True)
class UnitDue:
    """A unit whose people's digests of a day (or week) were not dealt with yet."""

    unit_id: int
    path: str
    day: date


@dataclass(frozen=True, slots=True)
class DigestLine:
    """A ticket in a digest and why it is there; ``topic`` is empty for an anonymous or confidential one."""

    number: str
    why: tuple[Why, ...]
    due_date: date | None
    topic: str


@dataclass(frozen=True, slots=True)
class Digest:
    """An officer's day: the most pressing tickets, and how many more there are."""

    lines: tuple[DigestLine, ...]
    more: int
    zone: str


@dataclass(frozen=True, slots=True)
class WeekLine:
    """A unit's week: what came in, what was answered, and how it stands now."""

    unit: str
    received: int
    answered: int
    overdue: int
    oldest: date | None


def units_due(kind: DigestKind, zone: str, day: date, limit: int) -> list[UnitDue]:
    """Units of a zone with people who read such digests, without a round for that day."""
    dealt = select(DigestRound.unit_id).where(
        DigestRound.unit_id == Unit.id, DigestRound.kind == kind, DigestRound.day == day
    )
    held = select(MembershipRow.id).where(MembershipRow.unit_id == Unit.id, MembershipRow.role.in_(READERS[kind]))
    statement = (
        select(Unit.id, Unit.path)
        .where(Unit.zone == zone, held.exists(), ~dealt.exists())
        .order_by(Unit.path)
        .limit(limit)
    )
    return [UnitDue(unit_id, path, day) for unit_id, path in db.session.execute(statement)]


def readers_at(unit: UnitDue, kind: DigestKind, on: date) -> list[int]:
    """Whoever works at a unit on a date and reads such digests, deputies in the place of the absent."""
    seats = (seat.on(on) for seat in seats_at(unit.path, READERS[kind], on) if seat.unit_id == unit.unit_id)
    return list(dict.fromkeys(sits[0] for sits in seats if sits is not None and sits[1]))


def officer_digest(actor: Actor, unit_id: int, now: datetime) -> Digest:
    """The tickets somebody has to look at today, most pressing first; "tomorrow" is their unit's next working day."""
    calendar = calendar_of_unit(unit_id, now).calendar
    today = calendar.local_date(now)
    ends = _ends(calendar, today), _ends(calendar, next_working_day(calendar, today))
    pressing = or_(
        Ticket.due_at <= ends[1],
        Ticket.state == State.DISPUTED,
        and_(Ticket.state == State.RECEIVED, Ticket.returned_at.is_not(None)),
    )
    chosen = _desk_of(actor), pressing
    columns = select(
        Ticket.number, Ticket.due_at, Ticket.zone, Ticket.state, Ticket.returned_at, Ticket.anonymous,
        Ticket.confidential, Topic.name.label("topic"),
    ).outerjoin(Topic, Topic.id == Ticket.topic_id)  # fmt: skip
    rows = db.session.execute(columns.where(*chosen).order_by(Ticket.due_at, Ticket.id).limit(NAMED)).all()
    total = db.session.scalar(select(func.count()).select_from(Ticket).where(*chosen)) or 0
    lines = tuple(_line(row, now, ends) for row in rows)
    return Digest(lines, total - len(lines), calendar.zone.key)


def _ends(calendar: Calendar, day: date) -> datetime:
    return calendar.closing_midnight(day)


def _desk_of(actor: Actor) -> ColumnElement[bool]:
    """What somebody holds or could take at their own units: the earlier answerer of a dispute decides nothing."""
    places = {role: [one.unit_id for one in actor.memberships if one.role is role] for role in Role}
    in_whose_place = [one.acting_for for one in actor.memberships if one.acting_for is not None]
    free = and_(
        Ticket.officer_id.is_(None),
        Ticket.state.in_(sorted(AT_UNIT)),
        Ticket.excluded_person_id.is_distinct_from(actor.person_id),
    )
    mine = or_(
        Ticket.officer_id.in_([actor.person_id, *in_whose_place]),
        and_(free, Ticket.unit_id.in_(places[Role.OFFICER])),
        and_(Ticket.state == State.RECEIVED, Ticket.unit_id.in_(places[Role.COORDINATOR])),
    )
    return and_(Ticket.is_open, _OURS, mine, visible(grants_for(actor), Sight.WHOLE))


def _line(row: Any, now: datetime, ends: tuple[datetime, datetime]) -> DigestLine:
    why = reasons(
        due_at=row.due_at,
        now=now,
        today_ends=ends[0],
        tomorrow_ends=ends[1],
        disputed=row.state == State.DISPUTED,
        returned=row.state == State.RECEIVED and row.returned_at is not None,
    )
    sealed = row.anonymous or row.confidential
    # Due instants are exclusive midnights: the last moment of the day is what people read.
    due_date = local_date(row.due_at - timedelta(microseconds=1), row.zone) if row.due_at else None
    return DigestLine(row.number, why, due_date, "" if sealed else row.topic or "")


def supervisor_week(actor: Actor, zone: str, monday: date, now: datetime) -> tuple[WeekLine, ...]:
    """Every unit of a supervisor with something in the seven days before ``monday`` or still open, by name."""
    start, end = _midnight(monday - timedelta(days=7), zone), _midnight(monday, zone)
    paths = actor.paths(Role.SUPERVISOR)
    if not paths:
        return ()
    ours = or_(*(under(Ticket.unit_id, path) for path in paths)), visible(grants_for(actor), Sight.WHOLE)
    received = _counts(
        select(Ticket.unit_id, func.count()).where(*ours, Ticket.received_at >= start, Ticket.received_at < end)
    )
    answered = _counts(
        select(Ticket.unit_id, func.count())
        .join(TicketCycle, TicketCycle.ticket_id == Ticket.id)
        .where(*ours, TicketCycle.answered_at >= start, TicketCycle.answered_at < end)
    )
    waiting = *ours, Ticket.is_open, _OURS
    overdue = _counts(select(Ticket.unit_id, func.count()).where(*waiting, Ticket.due_at <= now))
    oldest = _counts(select(Ticket.unit_id, func.min(Ticket.received_at)).where(*waiting))
    found = received.keys() | answered.keys() | oldest.keys()
    named = db.session.execute(select(Unit.id, Unit.name, Unit.zone).where(Unit.id.in_(found)).order_by(Unit.name))
    return tuple(
        WeekLine(
            unit=row.name,
            received=received.get(row.id, 0),
            answered=answered.get(row.id, 0),
            overdue=overdue.get(row.id, 0),
            oldest=local_date(oldest[row.id], row.zone) if row.id in oldest else None,
        )
        for row in named
    )


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def _counts(statement: Any) -> dict[int, Any]:
    return dict(db.session.execute(statement.group_by(Ticket.unit_id)).tuples().all())
