"""Every move of the table as one use case: load, decide by rules, change, append the event, clocks, outbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from feedback.adapters import sanitiser
from feedback.audit.actions import record
from feedback.catalogue.queries import authorities
from feedback.clocks import actions as clocks
from feedback.clocks.rules.policy import ClockKind
from feedback.kernel.actor import Actor
from feedback.kernel.clock import local_date, utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.kernel.references import read_number
from feedback.kernel.text import clean, has_words, mark
from feedback.people.queries import memberships_of, person_by_email
from feedback.storage.session import db, transaction
from feedback.tickets.actions.effects import (
    begin_cycle,
    current_cycle,
    note_answer,
    note_response,
    post_event,
    receive_earlier,
    run_clocks,
    set_next_due,
    set_search,
)
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.rules.grants import Sight, TicketFacts, grants_for, relations, sight_of, without
from feedback.tickets.rules.lifecycle import MOVES, Clock, Move, Relation, Situation, Words, check_move
from feedback.tickets.rules.report import LONGEST_TEXT
from feedback.tickets.rules.sending import acting_membership, check_hold, check_target
from feedback.tickets.rules.words import (
    OPEN_STATES,
    Grade,
    HoldReason,
    Kind,
    MoveName,
    RejectReason,
    State,
)
from feedback.units.queries import government_of, unit_by_id, units_by_ids
from feedback.units.rules import UnitKind, UnitRow, in_force

REPORTER_MOVES = frozenset({
    MoveName.COMPLETE, MoveName.CONFIRM, MoveName.DISPUTE, MoveName.REOPEN, MoveName.WITHDRAW, MoveName.ADD_INFORMATION,
})  # fmt: skip
UNANSWERED_ENDS = frozenset({State.WITHDRAWN, State.REJECTED, State.REFERRED})
ENDS = frozenset({State.CLOSED, State.LAPSED, State.WITHDRAWN, State.REJECTED, State.REFERRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeMove:
    """One move as asked for; ``version`` is the ticket's version the asker was looking at."""

    number: str
    move: MoveName
    version: int | None
    text: str = ""
    is_public: bool = True
    unit_id: int | None = None
    grade: Grade | None = None
    title: str = ""
    reported_email: str = ""
    proposed_unit_id: int | None = None
    hold_reason: HoldReason | None = None
    promised_date: date | None = None
    reject_reason: RejectReason | None = None
    authority_id: int | None = None
    joined_number: str = ""


class Stale(Conflict):
    """Somebody else moved the ticket meanwhile; ``version`` is what the asker had seen."""

    def __init__(self, number: str, version: int) -> None:
        super().__init__(mark("Orang lain sudah mengubah laporan ini. Tulisan Anda masih ada di bawah."))
        self.number = number
        self.version = version


@dataclass(slots=True)
class _Work:
    """Everything one move works with, inside its transaction."""

    command: MakeMove
    actor: Actor | None
    now: datetime
    ticket: Ticket
    unit: UnitRow
    move: Move
    html: str | None
    event: dict[str, Any] = field(default_factory=dict)


def make_move(command: MakeMove, actor: Actor) -> int:
    """Make a move and return the new version.

    Raises NotFound, Stale, Conflict (state), Forbidden (who), Invalid (what is missing); then nothing was written.
    """
    html = _html_of(command)
    now = utc_now()
    with transaction():
        ticket, unit = _load(command.number)
        facts = facts_of(ticket, unit)
        if sight_of(grants_for(actor), facts) is Sight.NONE:
            raise NotFound
        decides = relations(without(actor, ticket.excluded_person_id), facts)
        situation = _situation(ticket, relations(actor, facts), actor.person_id, decides)
        if command.version is not None and command.version != ticket.version:
            raise Stale(ticket.number, command.version)
        move = check_move(command.move, situation, now)
        return _apply(_Work(command, actor, now, ticket, unit, move, html))


