"""What may be promised to a reporter before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from feedback.clocks.queries.stored import calendar_of_unit, policy_rules
from feedback.clocks.rules.due import Amount, Due, Unit, due
from feedback.clocks.rules.policy import ClockKind, Rule, Starts, rules_for

_PROMISED = (ClockKind.VERIFY, ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a reporter can count on. ``counted_from`` VERIFIED means: from the last moment verification may take."""

    kind: ClockKind
    due_at: datetime
    due_date: date
    zone: str
    amount: int
    unit: Unit
    provisional: bool
    counted_from: Starts
    source: str


def promises(*, ticket_kind: str, grade: str | None, unit_id: int, received_at: datetime) -> tuple[Promise, ...]:
    """What may be promised about a report received then: verification, first response, answer, latest dates each.

    The last two start when the report is verified; they are counted from the last moment that may happen, so that the
    date shown is one the reporter can rely on.
    """
    stored = calendar_of_unit(unit_id, received_at)
    day = stored.calendar.local_date(received_at)
    rules = rules_for(policy_rules(), ticket_kind=ticket_kind, grade=grade, on=day)
    found: list[Promise] = []
    start, counted_from = received_at, Starts.RECEIVED
    for kind in _PROMISED:
        rule = rules.get(kind)
        if rule is None or rule.amount is None:
            continue
        promise = _promise(rule, rule.amount, due(start, rule.amount, stored.calendar), counted_from, stored.zone)
        found.append(promise)
        if kind is ClockKind.VERIFY:
            # `due_at` is the midnight after the last day; the last moment of that day is just before it.
            start, counted_from = promise.due_at - _INSTANT, Starts.VERIFIED
    return tuple(found)


def _promise(rule: Rule, amount: Amount, found: Due, counted_from: Starts, zone: str) -> Promise:
    # Only a pause without end leaves no deadline, and nothing is paused yet.
    assert found.at is not None
    assert found.date is not None
    return Promise(
        kind=rule.clock,
        due_at=found.at,
        due_date=found.date,
        zone=zone,
        amount=amount.number,
        unit=amount.unit,
        provisional=found.provisional,
        counted_from=counted_from,
        source=rule.source,
    )
