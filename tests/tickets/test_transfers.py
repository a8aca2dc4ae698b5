"""A report changes hands or ends otherwise than by an answer: transfer, return, withdrawing, joining, hiding."""

from __future__ import annotations

from dataclasses import replace

from feedback.clocks.queries import clocks_of
from feedback.clocks.rules.policy import ClockKind
from feedback.clocks.rules.words import ClockState
from feedback.kernel.actor import Actor
from feedback.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from feedback.tickets.rules.words import Grade, State
from tests.factories import World, make_report, tracker
from tests.tickets.conftest import Hands
from tests.tickets.steps import (
    answered,
    assigned,
    clocks_by_kind,
    cycles_of,
    events_of,
    make,
    ticket_of,
)
from tests.tickets.test_moves import M, refused


def test_a_transfer_keeps_the_clocks_of_the_citizen_and_starts_the_new_units(world: World, hands: Hands) -> None:
    receipt = assigned(world)
    make(world, receipt, M.CLAIM, world.officer)
    before = clocks_by_kind(receipt)
    at = hands.at(3, 4)
    make(world, receipt, M.ASSIGN, world.officer, unit_id=world.division)
    after, ticket = clocks_by_kind(receipt), ticket_of(receipt)
    assert (ticket.unit_id, ticket.officer_id, ticket.state, ticket.held_since) == (world.division, None, State.ASSIGNED, at)
    for kind in (ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE, ClockKind.UU25_DECISION):
        assert (after[kind].started_at, after[kind].due_at) == (before[kind].started_at, before[kind].due_at)
    holdings = [clock for clock in clocks_of(receipt.ticket_id) if clock.kind is ClockKind.HOLDING]
    assert [(clock.unit_id, clock.stopped_at is None) for clock in holdings] == [
        (world.government, False), (world.agency, False), (world.division, True),
    ]  # fmt: skip
    make(world, receipt, M.CLAIM, world.division_officer)


def test_where_each_role_may_send(world: World) -> None:
    may = [
        (world.officer, world.division), (world.head, world.division), (world.governor, world.other_agency),
        (world.coordinator, world.other_agency), (world.coordinator, world.other_government),
    ]  # fmt: skip
    for actor, unit_id in may:
        receipt = assigned(world)
        make(world, receipt, M.ASSIGN, actor, unit_id=unit_id)
        assert ticket_of(receipt).unit_id == unit_id
    may_not = [(world.officer, world.other_agency), (world.officer, world.government), (world.head, world.other_agency), (world.officer, world.other_government)]
    receipt = assigned(world)
    for actor, unit_id in may_not:
        refused(Invalid, lambda actor=actor, unit_id=unit_id: make(world, receipt, M.ASSIGN, actor, unit_id=unit_id), "unit_id")
    refused(Invalid, lambda: make(world, receipt, M.ASSIGN, world.officer, unit_id=world.agency), "unit_id")


def test_a_return_names_a_unit_and_keeps_the_citizens_clocks(world: World, hands: Hands) -> None:
    receipt = assigned(world)
    before = clocks_by_kind(receipt)
    at = hands.at(3, 4)
    refused(Invalid, lambda: make(world, receipt, M.RETURN_TO_COORDINATOR, world.officer, proposed_unit_id=None), "proposed_unit_id")
    refused(Invalid, lambda: make(world, receipt, M.RETURN_TO_COORDINATOR, world.officer, proposed_unit_id=world.agency), "proposed_unit_id")
    make(world, receipt, M.RETURN_TO_COORDINATOR, world.officer)
    ticket, after = ticket_of(receipt), clocks_by_kind(receipt)
    assert (ticket.state, ticket.unit_id, ticket.proposed_unit_id) == (State.RECEIVED, world.government, world.other_agency)
    assert ticket.returned_at == at
    for kind in (ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE):
        assert (after[kind].id, after[kind].due_at, after[kind].state) == (before[kind].id, before[kind].due_at, ClockState.RUNNING)
    hands.at(3, 5)
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.other_agency)
    again = clocks_by_kind(receipt)
    assert (again[ClockKind.RESOLVE].id, again[ClockKind.RESOLVE].due_at) == (before[ClockKind.RESOLVE].id, before[ClockKind.RESOLVE].due_at)
    assert ticket_of(receipt).returned_at is None


