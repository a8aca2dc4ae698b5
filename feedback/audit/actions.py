"""Write to the audit log, inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from feedback.audit.models import AuditEntry
from feedback.storage.session import db


def record(
    deed: str, *, actor_id: int | None, subject: str, at: datetime, detail: dict[str, Any] | None = None
) -> None:
    """Append one deed; ``subject`` is like ``ticket:12``, ``detail`` never holds a sealed word."""
    db.session.add(AuditEntry(at=at, deed=deed, subject=subject, actor_id=actor_id, detail=detail or {}))
