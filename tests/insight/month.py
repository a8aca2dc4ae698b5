"""A month with everything in it, counted by hand, and how its board is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from feedback.insight.queries.board import board
from feedback.insight.queries.cohort import watched_units
from feedback.insight.rules.buckets import LARGEST_ERROR
from feedback.insight.rules.figures import BoardRow
from feedback.insight.rules.period import midnight
from feedback.insight.rules.scope import Scope
from feedback.storage.session import db
from feedback.tickets.rules.words import State
from tests.factories import World
from tests.insight.conftest import NOW, ZONE, Maker

DAY = timedelta(days=1)
YESTERDAY = midnight(date(2026, 3, 17), ZONE)
TONIGHT = midnight(date(2026, 3, 18), ZONE)
Build = Callable[..., Scope]


def near(number: float) -> Any:
    """Equal within the error that histograms may have."""
    return pytest.approx(number, rel=LARGEST_ERROR)


def rows_of(world: World, scope: Scope, actor: Any = None) -> dict[str, BoardRow]:
    actor = actor or world.governor
    found = board(scope, watched_units(actor), actor)
    return {"total": found.total, **{row.unit.name: row for row in found.rows}}


def fill(make: Maker, world: World) -> None:
    """A month with everything in it; the comments of the tests count it by hand."""
    for first, resolved in ((30, 100), (60, 200), (90, 300), (240, 1000)):
        make.answered(world.agency, first, resolved)
    make.answered(world.division, 120, 400, on_time=False)
    make.answered(world.division, 10, 50, state=State.LAPSED)
    make.answered(world.other_agency, 500, 900, on_time=None)
    late = make.open(world.agency, due_at=NOW - DAY, due_kind="resolve")
    make.clock(late, "resolve", due_at=NOW - DAY)
    make.open(world.division, due_at=TONIGHT, due_kind="first_response")
    make.open(world.division, due_at=NOW - DAY, due_kind="confirmation", state=State.ANSWERED)
    make.open(world.government, due_at=TONIGHT + 2 * DAY, due_kind="verify", state=State.RECEIVED)
    make.open(world.agency, state=State.REJECTED)
    disputed = make.answered(world.agency, 40, 150, state=State.DISPUTED, cycle=2)
    make.round(disputed, 2, started_at=datetime(2026, 3, 9, 2, tzinfo=UTC))
    make.open(
        world.agency, state=State.ON_HOLD, hold_reason="waiting_material", promised_date=date(2026, 3, 16)
    )
    make.open(world.government, state=State.RECEIVED, returned_at=NOW - DAY)
    # Outside the period and outside the subtree.
    make.answered(world.agency, 1, 1, received_at=datetime(2026, 2, 28, 14, 59, tzinfo=UTC))
    make.answered(world.other_government, 1, 1)
    db.session.commit()
