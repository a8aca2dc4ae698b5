"""Clocks that reach a level of the ladder, who is to be told, and escalations that nobody answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from feedback.clocks.models import Clock
from feedback.clocks.queries import calendar_of_unit
from feedback.clocks.queries.counted import Counted, load
from feedback.clocks.rules.due import Amount
from feedback.clocks.rules.policy import ClockKind
from feedback.clocks.rules.timeline import Move
from feedback.clocks.rules.words import ClockState
from feedback.kernel.actor import Actor
from feedback.kernel.permissions import Role
from feedback.notices.models import EscalationWatch, LadderLevel
from feedback.notices.rules.hours import next_open
from feedback.notices.rules.ladder import ESCALATED, Late, Rung, Seat, Step
from feedback.notices.rules.moments import Course
from feedback.people.queries import people_within, seats_at
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.queries.visible import under, visible
from feedback.tickets.rules.grants import Sight, grants_for
from feedback.tickets.rules.words import Channel, MoveName
from feedback.units.models import Unit
from feedback.units.rules import path_ids

_SEATS = (Role.OFFICER, Role.COORDINATOR, Role.SUPERVISOR, Role.INSPECTOR)
# What an official does about an escalation: instruct, or speak to the reporter.
_ANSWERS = (MoveName.INSTRUCT, MoveName.INTERIM_REPLY, MoveName.ANSWER, MoveName.REVIEW_ANSWER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A running clock whose next level is due, with its ticket; ``done`` is the highest level dealt with."""

    clock_id: int
    kind: ClockKind
    done: int
    ticket_id: int
    number: str
    unit_path: str
    was_imported: bool
    created_at: datetime
    late: Late


@dataclass(frozen=True, slots=True)
class SeatTime:
    """Who may be told, and the first minute of their working hours."""

    seat: Seat
    send_at: datetime


@dataclass(frozen=True, slots=True)
class EscalatedRow:
    """A ticket that was escalated and not answered since."""

    ticket_id: int
    number: str
    unit_id: int
    escalated_at: datetime


def ladder_exists() -> bool:
    """Whether a ladder was ever written."""
    return db.session.scalar(select(LadderLevel.id).limit(1)) is not None


def ladder_on(day: date) -> tuple[Step, ...]:
    """The ladder in force on a date, from the first level on."""
    level = LadderLevel
    rows = db.session.execute(
        select(level.number, level.percent, level.audience)
        .where(level.valid_from <= day, or_(level.valid_to.is_(None), level.valid_to >= day))
        .order_by(level.number, level.id)
    )
    return tuple(Step(number, percent, Rung(audience)) for number, percent, audience in rows)


