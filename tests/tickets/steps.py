"""Tickets brought to where a test needs them, by the moves people would make."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from feedback.clocks.models import Clock, ClockEvent, Pause
from feedback.clocks.queries import ClockRow, clocks_of
from feedback.clocks.rules.policy import ClockKind
from feedback.kernel.actor import Actor
from feedback.kernel.clock import local_date, utc_now
from feedback.storage.outbox import Outbox
from feedback.storage.session import db
from feedback.tickets.actions.moves import make_system_move
from feedback.tickets.actions.submit import Receipt
from feedback.tickets.actions.work import MakeMove
from feedback.tickets.models import Ticket, TicketCycle, TicketEvent, TicketNote
from feedback.tickets.rules.words import Grade, HoldReason, MoveName, RedactReason, RejectReason, State
from tests.factories import World, make_report, move

TABLES = (Ticket, TicketEvent, TicketCycle, TicketNote, Clock, ClockEvent, Pause, Outbox)


def ticket_of(receipt: Receipt) -> Ticket:
    """The stored row, fresh."""
    db.session.rollback()
    statement = select(Ticket).where(Ticket.id == receipt.ticket_id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def events_of(receipt: Receipt) -> list[TicketEvent]:
    db.session.rollback()
    return list(db.session.scalars(select(TicketEvent).where(TicketEvent.ticket_id == receipt.ticket_id).order_by(TicketEvent.id)))


def cycles_of(receipt: Receipt) -> list[TicketCycle]:
    statement = select(TicketCycle).where(TicketCycle.ticket_id == receipt.ticket_id).order_by(TicketCycle.number)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def clocks_by_kind(receipt: Receipt) -> dict[ClockKind, ClockRow]:
    """The newest clock of each kind."""
    return {clock.kind: clock for clock in clocks_of(receipt.ticket_id)}


def footprint() -> tuple[Any, ...]:
    """How many rows every table of the ticket's world has, and every ticket's version and state."""
    db.session.rollback()  # what the site has written since is not in an older snapshot
    counts = tuple(db.session.scalar(select(func.count()).select_from(table)) for table in TABLES)
    columns = (Ticket.id, Ticket.version, Ticket.state, Ticket.unit_id, Ticket.officer_id, Ticket.hidden, Ticket.due_at)
    rows = tuple(tuple(row) for row in db.session.execute(select(*columns).order_by(Ticket.id)))
    return counts, rows


def after_days(days: int) -> date:
    return local_date(utc_now(), "Asia/Jayapura") + timedelta(days=days)


def needs_of(world: World, name: MoveName, lead: str = "") -> dict[str, Any]:
    """What each move needs beside its words."""
    return {
        MoveName.VERIFY_AND_ASSIGN: {"unit_id": world.agency, "grade": Grade.NON_OVERSIGHT},
        MoveName.ASSIGN: {"unit_id": world.division},
        MoveName.RETURN_TO_COORDINATOR: {"proposed_unit_id": world.other_agency},
        MoveName.HOLD: {"hold_reason": HoldReason.WAITING_MATERIAL, "promised_date": after_days(7)},
        MoveName.REJECT: {"reject_reason": RejectReason.UNCLEAR},
        MoveName.REFER: {"authority_id": world.authority},
        MoveName.JOIN: {"joined_number": lead},
        MoveName.CHANGE_GRADE: {"grade": Grade.OVERSIGHT},
        MoveName.REDACT: {"passages": "di depan masjid", "redact_reason": RedactReason.PRIVATE_DATA},
        MoveName.MASK_OWN: {"passages": "0812-0000-0012"},
        MoveName.ASK_MASKING: {"passages": "di depan masjid"},
    }.get(name, {})


def make(world: World, receipt: Receipt, name: MoveName, actor: Actor, **values: Any) -> int:
    """A move with everything it needs."""
    return move(receipt.number, name, actor, **{**needs_of(world, name), **values})


def assigned(world: World, *, unit_id: int | None = None, **values: Any) -> Receipt:
    """A verified report that the agency holds."""
    receipt = make_report(world, **values)
    make(world, receipt, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=unit_id or world.agency)
    return receipt


def answered(world: World, **values: Any) -> Receipt:
    """A report the first officer answered."""
    receipt = assigned(world, **values)
    make(world, receipt, MoveName.ANSWER, world.officer, text="Lampu sudah diganti.")
    return receipt


def disputed(world: World, **values: Any) -> Receipt:
    """An answer the citizen does not accept."""
    receipt = answered(world, **values)
    make(world, receipt, MoveName.DISPUTE, world.citizen)
    return receipt


def bring(world: World, state: State) -> Receipt:
    """A report in any state, reached by moves only."""
    if state is State.RECEIVED:
        return make_report(world)
    first = {
        State.INCOMPLETE: MoveName.ASK_COMPLETION,
        State.REJECTED: MoveName.REJECT,
        State.REFERRED: MoveName.REFER,
    }
    if state in first:
        receipt = make_report(world)
        make(world, receipt, first[state], world.coordinator)
        return receipt
    if state is State.JOINED:
        lead, receipt = assigned(world), make_report(world)
        make(world, receipt, MoveName.JOIN, world.coordinator, joined_number=lead.number)
        return receipt
    if state in (State.ASSIGNED, State.IN_PROGRESS, State.ON_HOLD):
        receipt = assigned(world)
        if state is not State.ASSIGNED:
            make(world, receipt, MoveName.START if state is State.IN_PROGRESS else MoveName.HOLD, world.officer)
        return receipt
    receipt = answered(world)
    ending = {State.CLOSED: MoveName.CONFIRM, State.DISPUTED: MoveName.DISPUTE, State.WITHDRAWN: MoveName.WITHDRAW}
    if state in ending:
        make(world, receipt, ending[state], world.citizen)
    if state is State.LAPSED:
        assert make_system_move(MakeMove(number=receipt.number, move=MoveName.LAPSE, version=None), utc_now())
    return receipt
