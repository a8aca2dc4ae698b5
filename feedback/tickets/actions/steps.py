"""What each move does to the ticket beside its state: who holds it, what it needs, what its event keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, update

from feedback.catalogue.queries import authorities
from feedback.kernel.clock import local_date
from feedback.kernel.errors import Conflict, Invalid
from feedback.kernel.references import read_number
from feedback.kernel.text import mark
from feedback.storage.session import db
from feedback.tickets.actions.effects import (
    begin_cycle,
    current_cycle,
    receive_earlier,
)
from feedback.tickets.actions.masking import MASKING
from feedback.tickets.actions.protect import hide_name, make_confidential
from feedback.tickets.actions.shielding import LONGEST_TITLE
from feedback.tickets.actions.walls import is_behind_wall, name_reported, name_reported_person
from feedback.tickets.actions.work import Work, facts_of
from feedback.tickets.models import Ticket
from feedback.tickets.rules.grants import Sight, grants_for, sight_of
from feedback.tickets.rules.sending import check_hold, check_target
from feedback.tickets.rules.words import (
    Grade,
    Kind,
    MoveName,
    State,
)
from feedback.units.queries import government_of, unit_by_id, units_by_ids
from feedback.units.rules import UnitKind, UnitRow, in_force


def _send_to(work: Work, unit_id: int | None, name: str) -> None:
    target = unit_by_id(unit_id) if unit_id is not None else None
    if target is None or not in_force(target, local_date(work.now, target.zone)):
        raise Invalid(mark("Pilih unit yang menangani."), field=name)
    if is_behind_wall(work.ticket, target):
        raise Invalid(
            mark("Laporan ini tentang petugas di unit itu. Pilih unit yang di atasnya atau unit lain."), field=name
        )
    verifies_here = work.move.name is MoveName.VERIFY_AND_ASSIGN and target.id == work.unit.id
    if work.actor is not None and not verifies_here:
        check_target(
            work.actor, work.unit.path, target.path, to_is_government=target.kind is UnitKind.GOVERNMENT
        )
    _hold_at(work.ticket, target, work.now)


def _hold_at(ticket: Ticket, unit: UnitRow, now: datetime) -> None:
    ticket.unit_id, ticket.zone = unit.id, unit.zone
    ticket.held_since = now
    ticket.officer_id = None
    current_cycle(ticket).unit_id = unit.id


def _verify(work: Work) -> None:
    command, ticket = work.command, work.ticket
    if ticket.kind == Kind.COMPLAINT:
        grade = command.grade or (Grade(ticket.grade) if ticket.grade else None)
        if grade is None:
            raise Invalid(mark("Pilih kadar pengaduan."), field="grade")
        ticket.grade = grade
    if command.reported_email:
        name_reported_person(work)
    _send_to(work, command.unit_id, "unit_id")
    if work.said and work.said.title.text:
        ticket.title, ticket.original_title = work.said.title.text, work.said.title.original
    ticket.returned_at = None
    work.event["grade"] = ticket.grade


def _regrade(work: Work) -> None:
    """Another grade has another limit, counted from the original start (DOMAIN.md 4.9)."""
    grade = work.command.grade
    if grade is None or grade == work.ticket.grade:
        raise Invalid(mark("Pilih kadar yang lain daripada sekarang."), field="grade")
    work.event["grade_before"], work.event["grade"] = work.ticket.grade, grade
    work.ticket.grade = grade


def _assign(work: Work) -> None:
    _send_to(work, work.command.unit_id, "unit_id")


def _return(work: Work) -> None:
    proposed = work.command.proposed_unit_id
    if proposed is None or proposed not in units_by_ids([proposed]):
        raise Invalid(mark("Usulkan unit yang menurut Anda berwenang."), field="proposed_unit_id")
    government = government_of(work.unit.path)
    assert government is not None
    if proposed == work.ticket.unit_id:
        raise Invalid(mark("Usulkan unit lain daripada unit Anda sendiri."), field="proposed_unit_id")
    work.ticket.proposed_unit_id = proposed
    work.event["proposed_unit_id"] = proposed
    work.ticket.returned_at = work.now
    _hold_at(work.ticket, government, work.now)


def _claim(work: Work) -> None:
    assert work.actor is not None
    if work.move.name is MoveName.START and work.ticket.officer_id is not None:
        return
    if work.ticket.officer_id == work.actor.person_id:
        raise Conflict(mark("Laporan ini sudah Anda pegang."))
    work.ticket.officer_id = work.actor.person_id


def _hold(work: Work) -> None:
    command = work.command
    check_hold(command.hold_reason, command.promised_date, local_date(work.now, work.unit.zone))
    work.ticket.hold_reason, work.ticket.promised_date = command.hold_reason, command.promised_date
    assert command.promised_date is not None
    work.event["hold_reason"] = command.hold_reason
    work.event["promised_date"] = command.promised_date.isoformat()


def _answer(work: Work) -> None:
    if work.actor is not None and work.ticket.officer_id is None:
        work.ticket.officer_id = work.actor.person_id


def _new_cycle(work: Work) -> None:
    """A dispute or reopening: the finished round stays as it is, and its answerer does not decide the next."""
    if work.move.name is MoveName.DISPUTE:
        work.ticket.excluded_person_id = current_cycle(work.ticket).answered_by_id
    work.ticket.held_since = work.now
    work.ticket.officer_id = None
    _next_cycle(work)


def _next_cycle(work: Work) -> None:
    work.ticket.cycle += 1
    begin_cycle(work.ticket, work.now)
    db.session.flush()


def _reject(work: Work) -> None:
    if work.command.reject_reason is None:
        raise Invalid(mark("Pilih alasan."), field="reject_reason")
    work.ticket.reject_reason = work.command.reject_reason
    work.event["reject_reason"] = work.command.reject_reason


def _refer(work: Work) -> None:
    known = {row.id: row for row in authorities()}
    owner = known.get(work.command.authority_id or 0)
    if owner is None:
        raise Invalid(mark("Pilih lembaga yang berwenang."), field="authority_id")
    work.ticket.authority_id = owner.id
    work.event["authority"] = owner.name
    work.event["channel"] = owner.channel


def _join(work: Work) -> None:
    number = read_number(work.command.joined_number)
    target = db.session.scalars(select(Ticket).where(Ticket.number == number)).one_or_none() if number else None
    unit = unit_by_id(target.unit_id) if target else None
    assert work.actor is not None
    seen = target and unit and sight_of(grants_for(work.actor), facts_of(target, unit)) is Sight.WHOLE
    if target is None or not seen:
        raise Invalid(mark("Tidak ada laporan dengan nomor ini yang dapat Anda buka."), field="joined_number")
    if target.id == work.ticket.id or target.state == State.JOINED or not target.is_open:
        raise Invalid(mark("Gabungkan ke laporan lain yang masih terbuka."), field="joined_number")
    if work.ticket.confidential != target.confidential:
        raise Invalid(mark("Laporan rahasia dan laporan terbuka tidak dapat digabung."), field="joined_number")
    if work.ticket.walled_unit_id != target.walled_unit_id:
        raise Invalid(mark("Laporan ini dijaga dari unit lain daripada laporan itu."), field="joined_number")
    receive_earlier(target, work.ticket.received_at, work.now)
    # Whoever followed this report now follows the other one too.
    db.session.execute(update(Ticket).where(Ticket.joined_to_id == work.ticket.id).values(joined_to_id=target.id))
    work.ticket.grade = work.ticket.grade or target.grade
    work.ticket.joined_to_id = target.id
    work.event["joined_number"] = target.number


def _unjoin(work: Work) -> None:
    work.ticket.joined_to_id = None
    if current_cycle(work.ticket).answered_at is not None:
        # What was answered with the other report stays frozen; what is owed now is a round of its own.
        _next_cycle(work)
    government = government_of(work.unit.path)
    assert government is not None
    _hold_at(work.ticket, government, work.now)


def _hide(work: Work) -> None:
    work.ticket.hidden = work.move.name is MoveName.HIDE


def _retitle(work: Work) -> None:
    """The new title is the words of the event, so that the history of titles is masked like any other words."""
    assert work.said is not None
    title = work.said.words
    if len(title.text) > LONGEST_TITLE or "\n" in title.text:
        raise Invalid(mark("Paling banyak %(max)s karakter, satu baris."), field="text", values={"max": LONGEST_TITLE})
    # The first title stays behind the door; each later one is in its event.
    work.ticket.original_title = work.ticket.original_title or work.ticket.title
    work.ticket.title = title.text


STEPS: dict[MoveName, Callable[[Work], None]] = {
    MoveName.VERIFY_AND_ASSIGN: _verify,
    MoveName.ASSIGN: _assign,
    MoveName.CHANGE_GRADE: _regrade,
    MoveName.RETURN_TO_COORDINATOR: _return,
    MoveName.CLAIM: _claim,
    MoveName.START: _claim,
    MoveName.HOLD: _hold,
    MoveName.ANSWER: _answer,
    MoveName.REVIEW_ANSWER: _answer,
    MoveName.DISPUTE: _new_cycle,
    MoveName.REOPEN: _new_cycle,
    MoveName.REJECT: _reject,
    MoveName.REFER: _refer,
    MoveName.JOIN: _join,
    MoveName.UNJOIN: _unjoin,
    MoveName.HIDE: _hide,
    MoveName.RESTORE: _hide,
    MoveName.MAKE_CONFIDENTIAL: make_confidential,
    MoveName.MAKE_ANONYMOUS: hide_name,
    MoveName.SET_REPORTED: name_reported,
    MoveName.RETITLE: _retitle,
    **MASKING,
}
