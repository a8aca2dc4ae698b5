"""Clocks start and stop, and go with the ticket from unit to unit."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from feedback.clocks import models
from feedback.clocks.actions.counting import aim, finish, live_clocks, note, replan, standing
from feedback.clocks.queries.counted import Counted
from feedback.clocks.queries.stored import Line, line_of_unit, policy_rules
from feedback.clocks.rules.policy import ClockKind, Rule, rules_for
from feedback.clocks.rules.timeline import Pause
from feedback.clocks.rules.words import CARRIED, LIVE, ClockEventKind, ClockState
from feedback.storage.session import db


def start(
    *,
    ticket_id: int,
    cycle: int,
    kind: str,
    unit_id: int,
    at: datetime,
    ticket_kind: str,
    grade: str | None,
) -> int | None:
    """Start one clock and return its id; the id of the one already running in the cycle; None when no rule has it."""
    started = start_all(
        ticket_id=ticket_id, cycle=cycle, kinds=(kind,), unit_id=unit_id, at=at, ticket_kind=ticket_kind, grade=grade
    )
    return started.get(ClockKind(kind))


def start_all(  # noqa: PLR0913  (all by name; each is a fact of the ticket)
    *,
    ticket_id: int,
    cycle: int,
    kinds: Iterable[str],
    unit_id: int,
    at: datetime,
    ticket_kind: str,
    grade: str | None,
    is_new: bool = False,
) -> dict[ClockKind, int]:
    """Start the clocks of these kinds that have a rule; the ids of all that now run, by kind.

    ``is_new``: the ticket was stored a moment ago, so no clock of it runs and no pause is open.
    """
    line = line_of_unit(unit_id, at)
    day = line.current.calendar.local_date(at)
    rules = rules_for(policy_rules(), ticket_kind=ticket_kind, grade=grade, on=day)
    wanted = {ClockKind(kind): rules[ClockKind(kind)] for kind in kinds if ClockKind(kind) in rules}
    running = {} if is_new else _running(ticket_id, cycle, wanted)
    pausable = not is_new and any(rule.pausable for rule in wanted.values())
    pauses = _open_pause(ticket_id, at) if pausable else ()
    fresh = [
        _new(rule, line, pauses, ticket_id=ticket_id, cycle=cycle, unit_id=unit_id, at=at)
        for kind, rule in wanted.items()
        if kind not in running
    ]
    db.session.add_all([counted.clock for counted in fresh])
    db.session.flush()
    if fresh:
        db.session.execute(insert(models.ClockEvent), [_started(counted.clock) for counted in fresh])
    if line.later and fresh:
        db.session.execute(
            insert(models.ClockMove), [row for counted in fresh for row in _planned(counted.clock, line)]
        )
    return running | {counted.rule.clock: counted.clock.id for counted in fresh}


def stop(*, ticket_id: int, kinds: Iterable[str], at: datetime, cancelled: bool = False) -> None:
    """Stop the live clocks of these kinds, in every cycle: met before its due instant, missed from it on.

    A breach that was not noticed yet is written now, at the due instant. A cancelled clock keeps its breach too.
    """
    wanted = [ClockKind(kind) for kind in kinds]
    for counted in live_clocks(ticket_id, models.Clock.kind.in_(wanted)):
        finish(counted, at, cancelled=cancelled)
    db.session.flush()


def cancel_all(*, ticket_id: int, at: datetime) -> None:
    """Stop every live clock because nothing is owed any more; the holding clock just ends."""
    for counted in live_clocks(ticket_id):
        finish(counted, at, cancelled=counted.rule.clock is not ClockKind.HOLDING)
    db.session.flush()


def hand_over(*, ticket_id: int, cycle: int, unit_id: int, at: datetime) -> None:
    """The ticket goes to a unit: its holding clock starts, the last one stops; what is owed to the citizen goes along.

    The clocks carried over keep the time used and are counted on by the new unit's calendar (rule 7).
    """
    line = line_of_unit(unit_id, at)
    for counted in live_clocks(ticket_id):
        clock = counted.clock
        if counted.rule.clock is ClockKind.HOLDING:
            if (clock.unit_id, clock.cycle) != (unit_id, cycle):
                finish(counted, at, cancelled=False)
        elif counted.rule.clock in CARRIED and clock.unit_id != unit_id:
            _carry(counted, line, unit_id, at)
    # The old holding clock must be stopped in the database before the next may run.
    db.session.flush()
    start(ticket_id=ticket_id, cycle=cycle, kind=ClockKind.HOLDING, unit_id=unit_id, at=at, ticket_kind="", grade=None)


def _running(ticket_id: int, cycle: int, kinds: Collection[ClockKind]) -> dict[ClockKind, int]:
    if not kinds:
        return {}
    clock = models.Clock
    rows = db.session.execute(
        select(clock.kind, clock.id).where(
            clock.ticket_id == ticket_id, clock.cycle == cycle, clock.state.in_(LIVE), clock.kind.in_(list(kinds))
        )
    )
    return {ClockKind(kind): clock_id for kind, clock_id in rows}


def _open_pause(ticket_id: int, at: datetime) -> tuple[Pause, ...]:
    """The pause a clock that starts now would stand still in."""
    pause = models.Pause
    row = db.session.execute(
        select(pause.started_at, pause.limit_at).where(
            pause.ticket_id == ticket_id, pause.ended_at.is_(None), pause.started_at <= at, pause.limit_at > at
        )
    ).first()
    return () if row is None else (Pause(row.started_at, row.limit_at),)


def _started(clock: models.Clock) -> dict[str, Any]:
    """The first event of a clock, as values: many go into one statement."""
    detail = {"unit_id": clock.unit_id, **standing(clock)}
    return {"clock_id": clock.id, "kind": ClockEventKind.STARTED, "at": clock.started_at, "detail": detail}


def _planned(clock: models.Clock, line: Line) -> list[dict[str, Any]]:
    """The versions that take over later, as values."""
    return [{"clock_id": clock.id, "at": at, "calendar_version_id": stored.version_id} for at, stored in line.later]


def _new(
    rule: Rule,
    line: Line,
    pauses: tuple[Pause, ...],
    *,
    ticket_id: int,
    cycle: int,
    unit_id: int,
    at: datetime,
) -> Counted:
    assert rule.version_id is not None  # rules that run clocks are stored
    clock = models.Clock(
        ticket_id=ticket_id,
        cycle=cycle,
        kind=rule.clock,
        unit_id=unit_id,
        started_at=at,
        zone=line.current.zone,
        policy_version_id=rule.version_id,
        calendar_version_id=line.current.version_id,
        state=ClockState.PAUSED if rule.pausable and pauses else ClockState.RUNNING,
    )
    counted = Counted(clock, rule, line.current, list(line.later), pauses if rule.pausable else ())
    aim(counted)
    return counted


def _carry(counted: Counted, line: Line, unit_id: int, at: datetime) -> None:
    clock = counted.clock
    before = clock.unit_id
    clock.unit_id, clock.zone = unit_id, line.current.zone
    if line.current.version_id != counted.calendar_at(at).version_id:
        replan(counted, at, line)
    if clock.breached_at is None:
        aim(counted)
    note(clock, ClockEventKind.MOVED, at, from_unit_id=before, unit_id=unit_id, **standing(clock))