def test_another_grade_after_a_return_aims_from_the_original_start(world: World, hands: Hands) -> None:
    receipt = assigned(world)
    hands.at(3, 3)
    make(world, receipt, M.RETURN_TO_COORDINATOR, world.officer)
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator, grade=Grade.NORMATIVE)
    resolve = clocks_by_kind(receipt)[ClockKind.RESOLVE]
    assert resolve.started_at == hands.at(3, 2)
    assert resolve.due_date == hands.at(3, 9).date()
    assert ticket_of(receipt).due_at == resolve.due_at


# withdraw, join, hide


def test_only_the_reporter_withdraws_and_everything_stops(world: World) -> None:
    receipt = assigned(world)
    for actor in (world.officer, world.coordinator, world.stranger, Actor()):
        refused(Forbidden, lambda actor=actor: make(world, receipt, M.WITHDRAW, actor))
    make(world, receipt, M.WITHDRAW, world.citizen)
    ticket = ticket_of(receipt)
    assert (ticket.state, ticket.is_open, ticket.due_at) == (State.WITHDRAWN, False, None)
    states = {clock.kind: clock.state for clock in clocks_of(receipt.ticket_id)}
    assert states[ClockKind.RESOLVE] is ClockState.CANCELLED
    refused(Conflict, lambda: make(world, receipt, M.WITHDRAW, world.citizen))


def test_the_code_is_as_good_as_the_account(world: World) -> None:
    receipt = make_report(world, actor=Actor())
    make(world, receipt, M.WITHDRAW, tracker(receipt))
    assert ticket_of(receipt).state == State.WITHDRAWN
    assert events_of(receipt)[-1].actor_id is None


def test_an_anonymous_reporters_moves_name_no_account(world: World) -> None:
    receipt = answered(world, anonymous=True)
    moving = replace(world.citizen, tracked=frozenset({receipt.ticket_id}))
    make(world, receipt, M.DISPUTE, moving)
    make(world, receipt, M.ADD_INFORMATION, moving)
    assert world.citizen.person_id not in {event.actor_id for event in events_of(receipt)}


def test_a_joined_report_follows_and_its_promises_are_answered_with_the_other(world: World, hands: Hands) -> None:
    lead, follower = assigned(world), assigned(world)
    received = ticket_of(lead).received_at
    hands.at(3, 3)
    make(world, follower, M.JOIN, world.coordinator, joined_number=lead.number.lower())
    ticket = ticket_of(follower)
    assert (ticket.state, ticket.joined_to_id, ticket.is_open) == (State.JOINED, lead.ticket_id, False)
    assert clocks_by_kind(follower)[ClockKind.RESOLVE].state is ClockState.RUNNING
    assert ticket_of(lead).received_at == received
    at = hands.at(3, 4)
    make(world, lead, M.ANSWER, world.officer)
    clocks = clocks_by_kind(follower)
    assert {kind for kind, clock in clocks.items() if clock.stopped_at is None} == set()
    assert clocks[ClockKind.RESOLVE].state is ClockState.MET
    assert (ticket_of(follower).answered_at, ticket_of(follower).due_at) == (at, None)


def test_a_reply_to_the_other_is_a_first_response_to_the_joined_too(world: World, hands: Hands) -> None:
    lead, follower = assigned(world), assigned(world)
    make(world, follower, M.JOIN, world.coordinator, joined_number=lead.number)
    at = hands.at(3, 4)
    make(world, lead, M.INTERIM_REPLY, world.officer)
    assert clocks_by_kind(follower)[ClockKind.FIRST_RESPONSE].state is ClockState.MET
    assert clocks_by_kind(follower)[ClockKind.RESOLVE].state is ClockState.RUNNING
    assert (ticket_of(follower).first_response_at, ticket_of(follower).due_kind) == (at, ClockKind.RESOLVE)


def test_a_second_answer_to_the_other_leaves_the_joined_ones_figures(world: World, hands: Hands) -> None:
    lead, follower = assigned(world), assigned(world)
    make(world, follower, M.JOIN, world.coordinator, joined_number=lead.number)
    at = hands.at(3, 4)
    make(world, lead, M.ANSWER, world.officer)
    hands.at(3, 5)
    make(world, lead, M.DISPUTE, world.citizen)
    make(world, lead, M.REVIEW_ANSWER, world.head)
    assert [(cycle.number, cycle.answered_at) for cycle in cycles_of(follower)] == [(1, at)]


