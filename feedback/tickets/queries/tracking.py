"""Opening a ticket by its number and secret code."""

from __future__ import annotations

import hmac

from sqlalchemy import select

from feedback.storage.keyring import keyed_hash
from feedback.storage.session import db
from feedback.tickets.models import Ticket

_NO_HASH = "0" * 64


def ticket_by_code(number: str, code: str) -> int | None:
    """The id of the ticket with this number and secret code (both in canonical form), or None.

    An unknown number, a ticket without a code and a wrong code take the same work and give the same answer.
    """
    row = db.session.execute(select(Ticket.id, Ticket.code_hash).where(Ticket.number == number)).first()
    stored = row.code_hash if row is not None and row.code_hash else _NO_HASH
    right = hmac.compare_digest(stored, keyed_hash("tracking-code", code))
    return row.id if right and row is not None else None
