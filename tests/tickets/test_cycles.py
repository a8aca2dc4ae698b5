"""Answer, confirm, dispute, reopen: whose time it was, frozen for good."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from feedback.clocks.queries import clocks_of
from feedback.clocks.rules.policy import ClockKind
from feedback.clocks.rules.words import ClockState
from feedback.kernel.errors import Conflict, Forbidden
from feedback.storage.outbox import Outbox
from feedback.storage.session import db
from feedback.tickets.models import TicketCycle
from feedback.tickets.rules.words import Grade, Kind, MoveName, State
from tests.factories import World, make_report
from tests.tickets.conftest import Hands
from tests.tickets.steps import answered, assigned, clocks_by_kind, cycles_of, disputed, footprint, make, ticket_of

M = MoveName


def frozen(cycle: TicketCycle) -> dict[str, object]:
    return {name: getattr(cycle, name) for name in TicketCycle.__table__.columns.keys()}  # noqa: SIM118  (columns, not values)


def test_an_answer_stops_the_clocks_and_freezes_hand_counted_figures(world: World, hands: Hands) -> None:
    receipt = assigned(world)  # Monday 11.00; open 8-12 and 13-16, Fridays 8-11.30 and 13-16.30
    hands.at(3, 3, 10)
    make(world, receipt, M.INTERIM_REPLY, world.officer)
    at = hands.at(3, 4, 9, 30)
    make(world, receipt, M.ANSWER, world.officer)
    [cycle] = cycles_of(receipt)
    # Monday 1 + 3 hours and Tuesday 2 hours; then Tuesday's whole 7 hours and Wednesday's one and a half.
    assert (cycle.first_response_minutes, cycle.first_response_seconds) == (240 + 120, 23 * 3600)
    assert (cycle.resolution_minutes, cycle.resolution_seconds) == (240 + 420 + 90, 46 * 3600 + 1800)
    assert (cycle.answered_at, cycle.answered_by_id, cycle.on_time) == (at, world.officer.person_id, True)
    ticket, clocks = ticket_of(receipt), clocks_by_kind(receipt)
    assert (ticket.state, ticket.answered_at, ticket.officer_id) == (State.ANSWERED, at, world.officer.person_id)
    for kind in (ClockKind.RESOLVE, ClockKind.UU25_DECISION):
        assert (clocks[kind].state, clocks[kind].stopped_at) == (ClockState.MET, at)
    assert clocks[ClockKind.HOLDING].stopped_at == at
    assert (ticket.due_kind, clocks[ClockKind.CONFIRMATION].due_date) == (ClockKind.CONFIRMATION, hands.at(3, 25).date())


def test_time_on_hold_is_not_counted_as_work(world: World, hands: Hands) -> None:
    receipt = assigned(world)
    hands.at(3, 2, 15)
    make(world, receipt, M.HOLD, world.officer)
    hands.at(3, 4, 9)
    make(world, receipt, M.RESUME, world.officer)
    hands.at(3, 4, 14)
    make(world, receipt, M.ANSWER, world.officer)
    [cycle] = cycles_of(receipt)
    assert cycle.resolution_minutes == (60 + 120) + (180 + 60)
    assert cycle.resolution_seconds == 51 * 3600
    assert cycle.first_response_minutes == 60 + 120


def test_over_a_weekend_and_holidays_only_open_time_counts(world: World, hands: Hands) -> None:
    hands.at(3, 17, 15)  # Tuesday before Nyepi and Idul Fitri: closed from the 18th to the 24th
    receipt = assigned(world)
    hands.at(3, 25, 8, 30)
    make(world, receipt, M.ANSWER, world.officer)
    assert cycles_of(receipt)[0].resolution_minutes == 60 + 30


def test_an_answer_after_the_date_is_late_for_good(world: World, hands: Hands) -> None:
    receipt = assigned(world)
    hands.at(3, 30)  # due on the 27th
    make(world, receipt, M.ANSWER, world.officer)
    [cycle] = cycles_of(receipt)
    assert cycle.on_time is False
    clock = clocks_by_kind(receipt)[ClockKind.RESOLVE]
    assert clock.state is ClockState.MISSED
    assert clock.breached_at == hands.at(3, 28, 0)


def test_an_answer_in_the_last_minute_of_the_last_day_is_in_time(world: World, hands: Hands) -> None:
    receipt = assigned(world)
    hands.at(3, 27, 23, 59)
    make(world, receipt, M.ANSWER, world.officer)
    assert cycles_of(receipt)[0].on_time is True


def test_an_information_request_is_timed_by_its_law(world: World, hands: Hands) -> None:
    receipt = assigned(world, kind=Kind.INFORMATION_REQUEST)
    hands.at(3, 10)  # five working days for the answer by the national guideline ended on the 9th
    make(world, receipt, M.ANSWER, world.officer)
    assert clocks_by_kind(receipt)[ClockKind.KIP_ANSWER].state is ClockState.MET
    assert cycles_of(receipt)[0].on_time is False


def test_praise_has_no_limit_to_miss(world: World) -> None:
    receipt = assigned(world, kind=Kind.PRAISE)
    make(world, receipt, M.ANSWER, world.officer)
    assert cycles_of(receipt)[0].on_time is None


def test_confirming_closes_it(world: World, hands: Hands) -> None:
    receipt = answered(world)
    before = footprint()
    for actor in (world.officer, world.coordinator, world.stranger):
        with pytest.raises(Forbidden):
            make(world, receipt, M.CONFIRM, actor)
    assert footprint() == before
    at = hands.at(3, 5)
    make(world, receipt, M.CONFIRM, world.citizen, text="Terima kasih!")
    ticket = ticket_of(receipt)
    assert (ticket.state, ticket.is_open, ticket.closed_at, ticket.due_at) == (State.CLOSED, False, at, None)
    assert clocks_by_kind(receipt)[ClockKind.CONFIRMATION].state is ClockState.MET
    with pytest.raises(Conflict):
        make(world, receipt, M.CONFIRM, world.citizen)


def test_a_dispute_goes_to_somebody_else(world: World, hands: Hands) -> None:
    receipt = answered(world)
    at = hands.at(3, 5)
    make(world, receipt, M.DISPUTE, world.citizen)
    ticket = ticket_of(receipt)
    assert (ticket.state, ticket.cycle, ticket.officer_id, ticket.excluded_person_id, ticket.held_since) == (
        State.DISPUTED, 2, None, world.officer.person_id, at,
    )  # fmt: skip
    before = footprint()
    for name in (M.CLAIM, M.START, M.REVIEW_ANSWER, M.HOLD):
        with pytest.raises(Forbidden):
            make(world, receipt, name, world.officer)
    assert footprint() == before
    make(world, receipt, M.CLAIM, world.second_officer)
    make(world, receipt, M.START, world.second_officer)
    with pytest.raises(Forbidden):
        make(world, receipt, M.ANSWER, world.officer)
    make(world, receipt, M.ANSWER, world.second_officer)
    assert ticket_of(receipt).state == State.ANSWERED
    rows = db.session.scalars(select(Outbox).where(Outbox.kind == "ticket.moved")).all()
    assert next(row.payload["tells"] for row in rows if row.payload["move"] == "dispute") == ["unit", "supervisor"]


@pytest.mark.parametrize("who", ["second_officer", "head", "governor", "coordinator"])
def test_who_may_review_a_disputed_answer(world: World, who: str) -> None:
    receipt = disputed(world)
    make(world, receipt, M.REVIEW_ANSWER, getattr(world, who))
    assert cycles_of(receipt)[1].answered_by_id == getattr(world, who).person_id


def test_an_answer_that_somebody_else_had_begun_still_excludes_its_writer(world: World) -> None:
    receipt = assigned(world)
    make(world, receipt, M.CLAIM, world.officer)
    make(world, receipt, M.ANSWER, world.second_officer)
    make(world, receipt, M.DISPUTE, world.citizen)
    with pytest.raises(Forbidden):
        make(world, receipt, M.REVIEW_ANSWER, world.second_officer)
    make(world, receipt, M.REVIEW_ANSWER, world.officer)


def test_the_second_round_stands_beside_the_frozen_first(world: World, hands: Hands) -> None:
    receipt = assigned(world)
    hands.at(3, 3, 10)
    make(world, receipt, M.ANSWER, world.officer)
    first = frozen(cycles_of(receipt)[0])
    hands.at(3, 5, 8)
    make(world, receipt, M.DISPUTE, world.citizen)
    assert frozen(cycles_of(receipt)[0]) == first
    clocks = [clock for clock in clocks_of(receipt.ticket_id) if clock.cycle == 2]
    assert {clock.kind for clock in clocks} == {ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE, ClockKind.HOLDING}
    assert {clock.started_at for clock in clocks} == {hands.at(3, 5, 8)}
    hands.at(3, 6, 9)
    make(world, receipt, M.REVIEW_ANSWER, world.second_officer)
    one, two = cycles_of(receipt)
    assert frozen(one) == first
    assert (two.number, two.started_at, two.answered_at) == (2, hands.at(3, 5, 8), hands.at(3, 6, 9))
    assert (two.resolution_minutes, two.first_response_minutes) == (420 + 60, 420 + 60)
    hands.at(3, 9)
    make(world, receipt, M.CONFIRM, world.citizen)
    assert frozen(cycles_of(receipt)[0]) == first
    assert len(cycles_of(receipt)) == 2


def test_a_second_dispute_frees_the_first_answerer_and_excludes_the_second(world: World) -> None:
    receipt = disputed(world)
    make(world, receipt, M.REVIEW_ANSWER, world.second_officer)
    make(world, receipt, M.DISPUTE, world.citizen)
    with pytest.raises(Forbidden):
        make(world, receipt, M.REVIEW_ANSWER, world.second_officer)
    make(world, receipt, M.REVIEW_ANSWER, world.officer)
    assert [cycle.number for cycle in cycles_of(receipt)] == [1, 2, 3]


def test_a_disputed_answer_may_go_to_another_unit_but_not_back_to_its_writer(world: World) -> None:
    receipt = disputed(world)
    make(world, receipt, M.ASSIGN, world.head, unit_id=world.division)
    make(world, receipt, M.ASSIGN, world.head, unit_id=world.agency)
    with pytest.raises(Forbidden):
        make(world, receipt, M.ANSWER, world.officer)


def test_reopening_within_thirty_days_begins_a_new_round(world: World, hands: Hands) -> None:
    receipt = answered(world)
    make(world, receipt, M.CONFIRM, world.citizen)
    first = frozen(cycles_of(receipt)[0])
    hands.at(4, 1)  # exactly 30 days
    make(world, receipt, M.REOPEN, world.citizen, text="Lampunya mati lagi.")
    ticket = ticket_of(receipt)
    assert (ticket.state, ticket.is_open, ticket.closed_at, ticket.cycle) == (State.ASSIGNED, True, None, 2)
    assert (ticket.unit_id, ticket.officer_id, ticket.due_kind) == (world.agency, None, ClockKind.FIRST_RESPONSE)
    assert frozen(cycles_of(receipt)[0]) == first
    make(world, receipt, M.ANSWER, world.officer)


def test_reopening_after_thirty_days_is_refused(world: World, hands: Hands) -> None:
    receipt = answered(world)
    make(world, receipt, M.CONFIRM, world.citizen)
    before = footprint()
    hands.at(4, 1, 11, 1)
    with pytest.raises(Conflict):
        make(world, receipt, M.REOPEN, world.citizen)
    assert footprint() == before


def test_the_grade_decides_the_limit_of_every_round(world: World, hands: Hands) -> None:
    receipt = make_report(world)
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator, grade=Grade.OVERSIGHT)
    assert clocks_by_kind(receipt)[ClockKind.RESOLVE].due_date == hands.at(6, 10).date()  # 60 working days, counted by hand
    make(world, receipt, M.ANSWER, world.officer)
    hands.at(3, 3)
    make(world, receipt, M.DISPUTE, world.citizen)
    assert clocks_by_kind(receipt)[ClockKind.RESOLVE].due_date == hands.at(6, 11).date()
