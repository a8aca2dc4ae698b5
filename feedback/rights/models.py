"""Requests of persons, how long data are kept, what a court holds, and incidents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback.rights.rules import RequestState, RightsKind
from feedback.rights.rules.incidents import Way
from feedback.rights.rules.retention import Class
from feedback.storage.base import Base, one_of


class RightsRequest(Base):
    """What somebody asks about their data: of an account, or of one report by whoever holds its secret code."""

    __tablename__ = "rights_request"
    __table_args__ = (
        one_of("kind", RightsKind),
        one_of("state", RequestState),
        CheckConstraint("(person_id IS NULL) <> (ticket_id IS NULL)", name="one_subject"),
        Index(None, "state", "due_at", "id"),
        Index(None, "person_id", "id"),
        Index(None, "ticket_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[str] = mapped_column(String(20))
    requested_at: Mapped[datetime]
    due_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), default=None)
    state: Mapped[str] = mapped_column(String(20), default=RequestState.OPEN)
    words: Mapped[str] = mapped_column(Text, default="")
    erase_words: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)


class DataCopy(Base):
    """The zip of a request, until it is thrown away after seven days."""

    __tablename__ = "data_copy"

    request_id: Mapped[int] = mapped_column(ForeignKey("rights_request.id"), primary_key=True, autoincrement=False)
    content: Mapped[bytes]
    until: Mapped[datetime] = mapped_column(index=True)


class RetentionRule(Base):
    """How many days a class of data is kept, from a date on; without days for good."""

    __tablename__ = "retention_rule"
    __table_args__ = (one_of("code", Class), UniqueConstraint("code", "valid_from"))

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40))
    basis: Mapped[str] = mapped_column(Text)
    certainty: Mapped[str] = mapped_column(String(1))
    valid_from: Mapped[date]
    days: Mapped[int | None] = mapped_column(default=None)


class LegalHold(Base):
    """A report a court or a seal request needs: nothing of it is destroyed until the hold ends."""

    __tablename__ = "legal_hold"
    __table_args__ = (Index(None, "ticket_id", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    reason: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class IncidentRow(Base):
    """A failure to protect data whose subjects were told: what they read, in each language."""

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    found_at: Mapped[datetime]
    due_at: Mapped[datetime]
    told_at: Mapped[datetime]
    words: Mapped[dict[str, Any]]
    agency: Mapped[str] = mapped_column(String(254), default="")


class IncidentSubject(Base):
    """Somebody an incident is about: an account, or a report that no account stands behind."""

    __tablename__ = "incident_subject"
    __table_args__ = (
        one_of("way", Way),
        CheckConstraint("(person_id IS NULL) <> (ticket_id IS NULL)", name="one_subject"),
        UniqueConstraint("incident_id", "person_id"),
        UniqueConstraint("incident_id", "ticket_id"),
        Index(None, "person_id"),
        Index(None, "ticket_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    way: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), default=None)
    # When the worker had dealt with the letter; none while it waits, and for who is told on a page alone.
    told_at: Mapped[datetime | None] = mapped_column(default=None)
