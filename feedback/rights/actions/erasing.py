"""Delete an account or the words of one report, and leave what must stay (docs/privacy.md)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update

from feedback.files.actions.destroying import destroy_files
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.permissions import Role
from feedback.people.models import MembershipRow, Person
from feedback.people.rules import ROLE_LABELS
from feedback.rights.models import DataCopy, LegalHold, RightsRequest
from feedback.rights.rules import RequestState
from feedback.rights.rules.tables import GONE, WIPED, office_title
from feedback.storage.base import Base
from feedback.storage.outbox import post
from feedback.storage.session import db
from feedback.tickets.actions.moves import make_move
from feedback.tickets.actions.tombstones import bury, unlink
from feedback.tickets.actions.work import MakeMove
from feedback.tickets.models import Ticket
from feedback.tickets.rules.words import MoveName
from feedback.units.models import Unit
from feedback.vault.models import SealedIdentity, SealOpening

NOBODY = "hapus.invalid"  # a name that no mail server answers for (RFC 2606)


def is_held(ticket_ids: Sequence[int]) -> bool:
    """Whether a court or a seal request needs one of these reports."""
    held = select(LegalHold.id).where(LegalHold.ticket_id.in_(ticket_ids), LegalHold.ended_at.is_(None))
    return db.session.scalar(held.limit(1)) is not None


def erase_account(person_id: int, *, erase_words: bool) -> bool:
    """Take away who it was; False when a role is still held or a court needs one of their reports."""
    now = utc_now()
    today = now.date()
    roles = select(MembershipRow.id).where(
        MembershipRow.person_id == person_id, MembershipRow.valid_to.is_(None) | (MembershipRow.valid_to >= today)
    )
    mine = list(db.session.scalars(select(Ticket.id).where(Ticket.reporter_id == person_id)))
    if db.session.scalar(roles.limit(1)) is not None or is_held(mine):
        return False
    person = db.session.get_one(Person, person_id)
    post("mail.farewell", f"farewell:{person_id}", {"address": person.email, "locale": person.locale}, at=now)
    if erase_words:
        for ticket_id in mine:
            _withdraw(ticket_id, Actor(person_id))
            bury(ticket_id, now, all_words=False)
        destroy_files(mine, now)
    forget_identity(mine)
    forget_requests((RightsRequest.person_id == person_id) | RightsRequest.ticket_id.in_(mine if erase_words else []))
    unlink(person_id)
    for name in GONE:
        table, column = name.split(".")
        found = Base.metadata.tables[table]
        db.session.execute(delete(found).where(found.c[column] == person_id))
    person.email, person.name, person.erased_at = f"{person_id}@{NOBODY}", _title(person_id), now
    for column, value in WIPED.items():
        setattr(person, column, value)
    return True


def _title(person_id: int) -> str:
    """The office somebody held last; a dash for who held none."""
    held = select(MembershipRow.role, Unit.short_name).join(Unit, Unit.id == MembershipRow.unit_id)
    newest = (MembershipRow.valid_to.desc(), MembershipRow.id.desc())
    row = db.session.execute(held.where(MembershipRow.person_id == person_id).order_by(*newest)).first()
    return "–" if row is None else office_title(ROLE_LABELS[Role(row.role)], row.short_name)


def erase_report(ticket_id: int, at: datetime) -> None:
    """Take a report's words, name, contact and search words away; an open one is withdrawn first."""
    _withdraw(ticket_id, Actor(tracked=frozenset({ticket_id})))
    bury(ticket_id, at, all_words=False)
    destroy_files([ticket_id], at)
    forget_identity([ticket_id])
    forget_requests(RightsRequest.ticket_id == ticket_id)


def forget_requests(which: ColumnElement[bool]) -> None:
    """Copies go, and what was asked besides: nothing is left to correct, and words of requests name people.

    Inside the caller's transaction.
    """
    db.session.execute(update(RightsRequest).where(which).values(words="", answer=""))
    waiting = update(RightsRequest).where(which, RightsRequest.state == RequestState.OPEN)
    db.session.execute(waiting.values(state=RequestState.DONE, done_at=utc_now()))
    # After the rows are ours: the worker that makes a copy right now has either stored it or finds nothing open.
    mine = select(RightsRequest.id).where(which)
    db.session.execute(delete(DataCopy).where(DataCopy.request_id.in_(mine)))


def forget_identity(ticket_ids: Sequence[int]) -> int:
    """Destroy sealed identities with the keys in them, and why one was opened; returns how many rows went."""
    opened = update(SealOpening).where(SealOpening.ticket_id.in_(ticket_ids))
    db.session.execute(opened.values(basis="", case_number=""))
    gone = delete(SealedIdentity).where(SealedIdentity.ticket_id.in_(ticket_ids)).returning(SealedIdentity.ticket_id)
    return len(db.session.execute(gone).all())


def _withdraw(ticket_id: int, reporter: Actor) -> None:
    ticket = db.session.get_one(Ticket, ticket_id)
    if ticket.is_open:
        make_move(MakeMove(number=ticket.number, move=MoveName.WITHDRAW, version=None), reporter)
