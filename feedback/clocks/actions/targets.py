"""Targets change, and breaches are written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from feedback.clocks import models
from feedback.clocks.actions.counting import aim, finish, live_clocks, note, standing
from feedback.clocks.queries.counted import Counted
from feedback.clocks.queries.stored import policy_rules
from feedback.clocks.rules.policy import ClockKind, Rule, Starts, rules_for
from feedback.clocks.rules.words import ClockEventKind, ClockState
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.kernel.text import mark
from feedback.storage.session import db


@dataclass(frozen=True, slots=True)
class Breach:
    """A clock whose time ran out at ``due_at``."""

    clock_id: int
    ticket_id: int
    cycle: int
    kind: ClockKind
    unit_id: int
    due_at: datetime
    due_date: date


def retarget(*, ticket_id: int, cycle: int, ticket_kind: str, grade: str | None, at: datetime) -> None:
    """Apply the rules of another kind or grade to a cycle's live clocks, from their original start (rule 9).

    A new target that is already past is nobody's breach: the clock is marked ``retarget_overdue``. A clock already
    breached keeps its target, and one that no rule asks for any more is cancelled.
    """
    stored = policy_rules()
    for counted in live_clocks(ticket_id, models.Clock.cycle == cycle, models.Clock.kind != ClockKind.HOLDING):
        started_on = counted.start_calendar.calendar.local_date(counted.clock.started_at)
        rules = rules_for(stored, ticket_kind=ticket_kind, grade=grade, on=started_on)
        rule = rules.get(counted.rule.clock)
        if rule is None:
            finish(counted, at, cancelled=True)
        elif rule.version_id != counted.rule.version_id and not _is_late(counted, at):
            _aim_anew(counted, rule, at)
    db.session.flush()


def receive_earlier(*, ticket_id: int, received_at: datetime, at: datetime) -> None:
    """What runs since receipt runs since an earlier receipt: another report about the same was joined to this one.

    A deadline that is already past by that is nobody's breach; a clock that is late keeps its start.
    """
    for counted in live_clocks(ticket_id):
        clock = counted.clock
        if counted.rule.starts_at is not Starts.RECEIVED or clock.kind == ClockKind.HOLDING:
            continue
        if clock.started_at > received_at and not _is_late(counted, at):
            clock.started_at = received_at
            _settle_target(counted, at, reason="joined")
    db.session.flush()


def extend(*, ticket_id: int, kind: str, at: datetime, reason: str) -> date | None:
    """Lengthen a live clock once, by what its rule allows, for a written reason; returns the new due date.

    ``NotFound`` without such a clock, ``Conflict`` when it was lengthened before, is late, or its rule allows nothing.
    """
    if not reason.strip():
        raise Invalid(mark("Sebutkan alasan perpanjangan."), field="reason")
    found = live_clocks(ticket_id, models.Clock.kind == ClockKind(kind))
    if not found:
        raise NotFound()
    counted = found[-1]
    if counted.clock.extension or not counted.rule.extension or _is_late(counted, at):
        raise Conflict(mark("Tenggat ini tidak dapat diperpanjang."))
    counted.clock.extension = counted.rule.extension
    aimed = aim(counted)
    note(
        counted.clock,
        ClockEventKind.RETARGETED,
        at,
        **standing(counted.clock),
        extension=counted.rule.extension,
        reason=reason,
    )
    db.session.flush()
    return aimed.date


def mark_breaches(now: datetime, limit: int = 500) -> tuple[Breach, ...]:
    """Write down the running clocks whose due instant has come, oldest first, each once; the breach is at that instant.

    Clocks another worker is writing down are left to it. Returns those newly breached.
    """
    clock = models.Clock
    wanted = (
        select(clock)
        .where(
            clock.state == ClockState.RUNNING,
            clock.breached_at.is_(None),
            clock.due_at <= now,
            clock.retarget_overdue.is_(False),
        )
        .order_by(clock.due_at, clock.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    breaches = [_breach(row) for row in db.session.scalars(wanted).all()]
    db.session.flush()
    return tuple(breaches)


def excuse(*, clock_id: int, at: datetime, reason: str) -> None:
    """Say of a breach that it was not the unit's fault (a late holiday decree); the breach itself stays (rule 8)."""
    if not reason.strip():
        raise Invalid(mark("Sebutkan alasannya."), field="reason")
    clock = db.session.get(models.Clock, clock_id)
    if clock is None or clock.breached_at is None:
        raise NotFound()
    note(clock, ClockEventKind.EXCUSED, at, reason=reason)
    db.session.flush()


def _is_late(counted: Counted, at: datetime) -> bool:
    """Whether its time ran out, other than by an earlier change of target."""
    clock = counted.clock
    ran_out = clock.due_at is not None and clock.due_at <= at and not clock.retarget_overdue
    return clock.breached_at is not None or ran_out


def _aim_anew(counted: Counted, rule: Rule, at: datetime) -> None:
    clock = counted.clock
    assert rule.version_id is not None
    counted.rule, clock.policy_version_id = rule, rule.version_id
    _settle_target(counted, at, rule=rule.code)


def _settle_target(counted: Counted, at: datetime, **detail: Any) -> None:
    clock = counted.clock
    found = counted.due()
    clock.retarget_overdue = found.at is not None and found.at <= at
    aim(counted)
    kind = ClockEventKind.RETARGET_OVERDUE if clock.retarget_overdue else ClockEventKind.RETARGETED
    started_at = clock.started_at.isoformat()
    note(clock, kind, at, **detail, **standing(clock), extension=clock.extension, started_at=started_at)


def _breach(clock: models.Clock) -> Breach:
    assert clock.due_at is not None
    assert clock.due_date is not None
    clock.breached_at = clock.due_at
    note(clock, ClockEventKind.BREACHED, clock.due_at, unit_id=clock.unit_id)
    kind = ClockKind(clock.kind)
    return Breach(clock.id, clock.ticket_id, clock.cycle, kind, clock.unit_id, clock.due_at, clock.due_date)
