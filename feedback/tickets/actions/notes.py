"""Internal notes: for the people who handle a ticket, never for anybody else by any path."""

from __future__ import annotations

from sqlalchemy import select

from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Forbidden, Invalid, NotFound
from feedback.kernel.text import clean, has_words, mark
from feedback.storage.keyring import keyed_hash
from feedback.storage.session import db, transaction
from feedback.tickets.actions.work import facts_of
from feedback.tickets.models import Ticket, TicketNote
from feedback.tickets.rules.grants import Sight, grants_for, relations, sight_of
from feedback.tickets.rules.lifecycle import OFFICIAL
from feedback.tickets.rules.report import LONGEST_TEXT
from feedback.units.queries import unit_by_id


def add_note(number: str, text: str, form_key: str, actor: Actor) -> None:
    """Add a note to a ticket one handles; the same form twice adds one. Raises NotFound, Forbidden, Invalid."""
    words = clean(text)
    if not has_words(words):
        raise Invalid(mark("Bagian ini wajib diisi."), field="text")
    if len(words) > LONGEST_TEXT:
        raise Invalid(mark("Paling banyak %(max)s karakter."), field="text", values={"max": LONGEST_TEXT})
    key = keyed_hash("note", form_key)
    with transaction():
        ticket = db.session.scalars(select(Ticket).where(Ticket.number == number).with_for_update()).one_or_none()
        unit = unit_by_id(ticket.unit_id) if ticket else None
        if ticket is None or unit is None or sight_of(grants_for(actor), facts_of(ticket, unit)) is Sight.NONE:
            raise NotFound
        if not relations(actor, facts_of(ticket, unit)) & OFFICIAL or actor.person_id is None:
            raise Forbidden(mark("Catatan internal hanya untuk petugas unit yang menangani."))
        if db.session.scalar(select(TicketNote.id).where(TicketNote.form_key_hash == key)) is None:
            db.session.add(
                TicketNote(
                    ticket_id=ticket.id,
                    at=utc_now(),
                    author_id=actor.person_id,
                    unit_id=ticket.unit_id,
                    text=words,
                    form_key_hash=key,
                )
            )
