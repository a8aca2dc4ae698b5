"""Writes a batch of reports with everything that belongs to them: a few statements, whatever their number."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, insert, select

from feedback.adapters.search import index_tickets
from feedback.clocks import models as clocks
from feedback.clocks.queries import StoredCalendar, calendar_of_unit, policy_rules
from feedback.clocks.rules.words import ClockEventKind, ClockState
from feedback.kernel.references import new_number
from feedback.storage.session import db
from feedback.tickets.actions.shielding import entrusted_rows
from feedback.tickets.models import Ticket, TicketCycle, TicketEvent
from feedback.tickets.rules.imports import Draft, ImportMap, Past, Reckoning, Story, past_of
from feedback.tickets.rules.imports.places import Found
from feedback.tickets.rules.shield import Shielded, shielded
from feedback.tickets.rules.words import OPEN_STATES, Channel

_TICKET = cast(Table, Ticket.__table__)
_EVENT = cast(Table, TicketEvent.__table__)
_CYCLE = cast(Table, TicketCycle.__table__)
_CLOCK = cast(Table, clocks.Clock.__table__)
_CLOCK_EVENT = cast(Table, clocks.ClockEvent.__table__)
# The same for every imported report: nobody is known to have written it, and its words were public where it comes from.
_ALWAYS = {
    "channel": Channel.IMPORT,
    "place": "",
    "anonymous": False,
    "confidential": False,
    "hidden": False,
    "locale": "id",
    "cycle": 1,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that may be written, and where it belongs."""

    draft: Draft
    found: Found


@dataclass(frozen=True, slots=True)
class _Row:
    entry: Entry
    past: Past
    calendar: StoredCalendar
    number: str
    words: Shielded


class Writer:
    """Writes entries; calendars, rules and deadlines are looked up once and kept for the whole run."""

    def __init__(self, given: ImportMap, now: datetime) -> None:
        self._map = given
        self._now = now
        self._rules = policy_rules()
        self._versions = sorted(set(db.session.scalars(select(clocks.CalendarVersion.valid_from))))
        self._calendars: dict[tuple[int, int], StoredCalendar] = {}
        self._reckonings: dict[int, Reckoning] = {}

    def write(self, entries: Sequence[Entry]) -> int:
        """Write those that are not there yet, inside the caller's transaction; returns how many."""
        there = _written(self._map.source, [entry.draft.ref for entry in entries])
        fresh = [entry for entry in entries if entry.draft.ref not in there]
        if not fresh:
            return 0
        numbers = _free_numbers(len(fresh))
        rows = [self._row(entry, number) for entry, number in zip(fresh, numbers, strict=True)]
        ids = self._insert_tickets(rows)
        _insert(_EVENT, _each(rows, ids, _event_values))
        _insert(_CYCLE, _each(rows, ids, _cycle_values))
        _insert(_CLOCK, _each(rows, ids, _clock_values))
        clock_ids = _clock_ids(ids)
        happened = ((row, ticket_id, clock_ids) for row, ticket_id in zip(rows, ids, strict=True))
        _insert(_CLOCK_EVENT, [one for each in happened for one in _clock_events(*each)])
        _index(rows, ids)
        return len(fresh)

    def _row(self, entry: Entry, number: str) -> _Row:
        draft = entry.draft
        calendar = self._calendar(entry.found.unit.id, draft.received_at)
        reckoning = self._reckonings.get(calendar.version_id)
        if reckoning is None:
            reckoning = self._reckonings[calendar.version_id] = Reckoning(calendar.calendar, self._rules)
        story = Story(
            kind=draft.kind,
            grade=self._map.grade,
            received_at=draft.received_at,
            answered_at=draft.answered_at,
            when_answered=self._map.when_answered,
        )
        # Nobody is there to be asked: the usual answer holds for whatever is private.
        words = shielded("text", draft.text, {})
        return _Row(entry, past_of(story, reckoning, self._now), calendar, number, words)

    def _calendar(self, unit_id: int, at: datetime) -> StoredCalendar:
        """The calendar of a unit at an instant; asked of the database once between two versions of any calendar."""
        day = at.astimezone(UTC).date()
        place = bisect_right(self._versions, day)
        if bisect_right(self._versions, day + timedelta(days=1)) != place:
            return calendar_of_unit(unit_id, at)  # whether the next version counts depends on the calendar's zone
        key = (unit_id, place)
        if key not in self._calendars:
            self._calendars[key] = calendar_of_unit(unit_id, at)
        return self._calendars[key]

    def _insert_tickets(self, rows: Sequence[_Row]) -> list[int]:
        """Rows go in without RETURNING, which makes one long statement of many short ones; then the ids are read."""
        _insert(_TICKET, [self._ticket_values(row) for row in rows])
        ids = _written(self._map.source, [row.entry.draft.ref for row in rows])
        return [ids[row.entry.draft.ref] for row in rows]

    def _ticket_values(self, row: _Row) -> dict[str, Any]:
        draft, found, past = row.entry.draft, row.entry.found, row.past
        return {
            **_ALWAYS,
            "number": row.number,
            "kind": draft.kind,
            "grade": self._map.grade,
            "text": row.words.text,
            "original_text": row.words.original,
            "unit_id": found.unit.id,
            "zone": found.unit.zone,
            "topic_id": found.topic_id,
            "region_code": found.region_code,
            "received_at": draft.received_at,
            "created_at": self._now,
            "published_at": draft.received_at,
            "held_since": draft.received_at,
            "state": past.state,
            "state_since": past.state_since,
            "is_open": past.state in OPEN_STATES,
            "version": len(past.moves),
            "first_response_at": draft.answered_at,
            "answered_at": draft.answered_at,
            "closed_at": past.closed_at,
            "due_at": past.due_at,
            "due_kind": past.due_kind,
            "import_source": self._map.source,
            "import_ref": draft.ref,
        }


