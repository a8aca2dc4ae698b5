"""Keeps the nearest deadline beside the tickets whose clocks were counted again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import select

from feedback.storage.session import db, transaction
from feedback.tickets.actions.effects import set_next_due
from feedback.tickets.models import Ticket

BATCH = 500


def refresh_due(ticket_ids: Collection[int]) -> int:
    """Copy the nearest running clock of these tickets beside them; returns how many have another date now."""
    changed = 0
    with transaction():
        for ids in _batches(sorted(set(ticket_ids))):
            wanted = select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id).with_for_update()
            for ticket in db.session.scalars(wanted.execution_options(populate_existing=True)).all():
                before = ticket.due_at
                set_next_due(ticket)
                changed += ticket.due_at != before
    return changed


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
