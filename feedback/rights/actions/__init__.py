"""Ask for a right, answer a request, and what happens at once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, select

from feedback.audit.actions import record
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.kernel.permissions import Role
from feedback.kernel.text import clean, has_words, mark
from feedback.people.queries import who_holds
from feedback.rights.actions.erasing import erase_account, erase_report, is_held
from feedback.rights.models import RightsRequest
from feedback.rights.rules import LONGEST_WORDS, REMIND_BEFORE, RequestState, RightsKind, due
from feedback.storage.outbox import post
from feedback.storage.session import db, transaction
from feedback.tickets.actions.tombstones import take_name_off
from feedback.tickets.models import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRight:
    """A request about an account, or about one report."""

    kind: RightsKind
    person_id: int | None = None
    ticket_id: int | None = None
    words: str = ""
    erase_words: bool = False


def ask(command: AskRight, actor: Actor) -> int:
    """Keep a request and do at once what can be done at once; the same asked again while it is open stays one.

    Raises Invalid when words are missing or too many. Returns the request's id.
    """
    words = clean(command.words)
    if command.kind is RightsKind.CORRECTION and not has_words(words):
        raise Invalid(mark("Tulis apa yang salah dan bagaimana seharusnya."), field="words")
    if len(words) > LONGEST_WORDS:
        raise Invalid(mark("Paling banyak %(max)s karakter."), field="words", values={"max": LONGEST_WORDS})
    now = utc_now()
    with transaction():
        known = db.session.scalar(_same(command))
        if known is not None:
            return known
        row = RightsRequest(
            kind=command.kind,
            requested_at=now,
            due_at=due(now),
            person_id=command.person_id,
            ticket_id=command.ticket_id,
            words=words,
            erase_words=command.erase_words,
        )
        db.session.add(row)
        db.session.flush()
        # A report's request names nobody: whoever shows the code may be signed in beside.
        by, subject = command.person_id, f"rights_request:{row.id}"
        record("rights.asked", actor_id=by, subject=subject, at=now, detail={"kind": row.kind}, coarse=True)
        post("mail.rights", f"rights-asked:{row.id}", {"request_id": row.id}, at=now)
        _at_once(row)
        if row.state == RequestState.OPEN and row.kind != RightsKind.COPY:
            _call_officials(row)
        return row.id


def _call_officials(row: RightsRequest) -> None:
    """Administrators hear of what waits for them: now, and a day before it is too late."""
    for person_id in who_holds(Role.ADMINISTRATOR, row.requested_at.date()):
        for at in (row.requested_at, row.due_at - REMIND_BEFORE):
            payload = {"request_id": row.id, "person_id": person_id}
            post("mail.rights_waiting", f"rights-waiting:{row.id}:{person_id}:{at:%d%H}", payload, at=at)


def _same(command: AskRight) -> Select[tuple[int]]:
    return select(RightsRequest.id).where(
        RightsRequest.kind == command.kind,
        RightsRequest.state == RequestState.OPEN,
        RightsRequest.person_id.is_not_distinct_from(command.person_id),
        RightsRequest.ticket_id.is_not_distinct_from(command.ticket_id),
    )


def _at_once(row: RightsRequest) -> None:
    now = row.requested_at
    if row.kind == RightsKind.COPY:
        post("rights.copy", f"rights-copy:{row.id}", {"request_id": row.id}, at=now)
    elif row.kind == RightsKind.RESTRICTION:
        mine = Ticket.id == row.ticket_id if row.ticket_id else Ticket.reporter_id == row.person_id
        take_name_off(list(db.session.scalars(select(Ticket.id).where(mine))))
        if not row.words:
            _close(row, RequestState.DONE, "", None)
    elif row.kind == RightsKind.DELETION and _delete(row):
        _close(row, RequestState.DONE, "", None)


def _delete(row: RightsRequest) -> bool:
    """Carry a deletion out unless something holds it: a court's hold, or a role still held. Says whether it did."""
    if row.ticket_id is None:
        assert row.person_id is not None
        return erase_account(row.person_id, erase_words=row.erase_words)
    if is_held([row.ticket_id]):
        return False
    erase_report(row.ticket_id, row.requested_at)
    return True


def answer(request_id: int, words: str, *, granted: bool, by: int) -> None:
    """An administrator answers; a deletion that was held is carried out now. Raises NotFound, Invalid, Conflict."""
    text = clean(words)
    if not has_words(text):
        raise Invalid(mark("Bagian ini wajib diisi."), field="words")
    with transaction():
        row = db.session.get(RightsRequest, request_id, with_for_update=True)
        if row is None:
            raise NotFound
        if row.state != RequestState.OPEN:
            raise Conflict(mark("Permintaan ini sudah dijawab."))
        if granted and row.kind == RightsKind.DELETION and not _delete(row):
            raise Conflict(mark("Masih ada peran atau penahanan hukum. Akhiri dulu, atau tolak dengan alasan."))
        _close(row, RequestState.DONE if granted else RequestState.REFUSED, text, by)


def _close(row: RightsRequest, state: RequestState, words: str, by: int | None) -> None:
    now = utc_now()
    row.state, row.answer, row.done_at, row.done_by_id = state, words, now, by
    subject, deed = f"rights_request:{row.id}", f"rights.{state}"
    record(deed, actor_id=by, subject=subject, at=now, detail={"kind": row.kind}, coarse=by is None)
    post("mail.rights", f"rights-{state}:{row.id}", {"request_id": row.id}, at=now)
