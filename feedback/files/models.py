"""What is attached to reports; the files themselves are in the store, under names nobody chose."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback.files.rules.kinds import Deed, Kind, Phase, Scan
from feedback.storage.base import Base, one_of


class Attachment(Base):
    """One photo or document. Without a ticket it is pending: it belongs to the form whose key hashes to ``owner_hash``.

    ``alt`` and ``name`` are what anybody reads; what was written, where a part is masked, stays in ``original_…``.
    ``parts`` names what is stored: size of the picture (or "pdf"), width, height, bytes and their SHA-256 at rest.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("phase", Phase),
        one_of("scan", Scan),
        CheckConstraint("(ticket_id IS NULL) = (event_id IS NULL)", name="bound_whole"),
        UniqueConstraint("owner_hash", "source_hash"),
        Index("ix_attachment_ticket", "ticket_id", "id"),
        Index("ix_attachment_pending", "ticket_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    owner_hash: Mapped[str] = mapped_column(String(64))
    source_hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    parts: Mapped[list[Any]]
    scan: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    alt: Mapped[str] = mapped_column(String(200), default="")
    phase: Mapped[str] = mapped_column(String(10), default=Phase.NONE)
    pages: Mapped[int | None] = mapped_column(default=None)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), default=None)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_event.id"), default=None)
    hidden: Mapped[bool] = mapped_column(default=False)
    original_alt: Mapped[str | None] = mapped_column(String(200), default=None)
    original_name: Mapped[str | None] = mapped_column(String(120), default=None)


class AttachmentEvent(Base):
    """An attachment was hidden or shown again, by whom and why; appended, never edited."""

    __tablename__ = "attachment_event"
    __table_args__ = (one_of("deed", Deed), Index(None, "ticket_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[datetime]
    deed: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    reason: Mapped[str] = mapped_column(Text)


class UploadCount(Base):
    """Bytes received in a day from one person, network or everybody; ``bucket`` is a keyed hash that changes daily."""

    __tablename__ = "upload_count"
    __table_args__ = (Index(None, "day"),)

    bucket: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[date]
    size: Mapped[int] = mapped_column(BigInteger)
