"""What happens because time passed: once, and as of when it was due, however late the worker looks."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from feedback.clocks.queries import clocks_of, pauses_of
from feedback.clocks.rules.policy import ClockKind
from feedback.clocks.rules.words import ClockState
from feedback.doors import TIMERS
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict
from feedback.storage.outbox import Outbox
from feedback.storage.session import db
from feedback.tickets.actions import timers
from feedback.tickets.actions.submit import Receipt
from feedback.tickets.rules.words import Kind, MoveName, State
from tests.factories import World, make_report
from tests.tickets.conftest import Hands
from tests.tickets.steps import (
    after_days,
    answered,
    assigned,
    clocks_by_kind,
    cycles_of,
    events_of,
    footprint,
    make,
    ticket_of,
)

M = MoveName


def look() -> None:
    """The worker runs every timer."""
    for timer in TIMERS:
        timer(utc_now())


def moves_of(receipt: Receipt) -> list[str]:
    return [event.move for event in events_of(receipt)]


def letters(kind: str) -> list[Any]:
    return list(db.session.scalars(select(Outbox).where(Outbox.kind == kind)))


def test_silence_lapses_after_ten_working_days_and_is_counted_apart(world: World, hands: Hands) -> None:
    receipt = answered(world)  # Monday 2 March; the tenth working day is the 16th
    hands.at(3, 16, 23, 59)
    look()
    assert ticket_of(receipt).state == State.ANSWERED
    at = hands.at(3, 17, 0)
    look()
    ticket = ticket_of(receipt)
    assert (ticket.state, ticket.is_open, ticket.closed_at, ticket.due_at) == (State.LAPSED, False, at, None)
    assert ticket.state != State.CLOSED
    event = events_of(receipt)[-1]
    assert (event.move, event.actor_id, event.role) == (M.LAPSE, None, None)
    before = footprint()
    look()
    assert footprint() == before


def test_a_lapsed_report_can_be_reopened_for_thirty_days(world: World, hands: Hands) -> None:
    receipt = answered(world)
    hands.at(3, 17, 0)
    look()
    hands.at(4, 15)
    make(world, receipt, M.REOPEN, world.citizen)
    assert ticket_of(receipt).state == State.ASSIGNED


def test_a_reporter_who_spoke_does_not_lapse(world: World, hands: Hands) -> None:
    confirmed, disputed = answered(world), answered(world)
    make(world, confirmed, M.CONFIRM, world.citizen)
    make(world, disputed, M.DISPUTE, world.citizen)
    hands.at(3, 20)
    look()
    assert M.LAPSE not in moves_of(confirmed) + moves_of(disputed)


def test_completion_not_delivered_in_thirty_days_withdraws(world: World, hands: Hands) -> None:
    receipt = make_report(world)
    make(world, receipt, M.ASK_COMPLETION, world.coordinator)
    hands.at(4, 1, 23, 59)
    look()
    assert ticket_of(receipt).state == State.INCOMPLETE
    hands.at(4, 2, 0)
    look()
    assert (ticket_of(receipt).state, moves_of(receipt)[-1]) == (State.WITHDRAWN, M.WITHDRAW)
    assert clocks_by_kind(receipt)[ClockKind.COMPLETION].state is not ClockState.RUNNING
    before = footprint()
    look()
    assert footprint() == before


def test_another_clock_that_ran_out_withdraws_nobody(world: World, hands: Hands) -> None:
    """The ten days of an information request and the unit's own dates are not the reporter's thirty."""
    request = make_report(world, kind=Kind.INFORMATION_REQUEST)
    make(world, request, M.ASK_COMPLETION, world.coordinator)
    returned = assigned(world)
    make(world, returned, M.RETURN_TO_COORDINATOR, world.officer)
    make(world, returned, M.ASK_COMPLETION, world.coordinator)
    hands.at(3, 31)
    look()
    assert (ticket_of(request).state, ticket_of(returned).state) == (State.INCOMPLETE, State.INCOMPLETE)
    hands.at(4, 2)
    look()
    assert (ticket_of(request).state, ticket_of(returned).state) == (State.WITHDRAWN, State.WITHDRAWN)


def test_a_hold_ends_itself_at_its_limit(world: World, hands: Hands) -> None:
    receipt = assigned(world)
    make(world, receipt, M.HOLD, world.officer, promised_date=after_days(7))
    hands.at(3, 9, 23, 59)
    look()
    assert ticket_of(receipt).state == State.ON_HOLD
    hands.at(3, 10, 0)
    look()
    ticket = ticket_of(receipt)
    assert (ticket.state, ticket.hold_reason, ticket.promised_date) == (State.IN_PROGRESS, None, None)
    assert clocks_by_kind(receipt)[ClockKind.RESOLVE].state is ClockState.RUNNING
    assert ticket.due_kind == ClockKind.RESOLVE
    before = footprint()
    look()
    assert footprint() == before


def test_a_worker_two_days_late_ends_the_hold_when_it_ended(world: World, hands: Hands) -> None:
    on_time, late = assigned(world), assigned(world)
    for receipt in (on_time, late):
        make(world, receipt, M.HOLD, world.officer, promised_date=after_days(7))
    hands.at(3, 12, 9)
    look()
    look()
    for receipt in (on_time, late):
        [pause] = pauses_of(receipt.ticket_id)
        assert pause.ended_at == pause.limit_at == hands.at(3, 10, 0)
        assert moves_of(receipt).count(M.RESUME) == 1
    # Started on the 2nd with 14 working days to the 27th; from the 3rd to the 9th five of them stood still.
    assert clocks_by_kind(late)[ClockKind.RESOLVE].due_date == hands.at(4, 6).date()


def test_breaches_are_written_as_of_when_they_were_due_and_once(world: World, hands: Hands) -> None:
    receipt = assigned(world)
    hands.at(3, 9, 23, 59)
    assert timers.note_breaches(utc_now()) == 0
    hands.at(3, 12, 9)
    assert timers.note_breaches(utc_now()) == 1
    clock = clocks_by_kind(receipt)[ClockKind.FIRST_RESPONSE]
    assert clock.breached_at == clock.due_at == hands.at(3, 10, 0)
    assert timers.note_breaches(utc_now()) == 0
    make(world, receipt, M.ANSWER, world.officer)
    late = clocks_by_kind(receipt)[ClockKind.FIRST_RESPONSE]
    assert (late.state, late.breached_at) == (ClockState.MISSED, clock.breached_at)


def test_a_paused_clock_cannot_breach(world: World, hands: Hands) -> None:
    receipt = assigned(world)
    make(world, receipt, M.HOLD, world.officer, promised_date=after_days(60))
    hands.at(4, 20)
    look()
    assert clocks_by_kind(receipt)[ClockKind.RESOLVE].breached_at is None
    assert clocks_by_kind(receipt)[ClockKind.RESOLVE].due_at is None


def test_silence_is_announced_once_three_working_days_before(world: World, hands: Hands) -> None:
    receipt = answered(world)
    hands.at(3, 10)
    look()
    assert letters("ticket.lapsing") == []
    hands.at(3, 12)
    look()
    look()
    assert [row.payload for row in letters("ticket.lapsing")] == [{"ticket_id": receipt.ticket_id}]


def test_many_are_caught_up_in_batches(world: World, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "BATCH", 2)
    receipts = [answered(world) for _ in range(5)]
    hands.at(3, 20)
    counts = [timers.lapse_silent(utc_now()) for _ in range(4)]
    assert counts == [2, 2, 1, 0]
    assert {ticket_of(receipt).state for receipt in receipts} == {State.LAPSED}


def test_one_ticket_that_went_on_meanwhile_does_not_stop_the_others(world: World, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = answered(world), answered(world)
    at = hands.at(3, 20)
    real, done = timers.make_system_move, []

    def overtaken(command: Any, now: Any) -> bool:
        if not done:
            done.append(command.number)
            receipt = first if first.number == command.number else second
            make(world, receipt, M.CONFIRM, world.citizen)
        return real(command, now)

    monkeypatch.setattr(timers, "make_system_move", overtaken)
    assert timers.lapse_silent(at) == 1
    assert {ticket_of(first).state, ticket_of(second).state} == {State.CLOSED, State.LAPSED}


def test_a_lapse_changes_no_figure(world: World, hands: Hands) -> None:
    receipt = answered(world)
    before = cycles_of(receipt)[0]
    figures = (before.answered_at, before.resolution_minutes, before.on_time)
    hands.at(3, 20)
    look()
    after = cycles_of(receipt)[0]
    assert (after.answered_at, after.resolution_minutes, after.on_time) == figures
    assert all(clock.stopped_at for clock in clocks_of(receipt.ticket_id))
    with pytest.raises(Conflict):
        make(world, receipt, M.CONFIRM, world.citizen)
