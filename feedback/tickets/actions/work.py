"""What a move works with, inside its transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from feedback.kernel.actor import Actor
from feedback.tickets.models import Ticket
from feedback.tickets.rules.grants import TicketFacts
from feedback.tickets.rules.lifecycle import Move
from feedback.tickets.rules.shield import Choices, Spoken
from feedback.tickets.rules.words import (
    Grade,
    HoldReason,
    MoveName,
    RedactReason,
    RejectReason,
)
from feedback.units.rules import UnitRow


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeMove:
    """One move as asked for; ``version`` is the ticket's version the asker was looking at.

    ``form_key`` is the form's, whose pending files come with the move.
    """

    number: str
    move: MoveName
    version: int | None
    text: str = ""
    is_public: bool = True
    unit_id: int | None = None
    grade: Grade | None = None
    title: str = ""
    reported_email: str = ""
    reported_unit_id: int | None = None
    about_head: bool = False
    proposed_unit_id: int | None = None
    hold_reason: HoldReason | None = None
    promised_date: date | None = None
    reject_reason: RejectReason | None = None
    authority_id: int | None = None
    joined_number: str = ""
    form_key: str = ""
    new_code: str = ""
    shield: Choices = field(default_factory=dict)
    passages: str = ""
    redact_reason: RedactReason | None = None


@dataclass(slots=True)
class Work:
    """Everything one move works with, inside its transaction."""

    command: MakeMove
    actor: Actor | None
    now: datetime
    ticket: Ticket
    unit: UnitRow
    move: Move
    said: Spoken | None
    event: dict[str, Any] = field(default_factory=dict)
    by_reporter: bool = False
    sealed: str | None = None  # words of the move that only the door of originals shows


def facts_of(ticket: Ticket, unit: UnitRow) -> TicketFacts:
    """What visibility depends on."""
    return TicketFacts(
        id=ticket.id,
        unit_id=ticket.unit_id,
        unit_path=unit.path,
        confidential=ticket.confidential,
        hidden=ticket.hidden,
        published=ticket.published_at is not None,
        reporter_id=ticket.reporter_id,
        reported_person_id=ticket.reported_person_id,
        walled_unit_id=ticket.walled_unit_id,
    )
