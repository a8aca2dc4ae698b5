"""Close a report that was open: its words, or who wrote it. There is no way back, by anybody."""

from __future__ import annotations

from sqlalchemy import update

from feedback.kernel.errors import Invalid
from feedback.kernel.text import clean, has_words, mark
from feedback.people.queries import people_by_ids
from feedback.storage.session import db
from feedback.tickets.actions.codes import code_hash
from feedback.tickets.actions.effects import forget_hour
from feedback.tickets.actions.work import Work, facts_of
from feedback.tickets.models import TicketEvent
from feedback.tickets.rules.grants import relations
from feedback.tickets.rules.lifecycle import Relation
from feedback.vault.actions import seal_later
from feedback.vault.rules.sealing import Identity


def make_confidential(work: Work) -> None:
    """Nobody but who handles it reads it from now on. Asked for by the reporter, it seals their name as well.

    When officials do it the account stays linked: the reporter, who may have kept no code, must not be locked out.
    """
    by_reporter = _check_reason(work)
    work.ticket.confidential = True
    forget_hour(work.ticket)
    if by_reporter:
        _seal_reporter(work)


def hide_name(work: Work) -> None:
    """Nobody reads the reporter's name from now on."""
    _check_reason(work)
    _seal_reporter(work)
    work.ticket.anonymous = True
    forget_hour(work.ticket)


def _check_reason(work: Work) -> bool:
    """Whether it is the reporter who asks; anybody else has to say why."""
    assert work.actor is not None
    by_reporter = Relation.REPORTER in relations(work.actor, facts_of(work.ticket, work.unit))
    if not by_reporter and not has_words(clean(work.command.text)):
        raise Invalid(mark("Bagian ini wajib diisi."), field="text")
    return by_reporter


def _seal_reporter(work: Work) -> None:
    """Name and account go into the vault; the address for news is sealed apart, and a new code replaces the account."""
    ticket = work.ticket
    account = people_by_ids([ticket.reporter_id]).get(ticket.reporter_id) if ticket.reporter_id else None
    name = ticket.reporter_name or (account.name if account else "")
    email = account.email if account else ""
    seal_later(ticket.id, Identity(name=name, email=email, person_id=ticket.reporter_id))
    if ticket.reporter_id is not None:
        # The one thing of the history that is not kept: it would say who it was.
        own = TicketEvent.ticket_id == ticket.id, TicketEvent.actor_id == ticket.reporter_id, TicketEvent.role.is_(None)
        db.session.execute(update(TicketEvent).where(*own).values(actor_id=None))
        if work.command.new_code:
            ticket.code_hash = code_hash(work.command.new_code)
    ticket.reporter_id = ticket.reporter_name = None
