"""What a move does beside changing the state: clocks, the round's figures, the queue's due date, search, outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from feedback.adapters.search import index_ticket, unindex_ticket
from feedback.clocks import actions as clocks
from feedback.clocks.queries import clocks_of, next_due, working_time
from feedback.clocks.rules.policy import ClockKind
from feedback.kernel.clock import day_begins
from feedback.storage.outbox import post
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle, TicketEvent
from feedback.tickets.rules.lifecycle import ANSWER_CLOCKS, Move
from feedback.tickets.rules.words import MoveName, State

# States in which some unit has the ticket and its working time counts.
HELD = frozenset({State.RECEIVED, State.ASSIGNED, State.IN_PROGRESS, State.ON_HOLD, State.DISPUTED})
ONCE_A_CYCLE = frozenset(ClockKind(kind.value) for kind in ANSWER_CLOCKS)


def begin_cycle(ticket: Ticket, at: datetime) -> None:
    """The first round, or one more after a dispute or reopening: of a sealed reporter's act only the day is kept."""
    if ticket.anonymous or ticket.confidential:
        at = day_begins(at, ticket.zone)
    db.session.add(TicketCycle(ticket_id=ticket.id, number=ticket.cycle, started_at=at, unit_id=ticket.unit_id))


def current_cycle(ticket: Ticket) -> TicketCycle:
    """The round that is running."""
    return db.session.scalars(
        select(TicketCycle).where(TicketCycle.ticket_id == ticket.id, TicketCycle.number == ticket.cycle)
    ).one()


def run_clocks(move: Move, ticket: Ticket, at: datetime) -> None:
    """Stop, hand over and start the clocks a row of the table names; ``at`` is when it happened."""
    starts = [ClockKind(kind.value) for kind in move.starts]
    if move.name is MoveName.SUBMIT:
        _start([*starts, ClockKind.HOLDING], ticket, at, is_new=True)
        return
    if move.resumes:
        clocks.end_pause(ticket_id=ticket.id, at=at)
    if move.retargets:
        clocks.retarget(ticket_id=ticket.id, cycle=ticket.cycle, ticket_kind=ticket.kind, grade=ticket.grade, at=at)
    if move.stops:
        clocks.stop(ticket_id=ticket.id, kinds=[kind.value for kind in move.stops], at=at)
    if move.cancels_all:
        clocks.cancel_all(ticket_id=ticket.id, at=at)
    elif State(ticket.state) in HELD:
        clocks.hand_over(ticket_id=ticket.id, cycle=ticket.cycle, unit_id=ticket.unit_id, at=at)
    else:
        clocks.stop(ticket_id=ticket.id, kinds=[ClockKind.HOLDING], at=at)
    if starts:
        _start_once(starts, ticket, at)


def _start_once(starts: list[ClockKind], ticket: Ticket, at: datetime) -> None:
    """Assigned again after a return, the citizen's clocks never restart; another grade aims them anew (rule 9)."""
    had = {clock.kind for clock in clocks_of(ticket.id) if clock.cycle == ticket.cycle}
    if ClockKind.RESOLVE in had and ClockKind.RESOLVE in starts:
        clocks.retarget(ticket_id=ticket.id, cycle=ticket.cycle, ticket_kind=ticket.kind, grade=ticket.grade, at=at)
    _start([kind for kind in starts if kind not in ONCE_A_CYCLE or kind not in had], ticket, at)


def _start(kinds: list[ClockKind], ticket: Ticket, at: datetime, *, is_new: bool = False) -> None:
    clocks.start_all(
        ticket_id=ticket.id,
        cycle=ticket.cycle,
        kinds=kinds,
        unit_id=ticket.unit_id,
        at=at,
        ticket_kind=ticket.kind,
        grade=ticket.grade,
        is_new=is_new,
    )


def receive_earlier(ticket: Ticket, received_at: datetime, at: datetime) -> None:
    """Another report about the same was received earlier: what is owed since receipt is owed since then.

    One that is kept by its day was not earlier on the same day.
    """
    if received_at >= ticket.received_at or received_at == day_begins(ticket.received_at, ticket.zone):
        return
    ticket.received_at = received_at
    if ticket.cycle == 1:
        current_cycle(ticket).started_at = received_at
    clocks.receive_earlier(ticket_id=ticket.id, received_at=received_at, at=at)
    set_next_due(ticket)


def forget_hour(ticket: Ticket) -> None:
    """A report was sealed after it came in: from now on lists and rounds know its day, as if it had been at once."""
    ticket.received_at = day_begins(ticket.received_at, ticket.zone)
    cycle = current_cycle(ticket)
    cycle.started_at = day_begins(cycle.started_at, ticket.zone)


def note_response(ticket: Ticket, at: datetime) -> None:
    """The first public words of an official in this round."""
    cycle = current_cycle(ticket)
    if cycle.first_response_at is not None:
        return
    cycle.first_response_at = at
    cycle.first_response_seconds = int((at - cycle.started_at).total_seconds())
    cycle.first_response_minutes = working_time(ticket.unit_id, cycle.started_at, at)
    if ticket.first_response_at is None:
        ticket.first_response_at = at


def note_answer(ticket: Ticket, at: datetime, person_id: int | None) -> None:
    """The final answer of this round, with whether it came in time; later rounds leave it as it is."""
    cycle = current_cycle(ticket)
    resolve = [
        clock
        for clock in clocks_of(ticket.id)
        if clock.cycle == ticket.cycle and clock.kind in (ClockKind.RESOLVE, ClockKind.KIP_ANSWER) and clock.stopped_at
    ]
    cycle.answered_at = ticket.answered_at = at
    cycle.answered_by_id = person_id
    cycle.unit_id = ticket.unit_id
    cycle.resolution_seconds = int((at - cycle.started_at).total_seconds())
    cycle.resolution_minutes = working_time(ticket.unit_id, cycle.started_at, at, ticket_id=ticket.id)
    cycle.on_time = all(clock.breached_at is None for clock in resolve) if resolve else None


def set_next_due(ticket: Ticket) -> None:
    """Copy the nearest running clock beside the ticket, for queues sorted by an index."""
    db.session.flush()
    nearest = next_due(ticket.id)
    ticket.due_at = nearest.due_at if nearest else None
    ticket.due_kind = nearest.kind.value if nearest else None


def set_search(ticket: Ticket) -> None:
    """Only words the public may read are ever in the index."""
    if ticket.published_at is not None and not ticket.confidential and not ticket.hidden:
        index_ticket(ticket.id, f"{ticket.title or ''} {ticket.text}")
    else:
        unindex_ticket(ticket.id)


def post_event(event: TicketEvent, move: Move) -> None:
    """Tell whom the table names, through the outbox."""
    if move.tells:
        payload = {
            "ticket_id": event.ticket_id,
            "event_id": event.id,
            "move": move.name.value,
            "tells": list(move.tells),
        }
        post("ticket.moved", f"moved:{event.id}", payload, at=event.at)
