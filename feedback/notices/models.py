"""Tables of the ladder, of who was told what about a late ticket, and of the digests that went out."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback.notices.rules.consent import Consent
from feedback.notices.rules.digests import DigestKind
from feedback.notices.rules.ladder import Rung
from feedback.storage.base import Base, one_of


class LadderLevel(Base):
    """One step of the escalation ladder: at `percent` of a clock's time, tell this audience (DOMAIN.md section 4)."""

    __tablename__ = "ladder_level"
    __table_args__ = (
        one_of("audience", Rung),
        UniqueConstraint("number", "audience", "valid_from"),
        CheckConstraint("number >= 1 AND percent >= 1", name="positive"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[int]
    percent: Mapped[int]
    audience: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None] = mapped_column(default=None)


class EscalationWatch(Base):
    """When a clock reaches its next level. `due_at` is the deadline that was counted with; another one counts anew.

    `level` is the highest level already dealt with; `look_at` is empty once nothing is left to tell.
    """

    __tablename__ = "escalation_watch"

    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), primary_key=True, autoincrement=False)
    due_at: Mapped[datetime]
    level: Mapped[int] = mapped_column(default=0)
    look_at: Mapped[datetime | None] = mapped_column(index=True, default=None)


class Escalation(Base):
    """Somebody was told that a clock reached a level: once for each clock, level and person, for ever."""

    __tablename__ = "escalation"
    __table_args__ = (UniqueConstraint("clock_id", "level", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"))
    level: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("ticket_event.id"), index=True)
    send_at: Mapped[datetime]


class DigestRound(Base):
    """The digests of a unit's people for a day (or for the week that begins on it) were dealt with."""

    __tablename__ = "digest_round"
    __table_args__ = (one_of("kind", DigestKind),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    posted: Mapped[int]


class AddressConsent(Base):
    """What the owner of a typed address said, under a hash that only the worker's key of contacts can make.

    Without any time or report: either could tell whose report it was. ``carried_to`` is the hash under a newer key,
    whose row goes on; this one stays for the links in letters that were sent.
    """

    __tablename__ = "address_consent"
    __table_args__ = (one_of("state", Consent),)

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    carried_to: Mapped[str | None] = mapped_column(String(64), index=True, default=None)
