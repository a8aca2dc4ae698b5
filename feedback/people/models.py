"""Accounts, memberships, sessions and failed attempts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback.kernel.permissions import Role
from feedback.people.rules.links import LinkKind
from feedback.storage.base import Base, one_of


class Person(Base):
    """A citizen or a member of staff; what they may do comes from memberships alone."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("locale IN ('id', 'en')", name="locale_known"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    locale: Mapped[str] = mapped_column(String(5), default="id")
    is_active: Mapped[bool] = mapped_column(default=True)
    # The version of the privacy notice the account was opened under; none when somebody else made it.
    privacy_notice: Mapped[str | None] = mapped_column(String(10), default=None)
    # None: since the account was made. The day only, for what a citizen does.
    password_set_at: Mapped[datetime | None] = mapped_column(default=None)
    # Since when its holder's data are deleted; what stays is a number, and the office title of an official.
    erased_at: Mapped[datetime | None] = mapped_column(default=None)


class MembershipRow(Base):
    """A role held at a unit from one local date to another, both included."""

    __tablename__ = "membership"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_order"),
        Index(None, "unit_id", "role"),
        Index(None, "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None] = mapped_column(default=None)
    # The end about which people were written to, and when the end was acted on (sessions, tickets in hand).
    warned_of: Mapped[date | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class Deputy(Base):
    """Somebody is absent from one local date to another, both included; a deputy may act in their place meanwhile.

    Without `unit_id` it is about every role of the absent person; without `deputy_id` nobody stands in.
    """

    __tablename__ = "deputy"
    __table_args__ = (
        CheckConstraint("valid_to >= valid_from", name="valid_order"),
        CheckConstraint("deputy_id IS NULL OR deputy_id <> absent_id", name="somebody_else"),
        Index(None, "absent_id", "valid_to"),
        Index(None, "deputy_id", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    absent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    created_at: Mapped[datetime]
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)


class MailPreference(Base):
    """Which digests somebody wants; who has no row gets them."""

    __tablename__ = "mail_preference"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    daily_digest: Mapped[bool] = mapped_column(default=True)
    weekly_digest: Mapped[bool] = mapped_column(default=True)


class BrowserSession(Base):
    """What the site keeps for one browser: who is signed in there, reports opened by code (docs/adr/0013).

    The cookie holds a random token, this row only its hash; deleting the row ends it. `data` is locked with the token:
    who reads the database cannot tell which reports a browser opened or sent. Without a role held, both times are days.
    `device` is a coarse word such as `chromium/android`, never an address; `strong` says a second factor was shown.
    """

    __tablename__ = "browser_session"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    data: Mapped[bytes]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True, default=None)
    strong: Mapped[bool] = mapped_column(default=False)
    device: Mapped[str] = mapped_column(String(40), default="")


class Authenticator(Base):
    """The app on somebody's phone that shows their codes; `secret` is locked with the site's key (docs/adr/0022).

    `last_step` is the newest half minute whose code was accepted: neither it nor an earlier one is accepted again.
    """

    __tablename__ = "authenticator"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    secret: Mapped[bytes]
    last_step: Mapped[int]


class RecoveryCode(Base):
    """A code for the day the phone is lost; used once, and then the row is gone. Only its hash is kept."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class AccountLink(Base):
    """A link sent by mail, for a new password or to prove a new `address`; works once (docs/adr/0023).

    Its token follows from a nonce in the letter's job and the site's key; only the hash of the token is kept.
    """

    __tablename__ = "account_link"
    __table_args__ = (one_of("kind", LinkKind), Index(None, "person_id", "kind"))

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    address: Mapped[str | None] = mapped_column(String(254), default=None)
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class Attempt(Base):
    """Failed tries of one kind from one source; `key` is a keyed hash, never an address in the clear."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)


class Invitation(Base):
    """Somebody is asked by mail to take a role; the link follows from `nonce` and the site's key."""

    __tablename__ = "invitation"
    __table_args__ = (
        one_of("role", Role),
        Index(None, "invited_by_id", "created_at"),
        Index(None, "unit_id", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    email: Mapped[str] = mapped_column(String(254), index=True)
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    nonce: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    valid_to: Mapped[date | None] = mapped_column(default=None)
    accepted_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)


class Passkey(Base):
    """The public half of a key pair in somebody's device; `name` is what its owner calls it."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(Text)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class ProviderIdentity(Base):
    """Somebody at the provider who may enter an account; known by issuer and subject, never by an address."""

    __tablename__ = "provider_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("person_id", "issuer"))

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)
