"""Tickets as rows, for tests of what is read."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from feedback.adapters.search import index_ticket
from feedback.kernel.references import new_number
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket
from feedback.tickets.rules.words import OPEN_STATES, State
from tests.factories import MONDAY, World

_serial = itertools.count(1)


def add_ticket(world: World, **values: Any) -> Ticket:
    """A published complaint at the agency, a second newer than the one before; findable when it is public."""
    serial = next(_serial)
    at = values.pop("received_at", MONDAY + timedelta(seconds=serial))
    fields: dict[str, Any] = {
        "number": new_number(),
        "kind": "complaint",
        "channel": "web",
        "text": f"Lampu jalan nomor {serial} padam",
        "unit_id": world.agency,
        "zone": "Asia/Jayapura",
        "state": State.ASSIGNED,
        "topic_id": world.topic,
        "region_code": world.village,
        "published_at": at,
        **values,
    }
    ticket = Ticket(
        received_at=at,
        created_at=at,
        state_since=at,
        held_since=at,
        is_open=State(fields["state"]) in OPEN_STATES,
        **fields,
    )
    with transaction():
        db.session.add(ticket)
        db.session.flush()
        if ticket.published_at and not ticket.confidential and not ticket.hidden:
            index_ticket(ticket.id, f"{ticket.title or ''} {ticket.text}")
    return ticket
