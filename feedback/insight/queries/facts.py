"""Rounds as facts: every measure of every round, by the same conditions the lists filter by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, Row, Select, case, func, or_, select

from feedback.clocks.models import Clock
from feedback.clocks.rules.policy import ClockKind
from feedback.insight.queries.cohort import (
    ANSWERED_IN_ROLE,
    VERIFY_MINUTES,
    VERIFY_SECONDS,
    counted_conditions,
    of_clock,
    timed,
)
from feedback.insight.rules.buckets import bucket_of
from feedback.insight.rules.facts import NOTHING, Dimension, Fact, Part
from feedback.insight.rules.lanes import (
    COUNT_LANE,
    HOUR_LANE,
    MINUTE_BOUNDS,
    MINUTE_LANE,
    SECOND_BOUNDS,
    SECOND_LANE,
    SUM_LANE,
    Summed,
    Timed,
)
from feedback.insight.rules.measures import COUNTED
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle
from feedback.units.models import Unit

_GUARDED = or_(Ticket.confidential, Ticket.hidden)
_DELICATE = _GUARDED & or_(
    Ticket.unit_id != TicketCycle.unit_id, Ticket.reported_person_id.is_not(None), Ticket.walled_unit_id.is_not(None)
)
_MOST_IDS = 10_000
_PLACES = 3  # province, city, district: villages are too many to tell apart

# The columns a fact is made of, in this order: what it is, its dimensions, its times, its stages, its measures.
_WHAT = (
    TicketCycle.id, TicketCycle.ticket_id, TicketCycle.number, TicketCycle.unit_id, TicketCycle.started_at,
    TicketCycle.answered_at, _GUARDED.label("guarded"), _DELICATE.label("delicate"), Unit.zone, Ticket.kind,
    Ticket.topic_id, Ticket.service_id, Ticket.channel, Ticket.region_code, ANSWERED_IN_ROLE,
)  # fmt: skip
_TIMES = {
    Timed.VERIFY: (VERIFY_MINUTES, VERIFY_SECONDS),
    Timed.FIRST_RESPONSE: (TicketCycle.first_response_minutes, TicketCycle.first_response_seconds),
    Timed.RESOLUTION: (TicketCycle.resolution_minutes, TicketCycle.resolution_seconds),
}
_REPORTER = func.coalesce(of_clock(ClockKind.COMPLETION, Clock.used_minutes), 0) + func.coalesce(
    of_clock(ClockKind.CONFIRMATION, Clock.used_minutes), 0
)


def facts(where: ColumnElement[bool], now: datetime) -> list[Fact]:
    """The rounds that meet a condition on rounds and tickets; two statements."""
    rows = db.session.execute(_select(now).where(where)).all()
    held = _holds(sorted({row.ticket_id for row in rows}))
    return [_fact(row, held) for row in rows]


def _select(now: datetime) -> Select[Any]:
    conditions = counted_conditions(now)
    flags = [case((conditions[measure], 1), else_=0).label(f"m{place}") for place, measure in enumerate(COUNTED)]
    times = [timed(column) for pair in _TIMES.values() for column in pair]
    return (
        select(*_WHAT, func.coalesce(_REPORTER, 0, type_=Integer).label("reporter"), *times, *flags)
        .select_from(TicketCycle)
        .join(Ticket, Ticket.id == TicketCycle.ticket_id)
        .join(Unit, Unit.id == TicketCycle.unit_id)
    )


def _fact(row: Row[Any], holds: Mapping[tuple[int, int], Sequence[tuple[int, int]]]) -> Fact:
    (cycle_id, ticket_id, number, unit_id, started_at, answered_at, guarded, delicate, zone, kind, topic, service,
     channel, region, role, reporter, *rest) = row  # fmt: skip
    local = started_at.astimezone(ZoneInfo(zone))
    hops = holds.get((ticket_id, number), ())
    amounts = dict(_times(rest[: 2 * len(_TIMES)]))
    flags = zip(COUNT_LANE.values(), rest[2 * len(_TIMES) :], strict=True)
    amounts.update({lane: flag for lane, flag in flags if flag})
    amounts[HOUR_LANE + 24 * local.weekday() + local.hour] = 1
    amounts.update(_stages(hops, rest[0] or 0, reporter))
    place = ".".join(region.split(".")[:_PLACES]) if region else NOTHING
    told = ((Dimension.KIND, kind), (Dimension.TOPIC, topic), (Dimension.SERVICE, service),
            (Dimension.CHANNEL, channel), (Dimension.REGION, place), (Dimension.ROLE, role))  # fmt: skip
    parts = (Part(dimension, NOTHING if value is None else str(value)) for dimension, value in told)
    return Fact(
        cycle_id=cycle_id,
        ticket_id=ticket_id,
        unit_id=unit_id,
        confidential=bool(guarded),
        delicate=bool(delicate),
        received_on=local.date(),
        answered_on=_local(answered_at, zone),
        amounts=amounts,
        parts=(*parts, *_ways(hops)),
    )


def _local(at: datetime | None, zone: str) -> date | None:
    return None if at is None else at.astimezone(ZoneInfo(zone)).date()


def _times(values: Sequence[int | None]) -> Iterator[tuple[int, int]]:
    for place, what in enumerate(_TIMES):
        minutes, seconds = values[2 * place : 2 * place + 2]
        if minutes is not None:
            yield MINUTE_LANE[what] + bucket_of(minutes, MINUTE_BOUNDS), 1
        if seconds is not None:
            yield SECOND_LANE[what] + bucket_of(seconds, SECOND_BOUNDS), 1


def _stages(hops: Sequence[tuple[int, int]], verify: int, reporter: int) -> dict[int, int]:
    """Working minutes by stage: what the holding units spent beyond the verification, and what the reporter took."""
    spent = max(sum(minutes for _, minutes in hops) - verify, 0)
    told = {
        Summed.VERIFY_MINUTES: verify, Summed.VERIFY_ROUNDS: verify > 0,
        Summed.UNIT_MINUTES: spent, Summed.UNIT_ROUNDS: spent > 0,
        Summed.REPORTER_MINUTES: reporter, Summed.REPORTER_ROUNDS: reporter > 0,
        Summed.HOPS: len(hops),
        # Back with somebody who had it before.
        Summed.RETURNS: max(len(hops) - len({unit_id for unit_id, _ in hops}), 0),
    }  # fmt: skip
    return {SUM_LANE[what]: int(amount) for what, amount in told.items() if amount}


def _ways(hops: Sequence[tuple[int, int]]) -> Iterator[Part]:
    """Who sent it to whom, and how long each had it."""
    minutes: dict[int, int] = {}
    for unit_id, spent in hops:
        minutes[unit_id] = minutes.get(unit_id, 0) + spent
    for unit_id, spent in minutes.items():
        amounts = {SUM_LANE[Summed.UNIT_MINUTES]: spent, SUM_LANE[Summed.UNIT_ROUNDS]: 1}
        yield Part(Dimension.HELD, str(unit_id), {lane: amount for lane, amount in amounts.items() if amount})
    sent: dict[str, int] = {}
    for (before, _), (after, _) in pairwise(hops):
        if before != after:
            sent[f"{before}>{after}"] = sent.get(f"{before}>{after}", 0) + 1
    for way, times in sent.items():
        yield Part(Dimension.FLOW, way, {SUM_LANE[Summed.HOPS]: times})


def _holds(ticket_ids: Sequence[int]) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """Who held each round of these reports and for how many working minutes, in order."""
    found: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for start in range(0, len(ticket_ids), _MOST_IDS):
        statement = (
            select(Clock.ticket_id, Clock.cycle, Clock.unit_id, Clock.used_minutes)
            .where(Clock.ticket_id.in_(ticket_ids[start : start + _MOST_IDS]), Clock.kind == ClockKind.HOLDING)
            .order_by(Clock.ticket_id, Clock.started_at, Clock.id)
        )
        for ticket_id, cycle, unit_id, minutes in db.session.execute(statement):
            found.setdefault((ticket_id, cycle), []).append((unit_id, minutes or 0))
    return found
