"""The ticket stands still, and goes on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from feedback.clocks import models
from feedback.clocks.actions.counting import aim, live_clocks, note, standing
from feedback.clocks.rules.words import ClockEventKind, ClockState
from feedback.kernel.errors import Conflict, Invalid
from feedback.kernel.text import mark
from feedback.storage.session import db


def pause(*, ticket_id: int, at: datetime, limit_at: datetime, reason: str) -> None:
    """Pause a ticket until ``limit_at`` at the latest; only its pausable clocks that are not late stand still.

    Refuses a pause without reason or with a limit not after its start (``Invalid``), and a second one (``Conflict``).
    """
    if not reason.strip():
        raise Invalid(mark("Sebutkan alasan penundaan."), field="reason")
    if limit_at <= at:
        raise Invalid(mark("Batas penundaan harus sesudah penundaan dimulai."), field="limit_at")
    running = _open(ticket_id)
    if running is not None:
        if running.limit_at > at:
            raise Conflict(mark("Laporan ini sudah ditunda."))
        end_pause(ticket_id=ticket_id, at=at)
    stopped = [
        counted
        for counted in live_clocks(ticket_id, models.Clock.state == ClockState.RUNNING)
        if counted.rule.pausable and (counted.clock.due_at is None or counted.clock.due_at > at)
    ]
    db.session.add(models.Pause(ticket_id=ticket_id, started_at=at, limit_at=limit_at, reason=reason))
    for counted in stopped:
        counted.clock.state = ClockState.PAUSED
        aim(counted)
        note(
            counted.clock,
            ClockEventKind.PAUSED,
            at,
            limit_at=limit_at.isoformat(),
            reason=reason,
            **standing(counted.clock),
        )
    db.session.flush()


def end_pause(*, ticket_id: int, at: datetime) -> datetime | None:
    """End the pause of a ticket, at its limit if that came first; returns when it ended, None when it was not paused.

    A deadline that lies before ``at`` because the limit passed unnoticed is found by the next look for breaches.
    """
    running = _open(ticket_id)
    if running is None:
        return None
    ended = max(running.started_at, min(at, running.limit_at))
    running.ended_at = ended
    db.session.flush()
    for counted in live_clocks(ticket_id, models.Clock.state == ClockState.PAUSED):
        counted.clock.state = ClockState.RUNNING
        aim(counted)
        note(counted.clock, ClockEventKind.RESUMED, ended, **standing(counted.clock))
    db.session.flush()
    return ended


def _open(ticket_id: int) -> models.Pause | None:
    wanted = select(models.Pause).where(models.Pause.ticket_id == ticket_id, models.Pause.ended_at.is_(None))
    return db.session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).first()