def refs_of(source: str) -> frozenset[str]:
    """The keys of everything that was imported from a source so far."""
    return frozenset(db.session.scalars(select(_TICKET.c.import_ref).where(_TICKET.c.import_source == source)))


def _written(source: str, refs: Sequence[str]) -> dict[str, int]:
    """The ids of those of these keys that are stored."""
    mine = select(_TICKET.c.import_ref, _TICKET.c.id).where(
        _TICKET.c.import_source == source, _TICKET.c.import_ref.in_(refs)
    )
    return dict(db.session.execute(mine).tuples().all())


def _free_numbers(count: int) -> list[str]:
    """Numbers nobody has, from the same source of chance as every other ticket's."""
    free: dict[str, None] = {}
    while len(free) < count:
        drawn = {new_number() for _ in range(count - len(free))}
        drawn -= set(db.session.scalars(select(_TICKET.c.number).where(_TICKET.c.number.in_(drawn))))
        free |= dict.fromkeys(drawn)
    return list(free)


def _insert(table: Table, values: Sequence[dict[str, Any]]) -> None:
    if values:
        db.session.execute(insert(table), values)


def _index(rows: Sequence[_Row], ids: Sequence[int]) -> None:
    index_tickets((ticket_id, row.words.text) for row, ticket_id in zip(rows, ids, strict=True))


def _each(
    rows: Sequence[_Row], ids: Sequence[int], values: Callable[[_Row, int], Iterable[dict[str, Any]]]
) -> list[dict[str, Any]]:
    return [one for row, ticket_id in zip(rows, ids, strict=True) for one in values(row, ticket_id)]


def _event_values(row: _Row, ticket_id: int) -> Iterable[dict[str, Any]]:
    for version, move in enumerate(row.past.moves, start=1):
        yield {
            "ticket_id": ticket_id,
            "at": move.at,
            "move": move.move,
            "from_state": move.from_state,
            "to_state": move.to_state,
            "cycle": 1,
            "version": version,
            "unit_id": row.entry.found.unit.id,
            "text": "",
            "is_public": True,
            "detail": move.detail,
            "entrusted": entrusted_rows(row.words) if version == 1 else None,
        }


def _cycle_values(row: _Row, ticket_id: int) -> Iterable[dict[str, Any]]:
    draft, past = row.entry.draft, row.past
    yield {
        "ticket_id": ticket_id,
        "number": 1,
        "started_at": draft.received_at,
        "unit_id": row.entry.found.unit.id,
        "first_response_at": draft.answered_at,
        "first_response_minutes": past.minutes,
        "first_response_seconds": past.seconds,
        "answered_at": draft.answered_at,
        "resolution_minutes": past.minutes,
        "resolution_seconds": past.seconds,
        "on_time": past.on_time,
    }


def _clock_values(row: _Row, ticket_id: int) -> Iterable[dict[str, Any]]:
    for clock in row.past.clocks:
        yield {
            "ticket_id": ticket_id,
            "cycle": 1,
            "kind": clock.kind,
            "unit_id": row.entry.found.unit.id,
            "started_at": clock.started_at,
            "zone": row.calendar.zone,
            "policy_version_id": clock.rule_id,
            "calendar_version_id": row.calendar.version_id,
            "state": clock.state,
            "due_at": clock.due.at,
            "due_date": clock.due.date,
            "provisional": clock.due.provisional,
            "extension": 0,
            "retarget_overdue": False,
            "stopped_at": clock.stopped_at,
            "breached_at": clock.breached_at,
            "used_minutes": clock.used_minutes,
            "elapsed_seconds": clock.elapsed_seconds,
        }


def _clock_ids(ids: Sequence[int]) -> dict[tuple[int, str], int]:
    mine = select(_CLOCK.c.ticket_id, _CLOCK.c.kind, _CLOCK.c.id).where(_CLOCK.c.ticket_id.in_(ids))
    return {(ticket_id, kind): clock_id for ticket_id, kind, clock_id in db.session.execute(mine)}


def _clock_events(row: _Row, ticket_id: int, clock_ids: Mapping[tuple[int, str], int]) -> Iterable[dict[str, Any]]:
    """The same history the clocks would have that ran here."""
    unit_id = row.entry.found.unit.id
    for clock in row.past.clocks:
        clock_id = clock_ids[ticket_id, clock.kind]
        due = {
            "due_at": clock.due.at.isoformat() if clock.due.at else None,
            "due_date": clock.due.date.isoformat() if clock.due.date else None,
            "provisional": clock.due.provisional,
            "retarget_overdue": False,
        }
        started = {"unit_id": unit_id, "state": ClockState.RUNNING, **due}
        yield _happened(clock_id, ClockEventKind.STARTED, clock.started_at, started)
        if clock.breached_at is not None:
            yield _happened(clock_id, ClockEventKind.BREACHED, clock.breached_at, {"unit_id": unit_id})
        if clock.stopped_at is not None:
            spent = {"used_minutes": clock.used_minutes, "elapsed_seconds": clock.elapsed_seconds}
            stopped = {"state": clock.state, **due, **spent}
            yield _happened(clock_id, ClockEventKind.STOPPED, clock.stopped_at, stopped)


def _happened(clock_id: int, kind: ClockEventKind, at: datetime, detail: dict[str, Any]) -> dict[str, Any]:
    return {"clock_id": clock_id, "kind": kind, "at": at, "detail": detail}
