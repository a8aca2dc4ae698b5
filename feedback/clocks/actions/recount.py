"""What another calendar or rule does to the clocks: counted beforehand without writing, or counted and written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from feedback.clocks import models
from feedback.clocks.actions.counting import aim, note, replan, standing
from feedback.clocks.queries.counted import Counted, load, replanned
from feedback.clocks.queries.stored import Line, StoredCalendar, line_of_versions
from feedback.clocks.rules.due import Due
from feedback.clocks.rules.policy import Rule, rules_on
from feedback.clocks.rules.words import LIVE, ClockEventKind
from feedback.storage.session import db

DECREE = "decree"


@dataclass(frozen=True, slots=True)
class Effect:
    """One clock before and after: by another line of calendars from ``since`` on, or by another rule."""

    counted: Counted
    before: Due
    after: Due
    since: datetime | None = None
    line: Line | None = None
    rule: Rule | None = None

    @property
    def is_late(self) -> bool:
        """Whether its time ran out already: then it can only be excused."""
        return self.counted.clock.breached_at is not None

    @property
    def is_excused(self) -> bool:
        """Whether a breach would not have been one."""
        before, after = self.counted.clock.due_at, self.after.at
        return self.is_late and before is not None and after is not None and after > before

    @property
    def is_moved(self) -> bool:
        """Whether what is owed from now on changes."""
        return not self.is_late and self.before != self.after


@dataclass(slots=True)
class Tally:
    """How many open deadlines a change moves, by how many days, and which tickets they belong to."""

    considered: int = 0
    shifts: Counter[int] = field(default_factory=Counter)
    overdue: int = 0
    firm: int = 0
    ticket_ids: set[int] = field(default_factory=set)
    excused_clock_ids: list[int] = field(default_factory=list)

    @property
    def moved(self) -> int:
        """The deadlines whose date changes."""
        return sum(count for days, count in self.shifts.items() if days)

    def take(self, effect: Effect, at: datetime) -> None:
        """Count one clock in."""
        clock = effect.counted.clock
        if effect.is_late:
            if effect.is_excused:
                self.excused_clock_ids.append(clock.id)
            return
        self.considered += 1
        if not effect.is_moved:
            return
        self.ticket_ids.add(clock.ticket_id)
        self.firm += effect.before.provisional and not effect.after.provisional
        self.overdue += effect.after.at is not None and effect.after.at <= at
        if effect.before.date and effect.after.date:
            self.shifts[(effect.after.date - effect.before.date).days] += 1

    def written(self) -> dict[str, Any]:
        """What a change remembers of its publication."""
        shifts = [[days, count] for days, count in sorted(self.shifts.items()) if days]
        return {
            "considered": self.considered,
            "moved": self.moved,
            "tickets": len(self.ticket_ids),
            "shifts": shifts,
            "overdue": self.overdue,
            "firm": self.firm,
            "excused": len(self.excused_clock_ids),
        }


def by_calendars(
    versions: Mapping[int, Sequence[StoredCalendar]], *, closed_from: date | None, at: datetime, lock: bool
) -> Iterator[Effect]:
    """What these versions, by calendar, would make of the clocks they count.

    ``closed_from`` is the first date that is newly closed: breaches from then on may be excused.
    """
    clock = models.Clock
    wanted: ColumnElement[bool] = clock.state.in_(LIVE)
    if closed_from is not None:
        wanted = or_(wanted, clock.breached_at.is_not(None) & (clock.due_date >= closed_from))
    for counted in load(wanted, lock=lock):
        # A clock that stopped is looked at as it stood then, and one that is late as it stood when it was due.
        moment = counted.clock.breached_at or at
        stored = versions.get(counted.calendar_at(moment).calendar_id)
        if not stored or (counted.rule.amount is None and counted.clock.state not in LIVE):
            continue
        since = counted.counted_since(moment)
        line = line_of_versions(stored, since)
        after = counted.due(moves=replanned(counted.moves, since, line))
        yield Effect(counted, counted.due(), after, since=since, line=line)


def by_rules(rules: Sequence[Rule], *, at: datetime, lock: bool) -> Iterator[Effect]:
    """What the versions of one policy, newest first, would make of the live clocks of that policy."""
    codes = {rule.code for rule in rules}
    versions = select(models.PolicyVersion.id).join(models.Policy).where(models.Policy.code.in_(codes))
    for counted in load(models.Clock.state.in_(LIVE), models.Clock.policy_version_id.in_(versions), lock=lock):
        started_on = counted.start_calendar.calendar.local_date(counted.clock.started_at)
        chosen = rules_on(rules, started_on)
        if not chosen or counted.rule.amount is None or chosen[0].version_id == counted.rule.version_id:
            continue
        ran_out = counted.clock.due_at is not None and counted.clock.due_at <= at
        if not ran_out or counted.clock.retarget_overdue:
            yield Effect(counted, counted.due(), counted.due(rule=chosen[0]), rule=chosen[0])


def foresee(effects: Iterable[Effect], at: datetime) -> Tally:
    """Count effects without writing anything."""
    found = Tally()
    for effect in effects:
        found.take(effect, at)
    return found


def carry_out(effects: Iterable[Effect], at: datetime, *, reason: str) -> Tally:
    """Count effects and write them: the deadline with its event, or the excuse of a breach, once."""
    found = Tally()
    excused = _excused_before()
    for effect in effects:
        if effect.is_late:
            if effect.is_excused and effect.counted.clock.id not in excused:
                found.take(effect, at)
                note(effect.counted.clock, ClockEventKind.EXCUSED, at, reason=DECREE)
            continue
        found.take(effect, at)
        _write(effect, at, reason)
    db.session.flush()
    return found


def _write(effect: Effect, at: datetime, reason: str) -> None:
    counted, clock = effect.counted, effect.counted.clock
    if effect.line is not None and effect.since is not None:
        replan(counted, effect.since, effect.line)
    if effect.rule is not None and effect.rule.version_id is not None:
        counted.rule, clock.policy_version_id = effect.rule, effect.rule.version_id
    if not effect.is_moved:
        return
    clock.retarget_overdue = effect.after.at is not None and effect.after.at <= at
    aim(counted)
    kind = ClockEventKind.RETARGETED if effect.rule else ClockEventKind.MOVED
    if clock.retarget_overdue:
        kind = ClockEventKind.RETARGET_OVERDUE
    note(clock, kind, at, reason=reason, **standing(clock))


def _excused_before() -> set[int]:
    event = models.ClockEvent
    rows = db.session.execute(
        select(event.clock_id, event.detail).where(event.kind == ClockEventKind.EXCUSED).order_by(event.id)
    )
    return {clock_id for clock_id, detail in rows if detail.get("reason") == DECREE}
