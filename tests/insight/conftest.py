"""Rows as the actions of other shelves leave them, made directly and valid by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from feedback.clocks.models import CalendarVersion, Clock, PolicyVersion
from feedback.insight.rules.figures import Reach
from feedback.insight.rules.period import Period
from feedback.insight.rules.scope import Scope
from feedback.kernel.references import new_number
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle
from feedback.tickets.rules.words import OPEN_STATES, State
from feedback.units.queries import unit_by_id

ZONE = "Asia/Jayapura"
NOW = datetime(2026, 3, 17, 3, 0, tzinfo=UTC)  # Tuesday 17 March 2026, 12.00 WIT
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31), ZONE)


def revisions(name: str) -> tuple[str, str]:
    """The migration before the one of that name, and its own."""
    [file] = (Path(__file__).resolve().parents[2] / "migrations/versions").glob(f"*_{name}.py")
    here = int(file.name[:4])
    return f"{here - 1:04d}", f"{here:04d}"


@dataclass
class Maker:
    """Makes tickets with their rounds and clocks."""

    count: int = 0

    def ticket(self, unit_id: int, **rest: Any) -> Ticket:
        self.count += 1
        received = rest.pop("received_at", datetime(2026, 3, 2, 2, 0, tzinfo=UTC) + timedelta(minutes=self.count))
        state = State(rest.pop("state", State.IN_PROGRESS))
        values: dict[str, Any] = {
            "number": new_number(), "kind": "complaint", "channel": "web", "text": f"Lampu jalan nomor {self.count} mati.",
            "unit_id": unit_id, "zone": ZONE, "received_at": received, "created_at": received, "state_since": received,
            "held_since": received, "state": state, "is_open": state in OPEN_STATES, "published_at": received,
        }  # fmt: skip
        ticket = Ticket(**{**values, **rest})
        db.session.add(ticket)
        db.session.flush()
        return ticket

    def round(self, ticket: Ticket, number: int = 1, **rest: Any) -> TicketCycle:
        values: dict[str, Any] = {"started_at": ticket.received_at, "unit_id": ticket.unit_id}
        row = TicketCycle(ticket_id=ticket.id, number=number, **{**values, **rest})
        db.session.add(row)
        db.session.flush()
        return row

    def open(self, unit_id: int, **rest: Any) -> Ticket:
        """A ticket that waits for its answer; ``due_at`` and ``due_kind`` as given."""
        cycle = {key: rest.pop(key) for key in ("first_response_minutes", "first_response_seconds") if key in rest}
        ticket = self.ticket(unit_id, **rest)
        self.round(ticket, **cycle)
        return ticket

    def answered(self, unit_id: int, first: int, resolved: int, *, on_time: bool | None = True, **rest: Any) -> Ticket:
        """A ticket answered after so many working minutes; three times as many minutes simply passed."""
        ticket = self.ticket(unit_id, **{"state": State.CLOSED, **rest})
        self.round(
            ticket,
            first_response_at=ticket.received_at + timedelta(minutes=3 * first),
            first_response_minutes=first,
            first_response_seconds=180 * first,
            answered_at=ticket.received_at + timedelta(minutes=3 * resolved),
            resolution_minutes=resolved,
            resolution_seconds=180 * resolved,
            on_time=on_time,
        )
        return ticket

    def clock(self, ticket: Ticket, kind: str, **rest: Any) -> Clock:
        values: dict[str, Any] = {
            "cycle": 1, "unit_id": ticket.unit_id, "started_at": ticket.received_at, "zone": ZONE,
            "policy_version_id": db.session.scalar(select(PolicyVersion.id).limit(1)),
            "calendar_version_id": db.session.scalar(select(CalendarVersion.id).limit(1)),
        }  # fmt: skip
        if rest.get("due_at") is not None:
            rest.setdefault("due_date", date(2026, 3, 10))
        clock = Clock(ticket_id=ticket.id, kind=kind, **{**values, **rest})
        db.session.add(clock)
        db.session.flush()
        return clock


@pytest.fixture
def make(world: Any) -> Maker:
    return Maker()


@pytest.fixture
def scope(world: Any) -> Callable[..., Scope]:
    def build(unit_id: int, reach: Reach = Reach.SUBTREE, period: Period = MARCH, now: datetime = NOW) -> Scope:
        unit = unit_by_id(unit_id)
        assert unit is not None
        return Scope(unit, period, now, reach)

    return build
