"""Tables of the heart: tickets, their cycles, events and internal notes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from feedback.kernel.permissions import Role
from feedback.storage.base import Base, Code, one_of
from feedback.tickets.rules.wall import walled_unit
from feedback.tickets.rules.words import (
    OPEN_STATES,
    Channel,
    Grade,
    HoldReason,
    Kind,
    MoveName,
    RejectReason,
    State,
)

_HOLD_WHOLE = "state <> 'on_hold' OR (hold_reason IS NOT NULL AND promised_date IS NOT NULL)"
_CLOSED = "about_head OR anonymous OR confidential OR coalesce(grade, '') = 'oversight'"
_WALLED = f"reported_unit_id IS NOT NULL AND ({_CLOSED})"
_NAMELESS = "NOT anonymous OR (reporter_id IS NULL AND reporter_name IS NULL)"
_WALL_WHOLE = f"coalesce(walled_unit_id, 0) = CASE WHEN {_WALLED} THEN reported_unit_id ELSE 0 END"
_OPEN = ", ".join(f"'{state.value}'" for state in State if state in OPEN_STATES)


class Ticket(Base):
    """One report as it stands now; what happened to it is in the events.

    ``text``, ``place`` and ``title`` are what anybody reads. What was written, where a part of it is masked, stays for
    ever in ``original_…``: only `queries/originals.py` selects those (docs/adr/0017).
    """

    __tablename__ = "ticket"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("grade", Grade, optional=True),
        one_of("state", State),
        one_of("channel", Channel),
        one_of("hold_reason", HoldReason, optional=True),
        one_of("reject_reason", RejectReason, optional=True),
        CheckConstraint(f"is_open = (state IN ({_OPEN}))", name="open_follows_state"),
        CheckConstraint(_NAMELESS, name="anonymous_has_no_name"),
        CheckConstraint(_WALL_WHOLE, name="wall_whole"),
        CheckConstraint(_HOLD_WHOLE, name="hold_whole"),
        UniqueConstraint("import_source", "import_ref"),
        Index("ix_ticket_newest", "received_at", "id"),
        Index("ix_ticket_public", "confidential", "hidden", "received_at", "id"),
        # What every desk counts and filters by stands in the index, so that its tiles never touch the rows.
        Index(
            "ix_ticket_queue",
            "unit_id",
            "is_open",
            "due_at",
            "id",
            "state",
            "officer_id",
            "returned_at",
            "confidential",
            "reported_person_id",
            "reporter_id",
            "walled_unit_id",
        ),
        Index("ix_ticket_unit_newest", "unit_id", "received_at", "id"),
        Index("ix_ticket_topic_newest", "topic_id", "received_at", "id"),
        Index("ix_ticket_service_newest", "service_id", "received_at", "id"),
        Index("ix_ticket_region_newest", "region_code", "received_at", "id"),
        Index("ix_ticket_state_newest", "state", "received_at", "id"),
        Index("ix_ticket_kind_newest", "kind", "received_at", "id"),
        Index("ix_ticket_officer", "officer_id", "is_open", "due_at", "id"),
        Index("ix_ticket_reporter", "reporter_id", "received_at", "id"),
        Index(
            "ix_ticket_masking", "unit_id", "masking_asked_at", sqlite_where=sql("masking_asked_at IS NOT NULL"),
            postgresql_where=sql("masking_asked_at IS NOT NULL"),
        ),
        Index("ix_ticket_joined", "joined_to_id"),
        Index("ix_ticket_words", "words_hash", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(String(12), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    channel: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    zone: Mapped[str] = mapped_column(String(40))
    received_at: Mapped[datetime]
    created_at: Mapped[datetime]
    state_since: Mapped[datetime]
    held_since: Mapped[datetime]
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"), default=None)
    region_code: Mapped[str | None] = mapped_column(Code(20), ForeignKey("region.code"), default=None)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), default=None)
    proposed_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    proposed_authority_id: Mapped[int | None] = mapped_column(ForeignKey("authority.id"), default=None)
    state: Mapped[str] = mapped_column(String(20), default=State.RECEIVED)
    is_open: Mapped[bool] = mapped_column(default=True)
    grade: Mapped[str | None] = mapped_column(String(20), default=None)
    title: Mapped[str | None] = mapped_column(String(160), default=None)
    place: Mapped[str] = mapped_column(String(200), default="")
    original_text: Mapped[str | None] = mapped_column(Text, default=None)
    original_title: Mapped[str | None] = mapped_column(String(160), default=None)
    original_place: Mapped[str | None] = mapped_column(String(200), default=None)
    event_date: Mapped[date | None] = mapped_column(default=None)
    anonymous: Mapped[bool] = mapped_column(default=False)
    confidential: Mapped[bool] = mapped_column(default=False)
    hidden: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    reporter_name: Mapped[str | None] = mapped_column(String(120), default=None)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    reported_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    # The unit of the officer a report is about; `walled_unit_id` repeats it when its people may not look (rules.wall).
    reported_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    about_head: Mapped[bool] = mapped_column(default=False)
    walled_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    excluded_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    locale: Mapped[str] = mapped_column(String(5), default="id")
    cycle: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    # The next instant somebody owes something, kept beside the clocks so that queues sort by an index.
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    due_kind: Mapped[str | None] = mapped_column(String(30), default=None)
    first_response_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    returned_at: Mapped[datetime | None] = mapped_column(default=None)
    masking_asked_at: Mapped[datetime | None] = mapped_column(default=None)
    hold_reason: Mapped[str | None] = mapped_column(String(30), default=None)
    promised_date: Mapped[date | None] = mapped_column(default=None)
    reject_reason: Mapped[str | None] = mapped_column(String(30), default=None)
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authority.id"), default=None)
    joined_to_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), default=None)
    form_key_hash: Mapped[str | None] = mapped_column(String(64), unique=True, default=None)
    code_hash: Mapped[str | None] = mapped_column(String(64), default=None)
    # The version of the privacy notice its writer sent it under; none for what officials recorded.
    privacy_notice: Mapped[str | None] = mapped_column(String(10), default=None)
    # Since when a tombstone stands in the place of its words.
    words_destroyed_at: Mapped[datetime | None] = mapped_column(default=None)
    # When its sender was last told of a failure to protect its data (shelf rights).
    incident_at: Mapped[datetime | None] = mapped_column(default=None)
    # For coordinators: signs of a machine when it was sent, and an earlier report with the same words.
    doubts: Mapped[str] = mapped_column(String(80), default="")
    words_hash: Mapped[str | None] = mapped_column(String(64), default=None)
    twin_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), default=None)
    import_source: Mapped[str | None] = mapped_column(String(80), default=None)
    import_ref: Mapped[str | None] = mapped_column(String(120), default=None)


@event.listens_for(Ticket, "before_insert")
@event.listens_for(Ticket, "before_update")
def set_wall(_mapper: Any, _connection: Any, ticket: Ticket) -> None:
    """Whatever changed, the wall stands where the rule puts it: no action can forget it."""
    ticket.walled_unit_id = walled_unit(
        ticket.reported_unit_id,
        about_head=ticket.about_head,
        anonymous=ticket.anonymous,
        confidential=ticket.confidential,
        grade=ticket.grade,
    )


class TicketEvent(Base):
    """One move, appended and never edited. Staff words keep what was typed, the html and the sanitiser's version.

    Masking changes ``text`` and ``html``; what was typed stays in ``original_text``. ``entrusted`` is private data that
    its writer gave to the handling unit only: a list of kind and words.
    """

    __tablename__ = "ticket_event"
    __table_args__ = (
        one_of("move", MoveName),
        one_of("from_state", State, optional=True),
        one_of("to_state", State),
        one_of("role", Role, optional=True),
        Index(None, "ticket_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[datetime]
    move: Mapped[str] = mapped_column(String(30))
    to_state: Mapped[str] = mapped_column(String(20))
    cycle: Mapped[int]
    version: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    from_state: Mapped[str | None] = mapped_column(String(20), default=None)
    to_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    role: Mapped[str | None] = mapped_column(String(20), default=None)
    actor_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), default=None)
    text: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str | None] = mapped_column(Text, default=None)
    sanitiser: Mapped[str | None] = mapped_column(String(20), default=None)
    is_public: Mapped[bool] = mapped_column(default=True)
    detail: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    original_text: Mapped[str | None] = mapped_column(Text, default=None)
    entrusted: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True), default=None)


class TicketNote(Base):
    """An internal note: another table than events, so that no query for the public can ever reach one."""

    __tablename__ = "ticket_note"
    __table_args__ = (Index(None, "ticket_id", "id"), UniqueConstraint("form_key_hash"))

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[datetime]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    text: Mapped[str] = mapped_column(Text)
    form_key_hash: Mapped[str | None] = mapped_column(String(64), default=None)


class TicketCycle(Base):
    """One round from report (or dispute, or reopening) to answer; frozen once the next begins (DOMAIN.md 4.11).

    Minutes are working minutes of the unit's calendar, resolution without pauses; seconds are time that simply passed.
    """

    __tablename__ = "ticket_cycle"
    __table_args__ = (
        UniqueConstraint("ticket_id", "number"),
        Index(None, "unit_id", "started_at"),
        Index(None, "started_at", "unit_id"),
        # The longest first, for the lists of what took longest.
        Index(None, "resolution_minutes", "id"),
        Index(None, "first_response_minutes", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    number: Mapped[int]
    started_at: Mapped[datetime]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    first_response_at: Mapped[datetime | None] = mapped_column(default=None)
    first_response_minutes: Mapped[int | None] = mapped_column(default=None)
    first_response_seconds: Mapped[int | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    resolution_minutes: Mapped[int | None] = mapped_column(default=None)
    resolution_seconds: Mapped[int | None] = mapped_column(default=None)
    on_time: Mapped[bool | None] = mapped_column(default=None)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
