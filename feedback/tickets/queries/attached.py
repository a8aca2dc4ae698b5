"""Files of a ticket for one actor: the ticket's grants decide, and what is hidden is for officials only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from feedback.files.queries import FileLine, files_of_ticket
from feedback.kernel.actor import Actor
from feedback.kernel.errors import NotFound
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.queries.visible import FACTS, facts_of_row, readable, visible
from feedback.tickets.rules.grants import Sight, grants_for, inspects, relations, sight_of
from feedback.tickets.rules.lifecycle import MOVES, OFFICIAL
from feedback.tickets.rules.words import MoveName
from feedback.units.models import Unit


@dataclass(frozen=True, slots=True)
class Attached:
    """One attachment and what of its ticket decides how it is served."""

    line: FileLine
    number: str
    confidential: bool
    ticket_id: int
    is_official: bool


def attached(actor: Actor, number: str, token: str) -> Attached:
    """The attachment, if this actor may have it. Raises NotFound alike for "not there" and "not yours"."""
    grants = grants_for(actor)
    row = db.session.execute(
        select(*FACTS, Ticket.number)
        .join(Unit, Unit.id == Ticket.unit_id)
        .where(Ticket.number == number, visible(grants, Sight.WORDS))
    ).one_or_none()
    line = next((one for one in files_of_ticket(row.id) if one.token == token), None) if row else None
    if row is None or line is None:
        raise NotFound
    facts = facts_of_row(row)
    official = bool(relations(actor, facts) & OFFICIAL) or inspects(actor, facts)
    event = db.session.execute(
        select(TicketEvent.is_public, TicketEvent.move).where(TicketEvent.id == line.event_id)
    ).one()
    secret = MOVES[MoveName(event.move)].internal and not official
    if secret or not readable(line, sight=sight_of(grants, facts), official=official, is_public=event.is_public):
        raise NotFound
    return Attached(line, row.number, row.confidential, row.id, official)
