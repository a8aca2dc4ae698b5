"""Mask what people wrote about their photos and documents; what was written stays beside it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from feedback.files.models import Attachment
from feedback.storage.session import db


def mask_files(ticket_id: int, change: Callable[[str], str], event_ids: frozenset[int] | None = None) -> int:
    """Change words about files and their names, inside the caller's transaction; returns how many files changed.

    ``event_ids``: only what came with these events.
    """
    changed = 0
    for row in db.session.scalars(select(Attachment).where(Attachment.ticket_id == ticket_id)):
        if event_ids is not None and row.event_id not in event_ids:
            continue
        alt, name = change(row.alt), change(row.name)
        if (alt, name) == (row.alt, row.name):
            continue
        # The first words are the original; later maskings of masked words never replace it.
        if row.original_alt is None and row.original_name is None:
            row.original_alt, row.original_name = row.alt, row.name
        row.alt, row.name = alt, name
        changed += 1
    return changed
