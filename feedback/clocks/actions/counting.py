"""Loads clocks with everything they are counted by, and counts them again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from feedback.clocks import models
from feedback.clocks.queries.stored import StoredCalendar, calendar_versions, policy_rules
from feedback.clocks.rules import due as counting
from feedback.clocks.rules.due import Amount, Due
from feedback.clocks.rules.policy import Rule
from feedback.clocks.rules.timeline import Move, Pause
from feedback.clocks.rules.words import LIVE, ClockEventKind, ClockState
from feedback.storage.session import db


@dataclass(slots=True)
class Counted:
    """A clock's row with its rule, calendars and pauses."""

    clock: models.Clock
    rule: Rule
    start_calendar: StoredCalendar
    moves: list[tuple[datetime, StoredCalendar]]
    pauses: tuple[Pause, ...]

    @property
    def calendar(self) -> StoredCalendar:
        """The calendar that counts now."""
        return self.moves[-1][1] if self.moves else self.start_calendar

    @property
    def counted_since(self) -> datetime:
        """Since when the calendar that counts now does so."""
        return self.moves[-1][0] if self.moves else self.clock.started_at

    def due(self) -> Due:
        """The deadline by everything known; none for a stopwatch. An open pause is taken to last to its limit."""
        if self.rule.amount is None:
            return Due(None, None, False)
        amount = Amount(self.rule.amount.number + self.clock.extension, self.rule.amount.unit)
        return counting.due(
            self.clock.started_at,
            amount,
            self.start_calendar.calendar,
            pauses=self.pauses,
            moves=self._moves(),
        )

    def minutes(self, until: datetime) -> int:
        """The open minutes used up, pauses left out."""
        start = self.clock.started_at
        return counting.working_minutes(start, until, self.start_calendar.calendar, self.pauses, self._moves())

    def aim(self) -> Due:
        """Store the deadline of a running clock as it now is; a paused one has none."""
        found = Due(None, None, False) if self.clock.state == ClockState.PAUSED else self.due()
        self.clock.due_at, self.clock.due_date = found.at, found.date
        self.clock.provisional = found.provisional
        return found

    def _moves(self) -> tuple[Move, ...]:
        return tuple(Move(at, stored.calendar) for at, stored in self.moves)


def live_clocks(ticket_id: int, *conditions: ColumnElement[bool]) -> list[Counted]:
    """The running and paused clocks of a ticket, locked until the transaction ends."""
    return load(models.Clock.ticket_id == ticket_id, models.Clock.state.in_(LIVE), *conditions)


def load(*conditions: ColumnElement[bool]) -> list[Counted]:
    """The clocks that meet the conditions, oldest first, locked, with what they are counted by."""
    wanted = select(models.Clock).where(*conditions).order_by(models.Clock.id).with_for_update()
    clocks = db.session.scalars(wanted.execution_options(populate_existing=True)).all()
    if not clocks:
        return []
    rules = {rule.version_id: rule for rule in policy_rules()}
    moves = _moves_of([clock.id for clock in clocks])
    versions = {clock.calendar_version_id for clock in clocks}
    versions.update(version_id for rows in moves.values() for _, version_id in rows)
    calendars = calendar_versions(versions)
    pausable = {clock.ticket_id for clock in clocks if rules[clock.policy_version_id].pausable}
    pauses = _pauses_of(sorted(pausable))
    return [_counted(clock, rules, calendars, moves=moves, pauses=pauses) for clock in clocks]


def note(clock: models.Clock, kind: ClockEventKind, at: datetime, **detail: Any) -> None:
    """Append an event to a stored clock's history."""
    db.session.add(models.ClockEvent(clock_id=clock.id, kind=kind, at=at, detail=detail))


def shown(found: Due) -> str | None:
    """A deadline's date as events keep it."""
    return found.date.isoformat() if found.date else None


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
    note(clock, kind, at, state=clock.state, used_minutes=clock.used_minutes)


def _counted(
    clock: models.Clock,
    rules: Mapping[int | None, Rule],
    calendars: Mapping[int, StoredCalendar],
    *,
    moves: Mapping[int, Sequence[tuple[datetime, int]]],
    pauses: Mapping[int, tuple[Pause, ...]],
) -> Counted:
    rule = rules[clock.policy_version_id]
    return Counted(
        clock=clock,
        rule=rule,
        start_calendar=calendars[clock.calendar_version_id],
        moves=[(at, calendars[version_id]) for at, version_id in moves.get(clock.id, ())],
        pauses=pauses.get(clock.ticket_id, ()) if rule.pausable else (),
    )


def _moves_of(clock_ids: Sequence[int]) -> dict[int, list[tuple[datetime, int]]]:
    """The moves of each clock by time; of several at one instant the last written counts, so it comes last."""
    move = models.ClockMove
    rows = db.session.execute(
        select(move.clock_id, move.at, move.calendar_version_id)
        .where(move.clock_id.in_(clock_ids))
        .order_by(move.at, move.id)
    )
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for clock_id, at, version_id in rows:
        found[clock_id].append((at, version_id))
    return found


def _pauses_of(ticket_ids: Sequence[int]) -> dict[int, tuple[Pause, ...]]:
    if not ticket_ids:
        return {}
    pause = models.Pause
    rows = db.session.execute(
        select(pause.ticket_id, pause.started_at, pause.ended_at, pause.limit_at, pause.reason)
        .where(pause.ticket_id.in_(ticket_ids))
        .order_by(pause.id)
    )
    found: dict[int, tuple[Pause, ...]] = {}
    for ticket_id, started_at, ended_at, limit_at, reason in rows:
        found[ticket_id] = (*found.get(ticket_id, ()), Pause(started_at, ended_at or limit_at, reason))
    return found
