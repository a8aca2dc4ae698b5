"""The clocks of a ticket: how they stand, what happened to them, and what is owed next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from feedback.clocks import models
from feedback.clocks.rules.due import Unit
from feedback.clocks.rules.policy import ClockKind
from feedback.clocks.rules.words import ClockEventKind, ClockState
from feedback.storage.session import db


@dataclass(frozen=True, slots=True)
class ClockRow:
    """A clock as pages show it. ``due_at`` is exclusive; ``due_date`` is local to ``zone``; both are None in a pause.

    ``used_minutes`` (open time, pauses left out) and ``elapsed_seconds`` are known once it stopped.
    """

    id: int
    ticket_id: int
    cycle: int
    kind: ClockKind
    unit_id: int
    started_at: datetime
    zone: str
    state: ClockState
    due_at: datetime | None
    due_date: date | None
    provisional: bool
    retarget_overdue: bool
    stopped_at: datetime | None
    breached_at: datetime | None
    used_minutes: int | None
    elapsed_seconds: int | None
    amount: int | None
    unit: Unit | None
    source: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One happening of a clock's history."""

    clock_id: int
    kind: ClockEventKind
    at: datetime
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PauseRow:
    """A pause of a ticket; it ends at ``limit_at`` by itself."""

    ticket_id: int
    started_at: datetime
    limit_at: datetime
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class NextDue:
    """The next instant somebody owes something about a ticket."""

    kind: ClockKind
    due_at: datetime
    due_date: date
    zone: str


def clocks_of(ticket_id: int) -> tuple[ClockRow, ...]:
    """Every clock of a ticket, all cycles, in the order they were started."""
    return _clock_rows(_clocks().where(models.Clock.ticket_id == ticket_id).order_by(models.Clock.id))


def clock_events(ticket_id: int) -> tuple[EventRow, ...]:
    """The history of every clock of a ticket, as it was written."""
    event = models.ClockEvent
    rows = db.session.execute(
        select(event.clock_id, event.kind, event.at, event.detail)
        .join(models.Clock, models.Clock.id == event.clock_id)
        .where(models.Clock.ticket_id == ticket_id)
        .order_by(event.id)
    )
    return tuple(EventRow(clock_id, ClockEventKind(kind), at, detail) for clock_id, kind, at, detail in rows)


def pauses_of(ticket_id: int) -> tuple[PauseRow, ...]:
    """The pauses of a ticket, in order."""
    return _pause_rows(_pauses().where(models.Pause.ticket_id == ticket_id).order_by(models.Pause.id))


def expired_pauses(now: datetime, *, limit: int = 500) -> tuple[PauseRow, ...]:
    """Open pauses whose limit is reached: whoever owns the tickets ends them."""
    over = models.Pause.ended_at.is_(None) & (models.Pause.limit_at <= now)
    return _pause_rows(_pauses().where(over).order_by(models.Pause.limit_at, models.Pause.id).limit(limit))


def next_due(ticket_id: int) -> NextDue | None:
    """The earliest deadline that still runs for a ticket, late ones included; None when nobody owes anything."""
    clock = models.Clock
    row = db.session.execute(
        select(clock.kind, clock.due_at, clock.due_date, clock.zone)
        .where(clock.ticket_id == ticket_id, clock.state == ClockState.RUNNING, clock.due_at.is_not(None))
        .order_by(clock.due_at, clock.id)
        .limit(1)
    ).first()
    if row is None or row.due_at is None or row.due_date is None:
        return None
    return NextDue(ClockKind(row.kind), row.due_at, row.due_date, row.zone)


def _clocks() -> Select[Any]:
    clock, version = models.Clock, models.PolicyVersion
    columns = (
        *(getattr(clock, name) for name in ClockRow.__dataclass_fields__ if hasattr(clock, name)),
        version.amount,
        version.unit,
        version.source,
        clock.extension,
    )
    return select(*columns).join(version, version.id == clock.policy_version_id)


def _clock_rows(statement: Select[Any]) -> tuple[ClockRow, ...]:
    return tuple(_clock_row(dict(row._mapping)) for row in db.session.execute(statement))


def _clock_row(row: dict[str, Any]) -> ClockRow:
    extension = row.pop("extension")
    row["kind"], row["state"] = ClockKind(row["kind"]), ClockState(row["state"])
    if row["amount"] is not None:
        row["amount"] += extension
        row["unit"] = Unit(row["unit"])
    return ClockRow(**row)


def _pauses() -> Select[Any]:
    return select(*(getattr(models.Pause, name) for name in PauseRow.__dataclass_fields__))


def _pause_rows(statement: Select[Any]) -> tuple[PauseRow, ...]:
    return tuple(PauseRow(*row) for row in db.session.execute(statement))
