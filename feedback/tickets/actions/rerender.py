"""Show officials' words by today's rules: the html of events is made again from what was typed (DESIGN.md 3.8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Row, func, select, update

from feedback.adapters import sanitiser
from feedback.storage.session import db, transaction
from feedback.tickets.models import TicketEvent

BATCH = 200
_STALE = TicketEvent.html.is_not(None) & TicketEvent.sanitiser.is_distinct_from(sanitiser.VERSION)


def rerender_events(progress: Callable[[int, int], None]) -> int:
    """Make the html of every event that another version of the sanitiser made anew; returns how many.

    Safe to stop and run again: each batch is a transaction. ``progress`` is told how many are done, and of how many.
    """
    total = db.session.scalar(select(func.count()).select_from(TicketEvent).where(_STALE)) or 0
    done, after = 0, 0
    while rows := _next(after):
        # Cleaning is slow work and happens outside the write transaction.
        values = [
            {"id": key, "html": sanitiser.clean_staff_html(text), "sanitiser": sanitiser.VERSION} for key, text in rows
        ]
        with transaction():
            db.session.execute(update(TicketEvent), values)
        after = rows[-1].id
        done += len(rows)
        progress(done, max(total, done))
    return done


def _next(after: int) -> Sequence[Row[Any]]:
    wanted = select(TicketEvent.id, TicketEvent.text).where(_STALE, TicketEvent.id > after)
    return db.session.execute(wanted.order_by(TicketEvent.id).limit(BATCH)).all()
