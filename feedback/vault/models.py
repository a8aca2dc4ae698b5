"""Sealed identities, apart from tickets (DOMAIN.md section 5)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback.storage.base import Base, one_of
from feedback.vault.rules.sealing import Part


class SealedIdentity(Base):
    """A part of a reporter: who it was, sealed to the vault's key; where to write, sealed to the worker's."""

    __tablename__ = "sealed_identity"
    __table_args__ = (one_of("part", Part), Index(None, "part", "key_id"))

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    sealed: Mapped[bytes]
    key_id: Mapped[str] = mapped_column(String(16))
