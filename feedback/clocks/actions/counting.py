"""Locks the clocks of a ticket, counts them again, and writes what happened to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from feedback.clocks import models
from feedback.clocks.queries.counted import Counted, load, replanned
from feedback.clocks.queries.stored import Line
from feedback.clocks.rules.due import Due
from feedback.clocks.rules.words import LIVE, ClockEventKind, ClockState
from feedback.storage.session import db


def aim(counted: Counted) -> Due:
    """Store the deadline of a running clock as it now is; a paused one has none."""
    clock = counted.clock
    found = Due(None, None, False) if clock.state == ClockState.PAUSED else counted.due()
    clock.due_at, clock.due_date, clock.provisional = found.at, found.date, found.provisional
    return found


def replan(counted: Counted, since: datetime, line: Line) -> None:
    """From ``since`` on this line of calendars counts, instead of whatever was to count from then on."""
    for at, stored in ((since, line.current), *line.later):
        db.session.add(models.ClockMove(clock_id=counted.clock.id, at=at, calendar_version_id=stored.version_id))
    counted.moves = replanned(counted.moves, since, line)


def live_clocks(ticket_id: int, *conditions: ColumnElement[bool]) -> list[Counted]:
    """The running and paused clocks of a ticket, locked until the transaction ends."""
    return load(models.Clock.ticket_id == ticket_id, models.Clock.state.in_(LIVE), *conditions)


def note(clock: models.Clock, kind: ClockEventKind, at: datetime, **detail: Any) -> None:
    """Append an event to a stored clock's history."""
    db.session.add(models.ClockEvent(clock_id=clock.id, kind=kind, at=at, detail=detail))


def standing(clock: models.Clock) -> dict[str, Any]:
    """How a clock stands, as events keep it: enough to write its row again from its history."""
    return {
        "state": str(clock.state),
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
        "due_date": clock.due_date.isoformat() if clock.due_date else None,
        "provisional": clock.provisional,
        "retarget_overdue": clock.retarget_overdue,
    }


def finish(counted: Counted, at: datetime, *, cancelled: bool) -> None:
    """Stop a live clock for good: met before its due instant, missed from it on, or cancelled."""
    clock = counted.clock
    found = counted.due()
    late = found.at is not None and at >= found.at
    if late and clock.breached_at is None and not clock.retarget_overdue:
        clock.breached_at = found.at
        note(clock, ClockEventKind.BREACHED, found.at or at, unit_id=clock.unit_id)
    if late and clock.retarget_overdue:
        note(clock, ClockEventKind.EXCUSED, at, reason="retarget_overdue")
    missed = late or clock.breached_at is not None
    clock.state = ClockState.CANCELLED if cancelled else ClockState.MISSED if missed else ClockState.MET
    clock.due_at, clock.due_date, clock.provisional = found.at, found.date, found.provisional
    clock.stopped_at = at
    clock.used_minutes = counted.minutes(at)
    clock.elapsed_seconds = max(0, int((at - clock.started_at).total_seconds()))
    kind = ClockEventKind.CANCELLED if cancelled else ClockEventKind.STOPPED
    spent = {"used_minutes": clock.used_minutes, "elapsed_seconds": clock.elapsed_seconds}
    note(clock, kind, at, **standing(clock), **spent)
