"""What became of a report before it came here: its moves, its clocks and the figures of its one round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from feedback.clocks.rules.calendar import Calendar
from feedback.clocks.rules.due import Amount, Due, Unit, due
from feedback.clocks.rules.policy import ClockKind, Rule, rules_for
from feedback.clocks.rules.words import ClockState
from feedback.tickets.rules.words import Kind, MoveName, State

# The clocks an answer stops. All count from the receipt: files do not tell when a report was verified or assigned.
ANSWERED_BY = (ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE, ClockKind.KIP_ANSWER, ClockKind.HOLDING)
JUDGED = frozenset({ClockKind.RESOLVE, ClockKind.KIP_ANSWER})
_MINUTE = timedelta(minutes=1)
_ONE_DAY = timedelta(days=1)
_NO_DUE = Due(None, None, False)


class Reckoning:
    """Deadlines and open time by one calendar, each date counted once however many reports share it."""

    def __init__(self, calendar: Calendar, rules: tuple[Rule, ...]) -> None:
        self._calendar = calendar
        self._rules = rules
        self._chosen: dict[tuple[str, str | None, date], dict[ClockKind, Rule]] = {}
        self._dues: dict[tuple[Amount, date], Due] = {}
        self._pieces: dict[date, tuple[tuple[datetime, datetime], ...]] = {}
        self._whole: dict[tuple[date, date], timedelta] = {}
        self._last: tuple[datetime, datetime, int] | None = None

    def rules(self, kind: str, grade: str | None, at: datetime) -> dict[ClockKind, Rule]:
        """The rule of each clock for a report of this kind and grade on the local date of an instant."""
        key = (kind, grade, self._calendar.local_date(at))
        if key not in self._chosen:
            self._chosen[key] = rules_for(self._rules, ticket_kind=kind, grade=grade, on=key[2])
        return self._chosen[key]

    def due(self, start: datetime, amount: Amount | None) -> Due:
        """When an amount counted from an instant is used up; without an amount nothing is due."""
        if amount is None:
            return _NO_DUE
        if amount.unit is Unit.WORKING_MINUTE:
            return due(start, amount, self._calendar)
        # Days are counted from the local date of the start: every instant of that date has the same deadline.
        key = (amount, self._calendar.local_date(start))
        if key not in self._dues:
            self._dues[key] = due(start, amount, self._calendar)
        return self._dues[key]

    def minutes(self, start: datetime, end: datetime) -> int:
        """Whole open minutes between two instants."""
        if self._last is not None and self._last[:2] == (start, end):
            return self._last[2]  # one answer stops several clocks
        first, last = self._calendar.local_date(start), self._calendar.local_date(end)
        total = self._open(first, start, end)
        if first < last:
            total += self._between(first, last) + self._open(last, start, end)
        self._last = (start, end, total // _MINUTE)
        return self._last[2]

    def _open(self, day: date, start: datetime, end: datetime) -> timedelta:
        if day not in self._pieces:
            self._pieces[day] = tuple(self._calendar.open_between(day))
        return sum(
            (min(close, end) - max(opening, start) for opening, close in self._pieces[day]
             if max(opening, start) < min(close, end)),
            timedelta(),
        )  # fmt: skip

    def _between(self, first: date, last: date) -> timedelta:
        """The open time of the dates after the first and before the last."""
        key = (first, last)
        if key not in self._whole:
            total, day = timedelta(), first + _ONE_DAY
            while day < last:
                total += sum((close - opening for opening, close in self._calendar.open_between(day)), timedelta())
                day += _ONE_DAY
            self._whole[key] = total
        return self._whole[key]


@dataclass(frozen=True, slots=True)
class PastMove:
    """One event of the report's history."""

    at: datetime
    move: MoveName
    from_state: State | None
    to_state: State
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PastClock:
    """One clock of the report; ``rule_id`` is the stored version of its rule."""

    kind: ClockKind
    rule_id: int
    started_at: datetime
    due: Due
    state: ClockState
    stopped_at: datetime | None = None
    breached_at: datetime | None = None
    used_minutes: int | None = None
    elapsed_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """The whole history. ``minutes`` and ``seconds`` are from receipt to answer, None without one.

    ``on_time`` is by the limit of the answer; None while unanswered, or when no rule had a limit on that date.
    """

    state: State
    state_since: datetime
    closed_at: datetime | None
    due_at: datetime | None
    due_kind: ClockKind | None
    minutes: int | None
    seconds: int | None
    on_time: bool | None
    moves: tuple[PastMove, ...]
    clocks: tuple[PastClock, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What the file tells of one report, and how the map ends those that were answered."""

    kind: Kind
    grade: str | None
    received_at: datetime
    answered_at: datetime | None
    when_answered: State


def past_of(story: Story, reckoning: Reckoning, now: datetime) -> Past:
    """The history of a report as if the platform had been there, from the two instants the file knows.

    No verification is invented: the first event already says that the agency of the file has the report.
    """
    received, answered = story.received_at, story.answered_at
    rules = reckoning.rules(story.kind, story.grade, received)
    clocks = [_clock(rules[kind], reckoning, received, answered, now) for kind in ANSWERED_BY if kind in rules]
    moves = [PastMove(received, MoveName.SUBMIT, None, State.ASSIGNED, {"channel": "import", "imported": True})]
    state, since, closed_at = State.ASSIGNED, received, None
    if answered is not None:
        moves.append(PastMove(answered, MoveName.ANSWER, State.ASSIGNED, State.ANSWERED, {"imported": True}))
        confirmation, end = _ending(story, answered, reckoning, now)
        clocks += confirmation
        moves += end
        state, since = moves[-1].to_state, moves[-1].at
        closed_at = since if end else None
    owed = [clock for clock in clocks if clock.state is ClockState.RUNNING and clock.due.at is not None]
    nearest = min(owed, key=lambda clock: clock.due.at or now, default=None)
    judged = [clock.breached_at is None for clock in clocks if clock.kind in JUDGED]
    return Past(
        state=state,
        state_since=since,
        closed_at=closed_at,
        due_at=nearest.due.at if nearest else None,
        due_kind=nearest.kind if nearest else None,
        minutes=reckoning.minutes(received, answered) if answered else None,
        seconds=_seconds(received, answered) if answered else None,
        on_time=all(judged) if judged and answered else None,
        moves=tuple(moves),
        clocks=tuple(clocks),
    )


def _ending(
    story: Story, answered: datetime, reckoning: Reckoning, now: datetime
) -> tuple[list[PastClock], list[PastMove]]:
    """What followed the answer: the source says it was confirmed, or silence lapsed it when the reporter's time was up.

    While that time still runs the report stays open, and the platform's own timer ends it as it does for every other.
    """
    rule = reckoning.rules(story.kind, story.grade, answered).get(ClockKind.CONFIRMATION)
    lapses_at = answered if rule is None else reckoning.due(answered, rule.amount).at
    end: PastMove | None = None
    if story.when_answered is State.CLOSED:
        end = PastMove(answered, MoveName.CONFIRM, State.ANSWERED, State.CLOSED, {"imported": True})
    elif lapses_at is not None and lapses_at <= now:
        end = PastMove(lapses_at, MoveName.LAPSE, State.ANSWERED, State.LAPSED, {"imported": True})
    clocks = [] if rule is None else [_clock(rule, reckoning, answered, end.at if end else None, now)]
    return clocks, [] if end is None else [end]


def _clock(rule: Rule, reckoning: Reckoning, start: datetime, stop: datetime | None, now: datetime) -> PastClock:
    """A clock as the running platform would have left it: missed from its due instant on, a breach never erased."""
    assert rule.version_id is not None  # rules that run clocks are stored
    found = reckoning.due(start, rule.amount)
    late = found.at is not None and found.at <= (stop or now)
    breached_at = found.at if late else None
    if stop is None:
        return PastClock(rule.clock, rule.version_id, start, found, ClockState.RUNNING, breached_at=breached_at)
    return PastClock(
        kind=rule.clock,
        rule_id=rule.version_id,
        started_at=start,
        due=found,
        state=ClockState.MISSED if late else ClockState.MET,
        stopped_at=stop,
        breached_at=breached_at,
        used_minutes=reckoning.minutes(start, stop),
        elapsed_seconds=_seconds(start, stop),
    )


def _seconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())
