"""Sealed identities, apart from tickets (DOMAIN.md section 5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback.storage.base import Base


class SealedIdentity(Base):
    """Name, contact and account link of a reporter, sealed to a key the web process does not hold."""

    __tablename__ = "sealed_identity"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    sealed: Mapped[bytes]
    key_id: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