def test_joining_an_older_report_makes_the_other_owed_since_then(world: World, hands: Hands) -> None:
    older = make_report(world)
    received = ticket_of(older).received_at
    hands.at(3, 4)
    lead = make_report(world)
    make(world, older, M.JOIN, world.coordinator, joined_number=lead.number)
    assert ticket_of(lead).received_at == received
    assert clocks_by_kind(lead)[ClockKind.VERIFY].due_date == hands.at(3, 5).date()
    assert ticket_of(lead).due_at == clocks_by_kind(lead)[ClockKind.VERIFY].due_at


def test_what_was_answered_with_the_other_stays_frozen_when_parted(world: World, hands: Hands) -> None:
    lead, follower = assigned(world), assigned(world)
    make(world, follower, M.JOIN, world.coordinator, joined_number=lead.number)
    at = hands.at(3, 4)
    make(world, lead, M.ANSWER, world.officer)
    hands.at(3, 5)
    make(world, follower, M.UNJOIN, world.coordinator)
    make(world, follower, M.VERIFY_AND_ASSIGN, world.coordinator)
    first, second = cycles_of(follower)
    assert (first.answered_at, second.answered_at) == (at, None)
    assert clocks_by_kind(follower)[ClockKind.RESOLVE].due_at is not None
    assert clocks_by_kind(follower)[ClockKind.RESOLVE].stopped_at is None


def test_joining_is_verifying(world: World) -> None:
    """The coordinator looked at it and decided: the promise to verify is kept, not broken days later."""
    lead, follower = assigned(world), make_report(world)
    make(world, follower, M.JOIN, world.coordinator, joined_number=lead.number)
    assert clocks_by_kind(follower)[ClockKind.VERIFY].state is ClockState.MET
    make(world, follower, M.UNJOIN, world.coordinator)
    ticket = ticket_of(follower)
    assert (ticket.state, ticket.unit_id, ticket.joined_to_id) == (State.RECEIVED, world.government, None)
    assert ticket.due_kind == ClockKind.VERIFY


def test_followers_go_along_when_their_lead_joins_another(world: World) -> None:
    first, second, third = assigned(world), assigned(world), assigned(world)
    make(world, first, M.JOIN, world.coordinator, joined_number=second.number)
    make(world, second, M.JOIN, world.coordinator, joined_number=third.number)
    assert ticket_of(first).joined_to_id == third.ticket_id
    make(world, third, M.ANSWER, world.officer)
    assert ticket_of(first).answered_at == ticket_of(third).answered_at


def test_what_cannot_be_joined(world: World) -> None:
    receipt, closed = assigned(world), answered(world)
    make(world, closed, M.CONFIRM, world.citizen)
    joined = assigned(world)
    make(world, joined, M.JOIN, world.coordinator, joined_number=assigned(world).number)
    secret = make_report(world, confidential=True)
    elsewhere = make_report(world, region_code="21.72")
    for number in (receipt.number, closed.number, joined.number, secret.number, elsewhere.number, "", "MB-0000-0001", "salah"):
        refused(Invalid, lambda number=number: make(world, receipt, M.JOIN, world.coordinator, joined_number=number), "joined_number")
    lead = assigned(world)
    refused(Forbidden, lambda: make(world, receipt, M.JOIN, world.officer, joined_number=lead.number))


def test_hiding_and_restoring(world: World) -> None:
    receipt = assigned(world)
    refused(Conflict, lambda: make(world, receipt, M.RESTORE, world.coordinator))
    refused(Forbidden, lambda: make(world, receipt, M.HIDE, world.officer))
    make(world, receipt, M.HIDE, world.coordinator)
    assert ticket_of(receipt).hidden
    refused(Conflict, lambda: make(world, receipt, M.HIDE, world.coordinator))
    refused(NotFound, lambda: make(world, receipt, M.CLAIM, world.stranger))
    make(world, receipt, M.ANSWER, world.officer)
    make(world, receipt, M.RESTORE, world.coordinator)
    assert not ticket_of(receipt).hidden


def test_information_is_added_without_changing_anything_else(world: World) -> None:
    receipt = assigned(world)
    before = ticket_of(receipt)
    state, due, since = before.state, before.due_at, before.state_since
    make(world, receipt, M.ADD_INFORMATION, world.citizen, text="Tiangnya miring.", is_public=False)
    ticket, event = ticket_of(receipt), events_of(receipt)[-1]
    assert (ticket.state, ticket.due_at, ticket.state_since) == (state, due, since)
    assert (event.text, event.is_public, event.html) == ("Tiangnya miring.", False, None)
    assert clocks_by_kind(receipt)[ClockKind.FIRST_RESPONSE].state is ClockState.RUNNING
