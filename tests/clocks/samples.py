"""What the tests of the clocks share: the vectors, calendars made on the spot, and a slow, plain counter."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from feedback.clocks.rules.calendar import Calendar, Day, parse
from feedback.clocks.rules.due import Unit
from feedback.clocks.rules.timeline import Move, Pause

VECTORS = Path(__file__).parent / "vectors"
ZONES = {"wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura"}
OFFICE: Day = ((time(8), time(12)), (time(13), time(16)))
CALENDARS = {
    key: parse(key, each) for key, each in json.loads((VECTORS / "calendars.json").read_text(encoding="utf-8")).items()
}
WIB, WITA, WIT = CALENDARS["wib"], CALENDARS["wita"], CALENDARS["wit"]


def vectors() -> list[dict[str, Any]]:
    """The 200 cases, in order."""
    return [json.loads(line) for line in (VECTORS / "deadlines.jsonl").read_text(encoding="utf-8").splitlines()]


def at(text: str) -> datetime:
    """An instant from ISO text with a zone."""
    return datetime.fromisoformat(text)


def a_calendar(
    *, zone: str = "wib", week: dict[int, Day] | None = None, closed: Sequence[date] = (), **rest: Any
) -> Calendar:
    """Monday to Friday, 08-12 and 13-16, in WIB, with the data of 2025-2027 known, unless told otherwise."""
    days = week if week is not None else dict.fromkeys(range(5), OFFICE)
    rest.setdefault("years", frozenset({2025, 2026, 2027}))
    rest.setdefault("key", zone)
    return Calendar(
        zone=ZoneInfo(ZONES[zone]),
        week=tuple(days.get(index, ()) for index in range(7)),
        closed=frozenset(closed),
        **rest,
    )


def slow_due(
    start: datetime,
    number: int,
    unit: Unit,
    calendar: Calendar,
    *,
    pauses: Sequence[Pause] = (),
    moves: Sequence[Move] = (),
) -> tuple[datetime, date]:
    """The deadline found by looking at every single minute; whole minutes only."""
    instant, left, used = start, number, set[date]()
    while True:
        if unit is Unit.WORKING_MINUTE:
            here = _counting(instant, calendar, moves, closing=False)
            local = instant.astimezone(here.zone)
            if _is_open(here, local) and not any(p.start <= instant and (not p.end or instant < p.end) for p in pauses):
                left -= 1
                if not left:
                    return instant + timedelta(minutes=1), local.date()
            instant += timedelta(minutes=1)
            continue
        instant += timedelta(minutes=1)
        here = _counting(instant, calendar, moves, closing=True)
        local = instant.astimezone(here.zone)
        day = local.date() - timedelta(days=1)
        if local.time() != time.min or day in used or day <= start.astimezone(here.zone).date():
            continue
        if any(p.start < instant and (not p.end or instant <= p.end) for p in pauses):
            continue
        if unit is Unit.CALENDAR_DAY or here.is_working_day(day):
            used.add(day)
            left -= 1
            if not left:
                return instant, day


def _counting(instant: datetime, calendar: Calendar, moves: Sequence[Move], *, closing: bool) -> Calendar:
    """The calendar that counts; what closes at the very instant of a move is still closed by the old one."""
    for move in sorted(moves, key=lambda each: each.at):
        if move.at < instant or (move.at == instant and not closing):
            calendar = move.calendar
    return calendar


def _is_open(calendar: Calendar, local: datetime) -> bool:
    moment = local.time()
    return any(opening <= moment < closing for opening, closing in calendar.hours(local.date()))