def make_system_move(command: MakeMove, now: datetime, detail: Mapping[str, Any] | None = None) -> bool:
    """A move by the clock (lapse, resume, withdraw, escalate); False when the ticket has gone on meanwhile.

    ``detail`` is kept with the event.
    """
    with transaction():
        ticket, unit = _load(command.number)
        try:
            move = check_move(command.move, _situation(ticket, frozenset({Relation.SYSTEM}), None), now)
        except Conflict:
            return False
        _apply(_Work(command, None, now, ticket, unit, move, None, {"by_system": True, **(detail or {})}))
        return True


def _load(number: str) -> tuple[Ticket, UnitRow]:
    ticket = db.session.scalars(
        select(Ticket).where(Ticket.number == number).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    unit = unit_by_id(ticket.unit_id) if ticket else None
    if ticket is None or unit is None:
        raise NotFound
    return ticket, unit


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
    )


def _situation(
    ticket: Ticket, held: frozenset[Relation], person_id: int | None, deciding: frozenset[Relation] | None = None
) -> Situation:
    return Situation(
        state=State(ticket.state),
        relations=held,
        person_id=person_id,
        excluded_person_id=ticket.excluded_person_id,
        closed_at=ticket.closed_at,
        hidden=ticket.hidden,
        graded=ticket.kind == Kind.COMPLAINT,
        deciding=deciding,
    )


def _html_of(command: MakeMove) -> str | None:
    """Sanitised html of an official's words, made before the write transaction begins."""
    text = clean(command.text)
    if len(text) > LONGEST_TEXT:
        raise Invalid(mark("Paling banyak %(max)s karakter."), field="text", values={"max": LONGEST_TEXT})
    return sanitiser.clean_staff_html(text) if text and command.move not in REPORTER_MOVES else None


def _check_words(work: _Work) -> str:
    text = clean(work.command.text)
    if work.move.words is Words.REQUIRED:
        if not text:
            raise Invalid(mark("Bagian ini wajib diisi."), field="text")
        if not has_words(text):
            raise Invalid(mark("Tulis dengan kata-kata; tanda atau emoji saja tidak cukup."), field="text")
    return text if work.move.words is not Words.NONE else ""


def _apply(work: _Work) -> int:
    ticket, move = work.ticket, work.move
    text = _check_words(work)
    before, from_unit = State(ticket.state), ticket.unit_id
    special = _SPECIAL.get(move.name)
    if special is not None:
        special(work)
    if move.resumes:
        ticket.hold_reason = ticket.promised_date = None
    if move.target is not None:
        _enter(ticket, move.target, before, work.now)
        if move.target in UNANSWERED_ENDS:
            _release_followers(work)
    if move.publishes and ticket.published_at is None:
        ticket.published_at = work.now
    if move.internal:
        # Nobody's open page goes stale: the reporter would see that something happened.
        post_event(_append(work, text, before, from_unit), move)
        return ticket.version
    ticket.version += 1
    event = _append(work, text, before, from_unit)
    run_clocks(move, ticket, work.now)
    _measure(work)
    if move.pauses:
        _pause(work)
    set_next_due(ticket)
    set_search(ticket)
    post_event(event, move)
    return ticket.version


def _enter(ticket: Ticket, target: State, before: State, now: datetime) -> None:
    ticket.state = target
    ticket.is_open = target in OPEN_STATES
    ticket.closed_at = now if target in ENDS else None
    if target is not before:
        ticket.state_since = now


def _append(work: _Work, text: str, before: State, from_unit: int) -> TicketEvent:
    ticket, actor = work.ticket, work.actor
    acting = acting_membership(actor, work.unit.path, work.move.who) if actor else None
    if work.move.name in REPORTER_MOVES:
        acting = None
    event = TicketEvent(
        ticket_id=ticket.id,
        at=work.now,
        move=work.move.name,
        from_state=before,
        to_state=ticket.state,
        cycle=ticket.cycle,
        version=ticket.version,
        unit_id=from_unit,
        to_unit_id=ticket.unit_id if ticket.unit_id != from_unit else None,
        actor_id=actor.person_id if actor and (acting or ticket.reporter_id == actor.person_id) else None,
        role=acting.role if acting else None,
        actor_unit_id=acting.unit_id if acting else None,
        text=text,
        html=work.html if text else None,
        sanitiser=sanitiser.VERSION if work.html and text else None,
        is_public=work.command.is_public and not work.move.internal,
        detail=work.event | ({"acting_for": acting.acting_for} if acting and acting.acting_for else {}),
    )
    db.session.add(event)
    db.session.flush()
    return event


