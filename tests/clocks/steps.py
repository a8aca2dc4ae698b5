"""What happens to clocks, each in its own transaction, and how they stand afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

from feedback.clocks import actions, queries
from feedback.clocks.rules.words import ClockEventKind
from feedback.storage.session import transaction
from tests.factories import MONDAY

# The world of the tests is in WIT; MONDAY is 2 March 2026, 11.00 there.
WIT = "Asia/Jayapura"
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + timedelta(days=days) for days in (1, 2, 3))


def start(ticket: int, kind: str, unit: int, when: datetime = MONDAY, *, grade: str | None = "normative") -> int | None:
    with transaction():
        return actions.start(
            ticket_id=ticket, cycle=1, kind=kind, unit_id=unit, at=when, ticket_kind="complaint", grade=grade
        )


def hand_over(ticket: int, unit: int, when: datetime, *, cycle: int = 1) -> None:
    with transaction():
        actions.hand_over(ticket_id=ticket, cycle=cycle, unit_id=unit, at=when)


def stop(ticket: int, kind: str, when: datetime, *, cancelled: bool = False) -> None:
    with transaction():
        actions.stop(ticket_id=ticket, kinds=(kind,), at=when, cancelled=cancelled)


def pause(ticket: int, when: datetime, limit: datetime) -> None:
    with transaction():
        actions.pause(ticket_id=ticket, at=when, limit_at=limit, reason="Menunggu suku cadang")


def end_pause(ticket: int, when: datetime) -> datetime | None:
    with transaction():
        return actions.end_pause(ticket_id=ticket, at=when)


def retarget(ticket: int, grade: str | None, when: datetime, *, kind: str = "complaint") -> None:
    with transaction():
        actions.retarget(ticket_id=ticket, cycle=1, ticket_kind=kind, grade=grade, at=when)


def breaches(now: datetime, limit: int = 500) -> list[int]:
    with transaction():
        return [breach.clock_id for breach in actions.mark_breaches(now, limit)]


def clock(ticket: int, kind: str = "resolve") -> queries.ClockRow:
    return [row for row in queries.clocks_of(ticket) if row.kind == kind][-1]


def events(ticket: int, kind: str = "resolve") -> list[ClockEventKind]:
    wanted = clock(ticket, kind).id
    return [event.kind for event in queries.clock_events(ticket) if event.clock_id == wanted]
