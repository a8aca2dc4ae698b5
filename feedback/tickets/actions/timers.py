"""What happens because time passed: breaches, holds that end, silence that lapses, completion that never came.

Each is decided from timestamps: a worker that was down for two days catches up and does everything once
(DOMAIN.md 4.8).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, cast, exists, literal, select

from feedback.clocks.actions import mark_breaches
from feedback.clocks.models import Clock
from feedback.clocks.queries import calendar_of_unit, expired_pauses
from feedback.clocks.rules.due import Unit, used
from feedback.clocks.rules.policy import ClockKind
from feedback.clocks.rules.words import ClockState
from feedback.kernel.text import mark
from feedback.storage.outbox import Outbox, post
from feedback.storage.session import db, transaction
from feedback.tickets.actions.moves import make_system_move
from feedback.tickets.actions.work import MakeMove
from feedback.tickets.models import Ticket
from feedback.tickets.rules.words import MoveName, State

BATCH = 200
LAPSING_DAYS = 3
# Three working days are never longer than this, whatever holidays stand between.
LAPSING_HORIZON = timedelta(days=20)


def note_breaches(now: datetime) -> int:
    """Mark clocks whose due instant passed; returns how many."""
    with transaction():
        return len(mark_breaches(now, BATCH))


def end_holds(now: datetime) -> int:
    """A pause ends itself at its limit: the ticket goes on (DOMAIN.md 4.6)."""
    ids = [pause.ticket_id for pause in expired_pauses(now, limit=BATCH)]
    numbers = db.session.scalars(select(Ticket.number).where(Ticket.id.in_(ids), Ticket.state == State.ON_HOLD)).all()
    text = mark("Batas penundaan habis; laporan dilanjutkan.")
    return _move(numbers, MoveName.RESUME, now, text)


def lapse_silent(now: datetime) -> int:
    """Ten working days without a word from the reporter: closed, and counted apart from solved."""
    return _move(_overdue(State.ANSWERED, ClockKind.CONFIRMATION, now), MoveName.LAPSE, now)


def withdraw_incomplete(now: datetime) -> int:
    """Completion not delivered in time."""
    text = mark("Kelengkapan tidak diterima sampai batas waktunya.")
    return _move(_overdue(State.INCOMPLETE, ClockKind.COMPLETION, now), MoveName.WITHDRAW, now, text)


def warn_lapsing(now: datetime) -> int:
    """Tell reporters whose confirmation ends within three working days, once each."""
    key = literal("lapsing:") + cast(Ticket.id, String) + ":" + cast(Ticket.cycle, String)
    statement = (
        select(Ticket.id, Ticket.unit_id, Ticket.due_at, key.label("key"))
        .where(Ticket.state == State.ANSWERED, Ticket.due_at > now, Ticket.due_at < now + LAPSING_HORIZON)
        # Deadlines are midnights: a busy day has more of them than a batch, and those told must not hide the others.
        .where(Ticket.due_kind == ClockKind.CONFIRMATION, ~exists().where(Outbox.key == key))
        .order_by(Ticket.due_at)
        .limit(BATCH)
    )
    told = 0
    for row in db.session.execute(statement).all():
        calendar = calendar_of_unit(row.unit_id, now).calendar
        if used(now, row.due_at, Unit.WORKING_DAY, calendar) <= LAPSING_DAYS:
            with transaction():
                post("ticket.lapsing", row.key, {"ticket_id": row.id}, at=now)
            told += 1
    return told


def _overdue(state: State, kind: ClockKind, now: datetime) -> list[str]:
    """Tickets whose reporter let this clock run out; another that ran out beside it is the administration's."""
    ran_out = (Clock.kind == kind) & (Clock.state == ClockState.RUNNING) & (Clock.due_at <= now)
    statement = (
        select(Ticket.number)
        .join(Clock, Clock.ticket_id == Ticket.id)
        .where(Ticket.state == state, Ticket.due_at <= now, ran_out)
        .order_by(Clock.due_at, Clock.id)
        .limit(BATCH)
    )
    return list(db.session.scalars(statement))


def _move(numbers: Sequence[str], move: MoveName, now: datetime, text: str = "") -> int:
    moved = 0
    for number in numbers:
        moved += make_system_move(MakeMove(number=number, move=move, version=None, text=text), now)
    return moved


TIMERS = (note_breaches, end_holds, lapse_silent, withdraw_incomplete, warn_lapsing)
