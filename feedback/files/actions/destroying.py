"""Destroy what was attached to reports: the rows now, the files by the worker once that is certain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from feedback.files.models import Attachment, AttachmentEvent
from feedback.storage.outbox import post
from feedback.storage.session import db


def destroy_files(ticket_ids: Sequence[int], at: datetime) -> int:
    """Inside the caller's transaction: every file of these reports; returns how many."""
    db.session.execute(delete(AttachmentEvent).where(AttachmentEvent.ticket_id.in_(ticket_ids)))
    gone = delete(Attachment).where(Attachment.ticket_id.in_(ticket_ids)).returning(Attachment.token, Attachment.parts)
    rows = db.session.execute(gone).tuples().all()
    for token, parts in rows:
        post("files.forget", f"files-forget:{token}", {"token": token, "parts": parts}, at=at)
    return len(rows)
