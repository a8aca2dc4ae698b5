"""A ticket for clocks to run on."""

from __future__ import annotations

import pytest

from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket
from tests.clocks.steps import WIT
from tests.factories import MONDAY, World


@pytest.fixture
def ticket(world: World) -> int:
    """A complaint received on Monday by the government of the small province."""
    with transaction():
        row = Ticket(
            number="MB-0000-0001",
            kind="complaint",
            channel="web",
            text="Lampu jalan padam.",
            unit_id=world.government,
            zone=WIT,
            received_at=MONDAY,
            created_at=MONDAY,
            state_since=MONDAY,
            held_since=MONDAY,
        )
        db.session.add(row)
        db.session.flush()
        return row.id
