"""Tables of calendars, policies, clocks and pauses."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from feedback.clocks.rules.due import Unit
from feedback.clocks.rules.policy import Certainty, ClockKind, Starts
from feedback.clocks.rules.words import ChangeSubject, ClockEventKind, ClockState, VersionStatus
from feedback.storage.base import Base, one_of

_FINAL = "state IN ('met', 'missed', 'cancelled')"


class Calendar(Base):
    """A working calendar under its key; what it says is in its versions."""

    __tablename__ = "calendar"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    zone: Mapped[str] = mapped_column(String(40))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("calendar.id"), index=True, default=None)


class TimingChange(Base):
    """Versions of calendars or of one policy that are drafted, approved and published together.

    The approver is somebody else than the maker; `restores_id` is the change that this one takes back.
    """

    __tablename__ = "timing_change"
    __table_args__ = (
        one_of("subject", ChangeSubject),
        one_of("status", VersionStatus),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> made_by_id", name="second_person"),
        CheckConstraint("(approved_by_id IS NULL) = (approved_at IS NULL)", name="approved_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    subject: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20), index=True)
    title: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text, default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    restores_id: Mapped[int | None] = mapped_column(ForeignKey("timing_change.id"), default=None)
    summary: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


class CalendarVersion(Base):
    """Everything a calendar says from `valid_from` on, whole, so that an old deadline can be counted again.

    It replaces `based_on_id`; one whose base was replaced meanwhile can no longer be published.
    """

    __tablename__ = "calendar_version"
    __table_args__ = (
        one_of("status", VersionStatus),
        UniqueConstraint("calendar_id", "number"),
        CheckConstraint("number >= 1", name="number_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"))
    number: Mapped[int]
    valid_from: Mapped[date]
    week: Mapped[dict[str, Any]]
    exceptions: Mapped[list[Any]]
    closed: Mapped[list[Any]]
    years: Mapped[list[Any]]
    created_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(
        String(20), default=VersionStatus.PUBLISHED, server_default=VersionStatus.PUBLISHED
    )
    change_id: Mapped[int | None] = mapped_column(ForeignKey("timing_change.id"), index=True, default=None)
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_version.id"), default=None)


class Policy(Base):
    """A named time limit; how long it is stands in its versions."""

    __tablename__ = "policy"
    __table_args__ = (one_of("clock", ClockKind),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    clock: Mapped[str] = mapped_column(String(30))


class PolicyVersion(Base):
    """A dated rule. Words of tickets are plain text here: the shelf that owns them is above this one."""

    __tablename__ = "policy_version"
    __table_args__ = (
        one_of("status", VersionStatus),
        one_of("unit", Unit, optional=True),
        one_of("starts_at", Starts),
        one_of("certainty", Certainty),
        UniqueConstraint("policy_id", "number"),
        CheckConstraint("(amount IS NULL) = (unit IS NULL)", name="amount_has_unit"),
        CheckConstraint("amount IS NULL OR amount >= 1", name="amount_positive"),
        CheckConstraint("extension >= 0", name="extension_positive"),
        CheckConstraint("valid_until IS NULL OR valid_until > valid_from", name="valid_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    number: Mapped[int]
    starts_at: Mapped[str] = mapped_column(String(30))
    rank: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    certainty: Mapped[str] = mapped_column(String(1))
    valid_from: Mapped[date]
    created_at: Mapped[datetime]
    ticket_kind: Mapped[str | None] = mapped_column(String(30), default=None)
    grade: Mapped[str | None] = mapped_column(String(20), default=None)
    amount: Mapped[int | None] = mapped_column(default=None)
    unit: Mapped[str | None] = mapped_column(String(20), default=None)
    extension: Mapped[int] = mapped_column(default=0)
    pausable: Mapped[bool] = mapped_column(default=False)
    valid_until: Mapped[date | None] = mapped_column(default=None)
    status: Mapped[str] = mapped_column(
        String(20), default=VersionStatus.PUBLISHED, server_default=VersionStatus.PUBLISHED
    )
    change_id: Mapped[int | None] = mapped_column(ForeignKey("timing_change.id"), index=True, default=None)
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("policy_version.id"), default=None)


class Clock(Base):
    """One clock of a ticket and cycle. A paused clock has no due instant; `due_at` is exclusive, `due_date` is shown.

    `calendar_version_id` counted at the start, `zone` is that of the calendar that counts now. `extension` is what was
    added to the amount of the rule.
    """

    __tablename__ = "clock"
    __table_args__ = (
        one_of("kind", ClockKind),
        one_of("state", ClockState),
        CheckConstraint("state <> 'paused' OR due_at IS NULL", name="paused_has_no_due"),
        CheckConstraint(f"(stopped_at IS NOT NULL) = ({_FINAL})", name="stopped_is_final"),
        CheckConstraint("(due_at IS NULL) = (due_date IS NULL)", name="due_has_date"),
        CheckConstraint("breached_at IS NULL OR state <> 'met'", name="breach_is_not_met"),
        Index(None, "ticket_id", "cycle", "kind"),
        Index(None, "unit_id", "kind", "state", "due_at"),
        Index(None, "calendar_version_id"),
        Index(
            "ix_clock_running_due",
            "due_at",
            "id",
            postgresql_where=text("state = 'running' AND breached_at IS NULL"),
            sqlite_where=text("state = 'running' AND breached_at IS NULL"),
        ),
        Index(
            "uq_clock_live",
            "ticket_id",
            "cycle",
            "kind",
            unique=True,
            postgresql_where=text("state IN ('running', 'paused')"),
            sqlite_where=text("state IN ('running', 'paused')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    cycle: Mapped[int]
    kind: Mapped[str] = mapped_column(String(30))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    started_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(40))
    policy_version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    calendar_version_id: Mapped[int] = mapped_column(ForeignKey("calendar_version.id"))
    state: Mapped[str] = mapped_column(String(20), default=ClockState.RUNNING)
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    due_date: Mapped[date | None] = mapped_column(default=None)
    provisional: Mapped[bool] = mapped_column(default=False)
    extension: Mapped[int] = mapped_column(default=0)
    retarget_overdue: Mapped[bool] = mapped_column(default=False)
    stopped_at: Mapped[datetime | None] = mapped_column(default=None)
    breached_at: Mapped[datetime | None] = mapped_column(default=None)
    used_minutes: Mapped[int | None] = mapped_column(default=None)
    elapsed_seconds: Mapped[int | None] = mapped_column(default=None)


class ClockEvent(Base):
    """What happened to a clock, in the order it was written; `at` is when it was true."""

    __tablename__ = "clock_event"
    __table_args__ = (one_of("kind", ClockEventKind), Index(None, "clock_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"))
    kind: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime]
    detail: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


class Pause(Base):
    """The ticket stood still, for a reason and with a limit at which the pause ends by itself (rule 6)."""

    __tablename__ = "pause"
    __table_args__ = (
        CheckConstraint("limit_at > started_at", name="limit_after_start"),
        CheckConstraint("ended_at IS NULL OR (ended_at >= started_at AND ended_at <= limit_at)", name="end_within"),
        Index(None, "ticket_id", "id"),
        Index(
            "ix_pause_open_limit",
            "limit_at",
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
        Index(
            "uq_pause_open",
            "ticket_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    started_at: Mapped[datetime]
    limit_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class ClockMove(Base):
    """From `at` on another calendar counts for the clock (rule 7)."""

    __tablename__ = "clock_move"
    __table_args__ = (Index(None, "clock_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"))
    at: Mapped[datetime]
    calendar_version_id: Mapped[int] = mapped_column(ForeignKey("calendar_version.id"))