def unwatched(limit: int) -> list[int]:
    """Running clocks of open tickets whose next level was never counted, or with another deadline than now."""
    watch = EscalationWatch
    statement = (
        select(Clock.id)
        .join(Ticket, Ticket.id == Clock.ticket_id)
        .outerjoin(watch, watch.clock_id == Clock.id)
        .where(
            Clock.state == ClockState.RUNNING,
            Clock.kind.in_(sorted(ESCALATED)),
            Clock.due_at.is_not(None),
            Ticket.is_open,
            Clock.due_at.is_distinct_from(watch.due_at),
        )
        .order_by(Clock.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def courses(clock_ids: Collection[int]) -> dict[int, Course]:
    """What these clocks are counted by; those without a deadline are left out."""
    found = (_course(counted) for counted in load(Clock.id.in_(clock_ids), lock=False))
    return {clock_id: course for clock_id, course in found if course is not None}


def _course(counted: Counted) -> tuple[int, Course | None]:
    clock, amount = counted.clock, counted.rule.amount
    if amount is None or clock.due_at is None:
        return clock.id, None
    return clock.id, Course(
        start=clock.started_at,
        amount=Amount(amount.number + clock.extension, amount.unit),
        due_at=clock.due_at,
        calendar=counted.start_calendar.calendar,
        moves=tuple(Move(at, stored.calendar) for at, stored in counted.moves),
        pauses=counted.pauses,
    )


def reached(now: datetime, limit: int) -> list[Reached]:
    """Clocks of open tickets that reached a level, the earliest first."""
    watch = EscalationWatch
    statement = (
        select(
            Clock.id, Clock.kind, watch.level, Clock.ticket_id, Ticket.number, Unit.path, Ticket.channel,
            Ticket.created_at, Ticket.confidential, Ticket.officer_id, Ticket.reported_person_id,
            Ticket.excluded_person_id, Ticket.walled_unit_id,
        )
        .join(Clock, Clock.id == watch.clock_id)
        .join(Ticket, Ticket.id == Clock.ticket_id)
        .join(Unit, Unit.id == Ticket.unit_id)
        .where(watch.look_at <= now, Clock.state == ClockState.RUNNING, Clock.due_at == watch.due_at, Ticket.is_open)
        .order_by(watch.look_at, watch.clock_id)
        .limit(limit)
    )  # fmt: skip
    return [
        Reached(
            clock_id=row.id,
            kind=ClockKind(row.kind),
            done=row.level,
            ticket_id=row.ticket_id,
            number=row.number,
            unit_path=row.path,
            was_imported=row.channel == Channel.IMPORT,
            created_at=row.created_at,
            late=Late(
                levels=tuple(reversed(path_ids(row.path))),
                confidential=row.confidential,
                officer_id=row.officer_id,
                reported_person_id=row.reported_person_id,
                excluded_person_id=row.excluded_person_id,
                walled=people_within(row.walled_unit_id, now.date()),
            ),
        )
        for row in db.session.execute(statement)
    ]


def seat_times(unit_path: str, now: datetime) -> list[SeatTime]:
    """Everybody who may be told about a ticket of a unit, as they work when their office is next open."""
    opens: dict[int, tuple[datetime, date]] = {}
    found: list[SeatTime] = []
    for held in seats_at(unit_path, _SEATS, now.date()):
        if held.unit_id not in opens:
            calendar = calendar_of_unit(held.unit_id, now).calendar
            send_at = next_open(calendar, now)
            opens[held.unit_id] = send_at, calendar.local_date(send_at)
        send_at, day = opens[held.unit_id]
        sits = held.on(day)
        if sits is not None:
            seat = Seat(sits[0], held.role, held.unit_id, held.holder_id, sits[1])
            found.append(SeatTime(seat, send_at))
    return found


def unit_names(ids: Sequence[int]) -> dict[int, str]:
    """Short names of units by id."""
    return dict(db.session.execute(select(Unit.id, Unit.short_name).where(Unit.id.in_(ids))).tuples().all())


def escalation_event(ticket_id: int) -> int:
    """The id of the newest escalation of a ticket that has one."""
    newest = select(TicketEvent.id).where(TicketEvent.ticket_id == ticket_id, TicketEvent.move == MoveName.ESCALATE)
    return db.session.scalars(newest.order_by(TicketEvent.id.desc()).limit(1)).one()


def unanswered_escalation() -> ColumnElement[bool]:
    """A condition on tickets: open, escalated, and since then neither instructed about nor answered in any way."""
    event, later = aliased(TicketEvent), aliased(TicketEvent)
    answered = exists().where(later.ticket_id == event.ticket_id, later.id > event.id, later.move.in_(_ANSWERS))
    escalated = exists().where(event.ticket_id == Ticket.id, event.move == MoveName.ESCALATE, ~answered)
    return and_(Ticket.is_open, escalated)


def escalated_without_answer(actor: Actor) -> tuple[EscalatedRow, ...]:
    """Escalated tickets without an answer in the subtrees of a supervisor or inspector, the oldest first."""
    paths = actor.paths(Role.SUPERVISOR, Role.INSPECTOR)
    if not paths:
        return ()
    first = (
        select(TicketEvent.at)
        .where(TicketEvent.ticket_id == Ticket.id, TicketEvent.move == MoveName.ESCALATE)
        .order_by(TicketEvent.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = select(Ticket.id, Ticket.number, Ticket.unit_id, first.label("at")).where(
        or_(*(under(Ticket.unit_id, path) for path in paths)),
        visible(grants_for(actor), Sight.WHOLE),
        unanswered_escalation(),
    )
    rows = [EscalatedRow(*row) for row in db.session.execute(statement)]
    return tuple(sorted(rows, key=lambda row: (row.escalated_at, row.ticket_id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class LateClock:
    """A clock as the letter about it speaks of it."""

    kind: ClockKind
    is_running: bool
    due_at: datetime | None
    due_date: date | None
    zone: str


def late_clock(clock_id: int) -> LateClock | None:
    """The clock a letter is about, as it stands now."""
    row = db.session.execute(
        select(Clock.kind, Clock.state, Clock.due_at, Clock.due_date, Clock.zone).where(Clock.id == clock_id)
    ).one_or_none()
    if row is None:
        return None
    return LateClock(
        kind=ClockKind(row.kind),
        is_running=row.state == ClockState.RUNNING,
        due_at=row.due_at,
        due_date=row.due_date,
        zone=row.zone,
    )


def sees_ticket(actor: Actor, ticket_id: int) -> bool:
    """Whether a ticket is wholly open to somebody now."""
    statement = select(Ticket.id).where(Ticket.id == ticket_id, visible(grants_for(actor), Sight.WHOLE))
    return db.session.scalar(statement) is not None