def _measure(work: _Work) -> None:
    """Response and answer are measured when an official speaks in public (DOMAIN.md 4.10)."""
    if Clock.FIRST_RESPONSE not in work.move.stops:
        return
    _note_words(work, work.ticket)
    stopped = [ClockKind(kind.value) for kind in work.move.stops]
    for other in _unanswered_followers(work.ticket):
        # A joined ticket keeps its own clocks; what its reporter reads on the ticket it follows stops them.
        clocks.stop(ticket_id=other.id, kinds=stopped, at=work.now)
        _note_words(work, other)
        set_next_due(other)


def _note_words(work: _Work, ticket: Ticket) -> None:
    note_response(ticket, work.now)
    if work.move.target is State.ANSWERED:
        note_answer(ticket, work.now, work.actor.person_id if work.actor else None)


def _unanswered_followers(ticket: Ticket) -> list[Ticket]:
    """Joined tickets that wait for an answer; what a round already got stays frozen (DOMAIN.md 4.11)."""
    joined = select(Ticket).where(Ticket.joined_to_id == ticket.id, Ticket.state == State.JOINED)
    return [other for other in db.session.scalars(joined).all() if current_cycle(other).answered_at is None]


def _pause(work: _Work) -> None:
    promised, reason = work.command.promised_date, work.command.hold_reason
    assert promised is not None and reason is not None  # noqa: PT018  (check_hold refused it otherwise)
    end = datetime.combine(promised + timedelta(days=1), time(), ZoneInfo(work.unit.zone))
    clocks.pause(ticket_id=work.ticket.id, at=work.now, limit_at=end, reason=reason.value)


def _send_to(work: _Work, unit_id: int | None, name: str) -> None:
    target = unit_by_id(unit_id) if unit_id is not None else None
    if target is None or not in_force(target, local_date(work.now, target.zone)):
        raise Invalid(mark("Pilih unit yang menangani."), field=name)
    assert work.actor is not None
    if not (work.move.name is MoveName.VERIFY_AND_ASSIGN and target.id == work.unit.id):
        check_target(
            work.actor, work.unit.path, target.path, to_is_government=target.kind is UnitKind.GOVERNMENT
        )
    _hold_at(work.ticket, target, work.now)


def _hold_at(ticket: Ticket, unit: UnitRow, now: datetime) -> None:
    ticket.unit_id, ticket.zone = unit.id, unit.zone
    ticket.held_since = now
    ticket.officer_id = None
    current_cycle(ticket).unit_id = unit.id


def _verify(work: _Work) -> None:
    command, ticket = work.command, work.ticket
    if ticket.kind == Kind.COMPLAINT:
        grade = command.grade or (Grade(ticket.grade) if ticket.grade else None)
        if grade is None:
            raise Invalid(mark("Pilih kadar pengaduan."), field="grade")
        ticket.grade = grade
    if command.reported_email:
        person = person_by_email(command.reported_email)
        roles = memberships_of([person.id]) if person else []
        root = government_of(work.unit.path)
        theirs = units_by_ids({one.unit_id for one in roles})
        # One answer for an unknown address and for somebody who works elsewhere: it must not tell who has an account.
        if person is None or root is None or not any(one.path.startswith(root.path) for one in theirs.values()):
            raise Invalid(mark("Tidak ada petugas dengan alamat ini di pemerintah daerah ini."), field="reported_email")
        record("ticket.reported_person_set", actor_id=work.actor.person_id if work.actor else None,
               subject=f"ticket:{ticket.id}", at=work.now, detail={"person": person.id})
        ticket.reported_person_id = person.id
    _send_to(work, command.unit_id, "unit_id")
    title = clean(command.title, lines=False)
    if title:
        ticket.title = title[:160]
        work.event["title"] = ticket.title
    ticket.returned_at = None
    work.event["grade"] = ticket.grade


