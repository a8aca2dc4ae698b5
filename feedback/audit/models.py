"""The append-only log of who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback.storage.base import Base


class AuditEntry(Base):
    """One deed, a link of the chain. `id` is its place: 1, 2, 3, no gap. No foreign keys: it outlives its subject.

    The migration adds triggers that refuse to change or remove a row, or to put one anywhere but at the end.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "at", "id"),
        Index(None, "actor_id", "at", "id"),
        Index(None, "subject", "at", "id"),
        Index(None, "deed", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    deed: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[int | None] = mapped_column(default=None)
    detail: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
