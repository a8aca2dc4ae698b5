"""Working time between two instants."""

from __future__ import annotations

from datetime import datetime

from feedback.clocks.queries.clocks import pauses_of
from feedback.clocks.queries.stored import line_of_unit
from feedback.clocks.rules.due import working_minutes
from feedback.clocks.rules.timeline import Move, Pause


def working_time(unit_id: int, start: datetime, end: datetime, *, ticket_id: int | None = None) -> int:
    """Whole open minutes of a unit's calendar, each day by the version that counts on it.

    With a ticket, its pauses are left out.
    """
    stood_still = () if ticket_id is None else pauses_of(ticket_id)
    pauses = [Pause(row.started_at, row.ended_at or row.limit_at) for row in stood_still]
    line = line_of_unit(unit_id, start)
    moves = [Move(at, stored.calendar) for at, stored in line.later]
    return working_minutes(start, end, line.current.calendar, pauses, moves)
