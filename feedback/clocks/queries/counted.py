"""Clocks with everything they are counted by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from feedback.clocks import models
from feedback.clocks.queries.stored import Line, StoredCalendar, calendar_versions, every_rule
from feedback.clocks.rules import due as counting
from feedback.clocks.rules.due import Amount, Due
from feedback.clocks.rules.policy import Rule
from feedback.clocks.rules.timeline import NEVER, Move, Pause
from feedback.storage.session import db


@dataclass(slots=True)
class Counted:
    """A clock's row with its rule, calendars and pauses."""

    clock: models.Clock
    rule: Rule
    start_calendar: StoredCalendar
    moves: list[tuple[datetime, StoredCalendar]]
    pauses: tuple[Pause, ...]

    def line(self) -> tuple[tuple[datetime, StoredCalendar], ...]:
        """Which calendar counts from when, from the start on."""
        return ((self.clock.started_at, self.start_calendar), *self.moves)

    def calendar_at(self, at: datetime) -> StoredCalendar:
        """The version that counts at an instant."""
        return next((stored for since, stored in reversed(self.line()) if since <= at), self.start_calendar)

    def counted_since(self, at: datetime) -> datetime:
        """Since when the calendar that counts at an instant has done so, through all of its versions."""
        calendar_id = self.calendar_at(at).calendar_id
        found = self.clock.started_at
        for since, stored in self.line():
            if since > at:
                break
            if stored.calendar_id != calendar_id:
                found = NEVER
            elif found == NEVER:
                found = since
        return found

    def due(self, *, moves: Sequence[tuple[datetime, StoredCalendar]] | None = None, rule: Rule | None = None) -> Due:
        """The deadline by everything known; none for a stopwatch. An open pause is taken to last to its limit.

        With ``moves`` or ``rule`` it is the one that there would be by those.
        """
        limit = (rule or self.rule).amount
        if limit is None:
            return Due(None, None, False)
        return counting.due(
            self.clock.started_at,
            Amount(limit.number + self.clock.extension, limit.unit),
            self.start_calendar.calendar,
            pauses=self.pauses,
            moves=_rule_moves(self.moves if moves is None else moves),
        )

    def minutes(self, until: datetime) -> int:
        """The open minutes used up, pauses left out."""
        start = self.clock.started_at
        return counting.working_minutes(
            start, until, self.start_calendar.calendar, self.pauses, _rule_moves(self.moves)
        )


def replanned(
    moves: Sequence[tuple[datetime, StoredCalendar]], since: datetime, line: Line
) -> list[tuple[datetime, StoredCalendar]]:
    """The moves of a clock after another line of calendars took over."""
    return [*(move for move in moves if move[0] < since), (since, line.current), *line.later]


def load(*conditions: ColumnElement[bool], lock: bool = True) -> list[Counted]:
    """The clocks that meet the conditions, oldest first, locked, with what they are counted by.

    Without ``lock`` they are only looked at.
    """
    wanted = select(models.Clock).where(*conditions).order_by(models.Clock.id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    clocks = db.session.scalars(wanted).all()
    if not clocks:
        return []
    rules = every_rule()
    moves = _moves_of([clock.id for clock in clocks])
    versions = {clock.calendar_version_id for clock in clocks}
    versions.update(version_id for rows in moves.values() for _, version_id in rows)
    calendars = calendar_versions(versions)
    pausable = {clock.ticket_id for clock in clocks if rules[clock.policy_version_id].pausable}
    pauses = _pauses_of(sorted(pausable))
    return [_counted(clock, rules, calendars, moves=moves, pauses=pauses) for clock in clocks]


def _counted(
    clock: models.Clock,
    rules: Mapping[int, Rule],
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
    """The moves of each clock by time; one written later replaces what was planned from its instant on."""
    move = models.ClockMove
    rows = db.session.execute(
        select(move.clock_id, move.at, move.calendar_version_id).where(move.clock_id.in_(clock_ids)).order_by(move.id)
    )
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for clock_id, at, version_id in rows:
        found[clock_id] = [*(each for each in found[clock_id] if each[0] < at), (at, version_id)]
    return found


def _rule_moves(moves: Sequence[tuple[datetime, StoredCalendar]]) -> tuple[Move, ...]:
    return tuple(Move(at, stored.calendar) for at, stored in moves)


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
