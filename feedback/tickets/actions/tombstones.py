"""Destroy the words of a report and leave what statistics need: state, unit, topic, dates, rounds and clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update

from feedback.adapters.search import unindex_ticket
from feedback.kernel.text import mark
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketEvent, TicketNote

TOMBSTONE = mark("Isi laporan ini sudah dihapus.")
# Columns that hold words of a person, in a report and in an event; the test of columns fails for a new one not here.
TICKET_WORDS: dict[str, Any] = {
    "title": None, "place": "", "event_date": None, "reporter_name": None, "reporter_id": None, "form_key_hash": None,
    "words_hash": None, "twin_id": None,
    "original_text": None, "original_title": None, "original_place": None, "masking_asked_at": None,
}  # fmt: skip
# What was masked, and what was given to the unit only: of everybody, whoever's words stay.
MASKED_WORDS: dict[str, Any] = {"original_text": None, "entrusted": None}
EVENT_WORDS: dict[str, Any] = {"text": "", "html": None, **MASKED_WORDS}


def bury(ticket_id: int, at: datetime, *, all_words: bool) -> None:
    """Put a tombstone in the place of a report's words; with ``all_words`` the officials' too, and the notes.

    Inside the caller's transaction. Files and the sealed identity are the business of their own shelves.
    """
    report = update(Ticket).where(Ticket.id == ticket_id)
    db.session.execute(report.values(text=TOMBSTONE, words_destroyed_at=at, **TICKET_WORDS))
    events = update(TicketEvent).where(TicketEvent.ticket_id == ticket_id)
    db.session.execute(events.values(MASKED_WORDS))
    if not all_words:
        events = events.where(TicketEvent.role.is_(None))
    db.session.execute(events.values(EVENT_WORDS))
    reporters = update(TicketEvent).where(TicketEvent.ticket_id == ticket_id, TicketEvent.role.is_(None))
    db.session.execute(reporters.values(actor_id=None))
    if all_words:
        db.session.execute(update(TicketNote).where(TicketNote.ticket_id == ticket_id).values(text=""))
    unindex_ticket(ticket_id)


def take_name_off(ticket_ids: list[int]) -> None:
    """Nobody reads a reporter's name on these reports any longer."""
    db.session.execute(update(Ticket).where(Ticket.id.in_(ticket_ids)).values(reporter_name=None))


def unlink(person_id: int) -> None:
    """Take an account off its reports; the words stay without a name."""
    mine = (Ticket.reporter_id == person_id,)
    db.session.execute(update(Ticket).where(*mine).values(reporter_id=None, reporter_name=None))
    own = update(TicketEvent).where(TicketEvent.actor_id == person_id, TicketEvent.role.is_(None))
    db.session.execute(own.values(actor_id=None))
