"""Sealed identities, apart from tickets (DOMAIN.md section 5), and requests to have one opened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
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


_TWO_PEOPLE = "first_id <> requested_by_id AND second_id <> requested_by_id AND second_id <> first_id"
_FIRST_WHOLE = "(first_id IS NULL) = (first_at IS NULL) AND (first_id IS NULL) = (first_unit_id IS NULL)"
_SECOND_WHOLE = "(second_id IS NULL) = (second_at IS NULL) AND (second_id IS NULL) = (second_unit_id IS NULL)"
_RELEASED_WHEN_AGREED = "released_at IS NULL OR (second_at IS NOT NULL AND refused_at IS NULL)"


class SealOpening(Base):
    """A request to open who reported one ticket: why, who asked, which two agreed, and when it was handed out, once."""

    __tablename__ = "seal_opening"
    __table_args__ = (
        CheckConstraint(_TWO_PEOPLE, name="two_people"),
        CheckConstraint(_FIRST_WHOLE, name="first_whole"),
        CheckConstraint(_SECOND_WHOLE, name="second_whole"),
        CheckConstraint("second_id IS NULL OR first_id IS NOT NULL", name="first_before_second"),
        CheckConstraint("(refused_by_id IS NULL) = (refused_at IS NULL)", name="refused_whole"),
        CheckConstraint(_RELEASED_WHEN_AGREED, name="released_when_agreed"),
        Index(None, "ticket_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    basis: Mapped[str] = mapped_column(Text)
    case_number: Mapped[str] = mapped_column(String(120))
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    requested_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    requested_at: Mapped[datetime]
    first_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    first_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    first_at: Mapped[datetime | None] = mapped_column(default=None)
    second_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    second_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    second_at: Mapped[datetime | None] = mapped_column(default=None)
    refused_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    refused_at: Mapped[datetime | None] = mapped_column(default=None)
    released_at: Mapped[datetime | None] = mapped_column(default=None)