def _regrade(work: _Work) -> None:
    """Another grade has another limit, counted from the original start (DOMAIN.md 4.9)."""
    grade = work.command.grade
    if grade is None or grade == work.ticket.grade:
        raise Invalid(mark("Pilih kadar yang lain daripada sekarang."), field="grade")
    work.event["grade_before"], work.event["grade"] = work.ticket.grade, grade
    work.ticket.grade = grade


def _assign(work: _Work) -> None:
    _send_to(work, work.command.unit_id, "unit_id")


def _return(work: _Work) -> None:
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


def _claim(work: _Work) -> None:
    assert work.actor is not None
    if work.move.name is MoveName.START and work.ticket.officer_id is not None:
        return
    if work.ticket.officer_id == work.actor.person_id:
        raise Conflict(mark("Laporan ini sudah Anda pegang."))
    work.ticket.officer_id = work.actor.person_id


def _hold(work: _Work) -> None:
    command = work.command
    check_hold(command.hold_reason, command.promised_date, local_date(work.now, work.unit.zone))
    work.ticket.hold_reason, work.ticket.promised_date = command.hold_reason, command.promised_date
    assert command.promised_date is not None
    work.event["hold_reason"] = command.hold_reason
    work.event["promised_date"] = command.promised_date.isoformat()


def _answer(work: _Work) -> None:
    if work.actor is not None and work.ticket.officer_id is None:
        work.ticket.officer_id = work.actor.person_id


def _new_cycle(work: _Work) -> None:
    """A dispute or reopening: the finished round stays as it is, and its answerer does not decide the next."""
    if work.move.name is MoveName.DISPUTE:
        work.ticket.excluded_person_id = current_cycle(work.ticket).answered_by_id
    work.ticket.held_since = work.now
    work.ticket.officer_id = None
    _next_cycle(work)


def _next_cycle(work: _Work) -> None:
    work.ticket.cycle += 1
    begin_cycle(work.ticket, work.now)
    db.session.flush()


def _reject(work: _Work) -> None:
    if work.command.reject_reason is None:
        raise Invalid(mark("Pilih alasan."), field="reject_reason")
    work.ticket.reject_reason = work.command.reject_reason
    work.event["reject_reason"] = work.command.reject_reason


def _refer(work: _Work) -> None:
    known = {row.id: row for row in authorities()}
    owner = known.get(work.command.authority_id or 0)
    if owner is None:
        raise Invalid(mark("Pilih lembaga yang berwenang."), field="authority_id")
    work.ticket.authority_id = owner.id
    work.event["authority"] = owner.name
    work.event["channel"] = owner.channel


def _join(work: _Work) -> None:
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
    receive_earlier(target, work.ticket.received_at, work.now)
    # Whoever followed this report now follows the other one too.
    db.session.execute(update(Ticket).where(Ticket.joined_to_id == work.ticket.id).values(joined_to_id=target.id))
    work.ticket.grade = work.ticket.grade or target.grade
    work.ticket.joined_to_id = target.id
    work.event["joined_number"] = target.number


def _release_followers(work: _Work) -> None:
    """Who followed a report that ends without an answer goes back to the coordinator, and is told."""
    followers = select(Ticket).where(Ticket.joined_to_id == work.ticket.id, Ticket.state == State.JOINED)
    text = mark("Laporan yang diikuti berakhir tanpa jawaban, jadi laporan ini diperiksa sendiri.")
    for other in db.session.scalars(followers.order_by(Ticket.id).with_for_update()).all():
        unit = unit_by_id(other.unit_id)
        assert unit is not None
        command = MakeMove(number=other.number, move=MoveName.UNJOIN, version=None, text=text)
        _apply(_Work(command, None, work.now, other, unit, MOVES[MoveName.UNJOIN], None))


def _unjoin(work: _Work) -> None:
    work.ticket.joined_to_id = None
    if current_cycle(work.ticket).answered_at is not None:
        # What was answered with the other report stays frozen; what is owed now is a round of its own.
        _next_cycle(work)
    government = government_of(work.unit.path)
    assert government is not None
    _hold_at(work.ticket, government, work.now)


def _hide(work: _Work) -> None:
    work.ticket.hidden = work.move.name is MoveName.HIDE


_SPECIAL: dict[MoveName, Callable[[_Work], None]] = {
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
}

