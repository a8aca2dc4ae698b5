"""What was written before a part of it was masked: the only place that selects it (docs/adr/0017)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_, select

from feedback.files.queries import has_old_words, old_words_of_files
from feedback.kernel.private import FindingKind
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.rules.shield import Entrusted
from feedback.tickets.rules.words import MoveName

# The words of a report as its writer sent them, whatever the public reads now.
AS_WRITTEN = func.coalesce(Ticket.original_text, Ticket.text)
_KEPT = Ticket.original_text, Ticket.original_title, Ticket.original_place
# Whether there is anything behind the door. Titles are officials' words: theirs alone.
HAS_OLD_TITLE = Ticket.original_title.is_not(None)
HAS_ORIGINAL = or_(
    Ticket.original_text.is_not(None),
    Ticket.original_place.is_not(None),
    has_old_words(Ticket.id),
    exists().where(
        TicketEvent.ticket_id == Ticket.id,
        TicketEvent.move != MoveName.ASK_MASKING,
        or_(TicketEvent.original_text.is_not(None), TicketEvent.entrusted.is_not(None)),
    ),
)


@dataclass(frozen=True, slots=True)
class OldWords:
    """One part as it was written, and what was entrusted with it."""

    move: MoveName
    at: datetime
    by_staff: bool
    words: str | None
    entrusted: tuple[Entrusted, ...]


@dataclass(frozen=True, slots=True)
class OldFile:
    """What was written about a file, and what it was called."""

    alt: str
    name: str
    by_staff: bool


@dataclass(frozen=True, slots=True)
class Originals:
    """Everything that was masked in one report."""

    text: str | None
    title: str | None
    place: str | None
    events: tuple[OldWords, ...]
    files: tuple[OldFile, ...]


def originals_of(ticket_id: int) -> Originals:
    """What was written; the caller has decided who may read it and written down that they do."""
    kept = db.session.execute(select(*_KEPT).where(Ticket.id == ticket_id)).one()
    rows = db.session.execute(
        select(
            TicketEvent.move, TicketEvent.at, TicketEvent.role, TicketEvent.original_text, TicketEvent.entrusted
        )
        .where(
            TicketEvent.ticket_id == ticket_id,
            TicketEvent.move != MoveName.ASK_MASKING,
            or_(TicketEvent.original_text.is_not(None), TicketEvent.entrusted.is_not(None)),
        )
        .order_by(TicketEvent.id)
    )
    text, title, place = kept
    return Originals(text, title, place, tuple(_words(*row) for row in rows), _files(ticket_id))


def originals_of_reporter(ticket_id: int) -> Originals:
    """Their own words, and what officials entrusted to them; officials' masked words stay so."""
    found = originals_of(ticket_id)
    own = (replace(one, words=None) if one.by_staff else one for one in found.events)
    files = tuple(one for one in found.files if not one.by_staff)
    return replace(found, title=None, events=tuple(one for one in own if one.words or one.entrusted), files=files)


def _files(ticket_id: int) -> tuple[OldFile, ...]:
    kept = old_words_of_files(ticket_id)
    by_staff = select(TicketEvent.id).where(
        TicketEvent.id.in_([one.event_id for one in kept]), TicketEvent.role.is_not(None)
    )
    staff = set(db.session.scalars(by_staff)) if kept else set()
    return tuple(OldFile(one.alt, one.name, one.event_id in staff) for one in kept)


def _words(move: str, at: datetime, role: str | None, words: str | None, entrusted: list[Any] | None) -> OldWords:
    given = tuple(Entrusted(FindingKind(one["kind"]), one["words"]) for one in entrusted or ())
    return OldWords(MoveName(move), at, role is not None, words, given)


def passages_asked(ticket_id: int, since: datetime) -> tuple[str, ...]:
    """The passages that people asked to be masked and no coordinator has decided about."""
    asked = select(TicketEvent.original_text).where(
        TicketEvent.ticket_id == ticket_id, TicketEvent.move == MoveName.ASK_MASKING, TicketEvent.at >= since
    )
    found = (line for words in db.session.scalars(asked.order_by(TicketEvent.id)) for line in (words or "").split("\n"))
    return tuple(dict.fromkeys(found))
