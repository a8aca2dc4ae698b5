"""Every move of the table as one use case: load, decide by rules, change, append the event, clocks, outbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from feedback.adapters import sanitiser
from feedback.clocks import actions as clocks
from feedback.clocks.rules.policy import ClockKind
from feedback.files.actions.keeping import bind_files, check_described
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.kernel.text import clean, has_words, mark
from feedback.storage.session import db, transaction
from feedback.tickets.actions.effects import (
    current_cycle,
    note_answer,
    note_response,
    post_event,
    run_clocks,
    set_next_due,
    set_search,
)
from feedback.tickets.actions.shielding import REPORTER_MOVES, entrusted_rows, kept_kinds, say
from feedback.tickets.actions.steps import STEPS
from feedback.tickets.actions.walls import is_behind_wall, leave_wall
from feedback.tickets.actions.work import MakeMove, Work, facts_of
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.rules.grants import Sight, grants_for, relations, sight_of, without
from feedback.tickets.rules.lifecycle import MOVES, WITH_FILES, Clock, Relation, Situation, Words, check_move
from feedback.tickets.rules.sending import acting_membership
from feedback.tickets.rules.words import (
    OPEN_STATES,
    Kind,
    MoveName,
    State,
)
from feedback.units.queries import unit_by_id
from feedback.units.rules import UnitRow

# Moves of the reporter that officials may make too, or that carry no words of theirs.
_EITHER = frozenset({MoveName.MASK_OWN, MoveName.ASK_MASKING})
UNANSWERED_ENDS = frozenset({State.WITHDRAWN, State.REJECTED, State.REFERRED})
ENDS = frozenset({State.CLOSED, State.LAPSED, State.WITHDRAWN, State.REJECTED, State.REFERRED})


class Stale(Conflict):
    """Somebody else moved the ticket meanwhile; ``version`` is what the asker had seen."""

    def __init__(self, number: str, version: int) -> None:
        super().__init__(mark("Orang lain sudah mengubah laporan ini. Tulisan Anda masih ada di bawah."))
        self.number = number
        self.version = version


def make_move(command: MakeMove, actor: Actor) -> int:
    """Make a move and return the new version.

    Raises NotFound, Stale, Conflict (state), Forbidden (who), Invalid (what is missing); then nothing was written.
    """
    said = say(command)
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
        spoken = said.on(confidential=ticket.confidential)
        by_reporter = Relation.REPORTER in situation.relations
        return _apply(Work(command, actor, now, ticket, unit, move, spoken, by_reporter=by_reporter))


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
        _apply(Work(command, None, now, ticket, unit, move, None, {"by_system": True, **(detail or {})}))
        return True


def _load(number: str) -> tuple[Ticket, UnitRow]:
    ticket = db.session.scalars(
        select(Ticket).where(Ticket.number == number).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    unit = unit_by_id(ticket.unit_id) if ticket else None
    if ticket is None or unit is None:
        raise NotFound
    return ticket, unit


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
        confidential=ticket.confidential,
        anonymous=ticket.anonymous,
        graded=ticket.kind == Kind.COMPLAINT,
        deciding=deciding,
        masking_asked=ticket.masking_asked_at is not None,
    )


def _check_words(work: Work) -> str:
    text = work.said.words.text if work.said else clean(work.command.text)
    if work.move.words is Words.REQUIRED:
        if not text:
            raise Invalid(mark("Bagian ini wajib diisi."), field="text")
        if not has_words(text):
            raise Invalid(mark("Tulis dengan kata-kata; tanda atau emoji saja tidak cukup."), field="text")
    return text if work.move.words is not Words.NONE else ""


def _apply(work: Work) -> int:
    ticket, move = work.ticket, work.move
    text = _check_words(work)
    before, from_unit = State(ticket.state), ticket.unit_id
    special = STEPS.get(move.name)
    if special is not None:
        special(work)
    if move.resumes:
        ticket.hold_reason = ticket.promised_date = None
    if move.target is not None:
        _enter(ticket, move.target, before, work.now)
    if move.target in UNANSWERED_ENDS or move.name is MoveName.MAKE_CONFIDENTIAL:
        _release_followers(work)
    if move.publishes and ticket.published_at is None:
        ticket.published_at = work.now
    if move.internal:
        # Nobody's open page goes stale: the reporter would see that something happened.
        post_event(_append(work, text, before, from_unit), move)
        return _past_wall(work)
    ticket.version += 1
    event = _append(work, text, before, from_unit)
    _attach(work, event)
    run_clocks(move, ticket, work.now)
    _measure(work)
    if move.pauses:
        _pause(work)
    set_next_due(ticket)
    set_search(ticket)
    post_event(event, move)
    return _past_wall(work)


def _past_wall(work: Work) -> int:
    """A ticket held by the unit it is about goes to the unit above by itself. Returns the version now."""
    ticket = work.ticket
    if is_behind_wall(ticket) and State(ticket.state) in MOVES[MoveName.ASSIGN].sources:
        unit = unit_by_id(ticket.unit_id)
        assert unit is not None
        text = mark("Laporan ini diperiksa oleh unit di atasnya.")
        command = MakeMove(
            number=ticket.number, move=MoveName.ASSIGN, version=None, text=text, unit_id=leave_wall(ticket)
        )
        _apply(Work(command, None, work.now, ticket, unit, MOVES[MoveName.ASSIGN], None, {"by_system": True}))
    return ticket.version


def _enter(ticket: Ticket, target: State, before: State, now: datetime) -> None:
    ticket.state = target
    ticket.is_open = target in OPEN_STATES
    ticket.closed_at = now if target in ENDS else None
    if target is not before:
        ticket.state_since = now


def _append(work: Work, text: str, before: State, from_unit: int) -> TicketEvent:
    ticket, actor = work.ticket, work.actor
    acting = acting_membership(actor, work.unit.path, work.move.who) if actor else None
    if work.move.name in REPORTER_MOVES or (work.move.name in _EITHER and work.by_reporter):
        acting = None
    said = work.said if text else None
    kept = kept_kinds(work.said.words, work.said.title) if work.said else {}
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
        html=said.html if said else None,
        sanitiser=sanitiser.VERSION if said and said.html else None,
        original_text=said.words.original if said else work.sealed,
        entrusted=entrusted_rows(work.said.words, work.said.title) if work.said else None,
        is_public=work.command.is_public and not (work.move.internal or work.move.quiet),
        detail=work.event | kept | ({"acting_for": acting.acting_for} if acting and acting.acting_for else {}),
    )
    db.session.add(event)
    db.session.flush()
    return event


def _attach(work: Work, event: TicketEvent) -> None:
    """What the form brought; an official says what each photo shows, for those who cannot see it."""
    if work.move.name not in WITH_FILES or not work.command.form_key:
        return
    by_reporter = work.move.name in REPORTER_MOVES
    if not by_reporter:
        check_described(work.command.form_key)
    sealed = by_reporter and (work.ticket.anonymous or work.ticket.confidential)
    bind_files(work.command.form_key, ticket_id=work.ticket.id, event_id=event.id, sealed=sealed)


def _measure(work: Work) -> None:
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


def _note_words(work: Work, ticket: Ticket) -> None:
    note_response(ticket, work.now)
    if work.move.target is State.ANSWERED:
        note_answer(ticket, work.now, work.actor.person_id if work.actor else None)


def _unanswered_followers(ticket: Ticket) -> list[Ticket]:
    """Joined tickets that wait for an answer; what a round already got stays frozen (DOMAIN.md 4.11)."""
    joined = select(Ticket).where(Ticket.joined_to_id == ticket.id, Ticket.state == State.JOINED)
    return [other for other in db.session.scalars(joined).all() if current_cycle(other).answered_at is None]


def _pause(work: Work) -> None:
    promised, reason = work.command.promised_date, work.command.hold_reason
    assert promised is not None and reason is not None  # noqa: PT018  (check_hold refused it otherwise)
    end = datetime.combine(promised + timedelta(days=1), time(), ZoneInfo(work.unit.zone))
    clocks.pause(ticket_id=work.ticket.id, at=work.now, limit_at=end, reason=reason.value)


def _release_followers(work: Work) -> None:
    """Who followed a report that ends unanswered, or that can no longer be read, goes back to the coordinator."""
    followers = select(Ticket).where(Ticket.joined_to_id == work.ticket.id, Ticket.state == State.JOINED)
    text = mark("Laporan yang diikuti berakhir tanpa jawaban, jadi laporan ini diperiksa sendiri.")
    if work.move.name is MoveName.MAKE_CONFIDENTIAL:
        text = mark("Laporan yang diikuti tidak dapat dibaca lagi, jadi laporan ini diperiksa sendiri.")
    for other in db.session.scalars(followers.order_by(Ticket.id).with_for_update()).all():
        unit = unit_by_id(other.unit_id)
        assert unit is not None
        command = MakeMove(number=other.number, move=MoveName.UNJOIN, version=None, text=text)
        _apply(Work(command, None, work.now, other, unit, MOVES[MoveName.UNJOIN], None, {"by_system": True}))
