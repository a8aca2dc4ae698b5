"""Every move: what it does, who may not, in which state not, and that a refused one leaves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from feedback.clocks.queries import clocks_of, pauses_of
from feedback.clocks.rules.policy import ClockKind
from feedback.clocks.rules.words import ClockState
from feedback.kernel.actor import Actor, Membership
from feedback.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from feedback.kernel.permissions import Role
from feedback.storage.outbox import Outbox
from feedback.storage.session import db, transaction
from feedback.tickets.actions.submit import Receipt
from feedback.tickets.rules.words import Grade, HoldReason, Kind, MoveName, RejectReason, State
from feedback.units.models import Unit
from tests.factories import World, make_person, make_report, make_unit, move, tracker
from tests.tickets.conftest import Hands
from tests.tickets.steps import (
    after_days,
    assigned,
    clocks_by_kind,
    events_of,
    footprint,
    make,
    ticket_of,
)

M = MoveName


def refused(error: type[Exception], act: Callable[[], object], field: str | None = None) -> None:
    """The act is refused with this error and leaves every table as it was."""
    before = footprint()
    with pytest.raises(error) as refusal:
        act()
    if field is not None:
        assert refusal.value.field == field  # type: ignore[attr-defined]
    assert footprint() == before


def told(receipt: Receipt) -> dict[str, list[str]]:
    rows = db.session.scalars(select(Outbox).where(Outbox.kind == "ticket.moved")).all()
    return {row.payload["move"]: row.payload["tells"] for row in rows if row.payload["ticket_id"] == receipt.ticket_id}


# verify_and_assign


def test_verifying_hands_it_to_the_unit_and_publishes_the_words(world: World, hands: Hands) -> None:
    receipt = make_report(world)
    now = hands.at(3, 3)
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator, text="Diteruskan.", title="Lampu mati")
    ticket = ticket_of(receipt)
    assert (ticket.state, ticket.unit_id, ticket.grade, ticket.title) == (State.ASSIGNED, world.agency, Grade.NON_OVERSIGHT, "Lampu mati")
    assert ticket.published_at == ticket.held_since == ticket.state_since == now
    assert ticket.text.startswith("Lampu jalan")
    event = events_of(receipt)[-1]
    assert (event.actor_id, event.role, event.actor_unit_id) == (world.coordinator.person_id, Role.COORDINATOR, world.government)
    assert (event.unit_id, event.to_unit_id) == (world.government, world.agency)
    clocks = clocks_by_kind(receipt)
    assert clocks[ClockKind.VERIFY].state is ClockState.MET
    assert clocks[ClockKind.UU25_COMPLETENESS].state is ClockState.MET
    assert {kind for kind, clock in clocks.items() if clock.state is ClockState.RUNNING} == {
        ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE, ClockKind.UU25_DECISION, ClockKind.HOLDING,
    }  # fmt: skip
    assert ticket.due_kind == ClockKind.FIRST_RESPONSE
    assert told(receipt)[M.VERIFY_AND_ASSIGN] == ["reporter", "unit"]


def test_a_complaint_needs_a_grade_and_other_kinds_none(world: World) -> None:
    receipt = make_report(world)
    refused(Invalid, lambda: make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator, grade=None), "grade")
    praise = make_report(world, kind=Kind.PRAISE)
    make(world, praise, M.VERIFY_AND_ASSIGN, world.coordinator, grade=None)
    assert ticket_of(praise).grade is None


@pytest.mark.parametrize("unit_id", [None, 999_999])
def test_verifying_needs_a_unit_that_is_there(world: World, unit_id: int | None) -> None:
    receipt = make_report(world)
    refused(Invalid, lambda: make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator, unit_id=unit_id), "unit_id")


def test_a_closed_unit_gets_nothing(world: World) -> None:
    with transaction():
        parent = db.session.get_one(Unit, world.government)
        closed = make_unit(parent=parent, valid_to=parent.valid_from + timedelta(days=30)).id
    receipt, other = make_report(world), assigned(world)
    refused(Invalid, lambda: make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator, unit_id=closed), "unit_id")
    refused(Invalid, lambda: make(world, other, M.ASSIGN, world.coordinator, unit_id=closed), "unit_id")


def test_the_government_itself_may_be_the_unit(world: World) -> None:
    assert ticket_of(assigned(world, unit_id=world.government)).unit_id == world.government


def test_a_report_for_another_city_goes_to_its_government(world: World) -> None:
    receipt = assigned(world, unit_id=world.other_government)
    ticket = ticket_of(receipt)
    assert (ticket.unit_id, ticket.zone) == (world.other_government, "Asia/Jakarta")
    refused(Forbidden, lambda: make(world, receipt, M.ASSIGN, world.coordinator))


def test_verifying_is_not_for_officers_of_the_unit_it_goes_to(world: World) -> None:
    receipt = make_report(world)
    for actor in (world.officer, world.head, world.citizen, world.inspector, world.administrator, Actor()):
        refused(Forbidden, lambda actor=actor: make(world, receipt, M.VERIFY_AND_ASSIGN, actor))


def test_verifying_twice_is_a_conflict(world: World) -> None:
    receipt = assigned(world)
    refused(Conflict, lambda: make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator))


def test_an_unknown_reported_officer_is_told_at_the_field(world: World) -> None:
    receipt = make_report(world)
    act = lambda: make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator, reported_email="siapa@contoh.example")  # noqa: E731
    refused(Invalid, act, "reported_email")


# completion, rejection, referral


def test_completion_is_asked_and_given(world: World, hands: Hands) -> None:
    receipt = make_report(world)
    make(world, receipt, M.ASK_COMPLETION, world.coordinator, text="Di jalan mana?")
    ticket = ticket_of(receipt)
    assert (ticket.state, ticket.due_kind) == (State.INCOMPLETE, ClockKind.COMPLETION)
    assert clocks_by_kind(receipt)[ClockKind.COMPLETION].due_date == hands.at(4, 1).date()
    assert clocks_by_kind(receipt)[ClockKind.HOLDING].stopped_at is not None
    refused(Forbidden, lambda: make(world, receipt, M.COMPLETE, world.stranger))
    hands.at(3, 9)
    make(world, receipt, M.COMPLETE, world.citizen, text="Di Jalan Trans, dekat masjid.")
    ticket = ticket_of(receipt)
    assert (ticket.state, ticket.due_kind, ticket.unit_id) == (State.RECEIVED, ClockKind.VERIFY, world.government)
    assert clocks_by_kind(receipt)[ClockKind.COMPLETION].state is ClockState.MET
    assert clocks_by_kind(receipt)[ClockKind.VERIFY].due_date == hands.at(3, 12).date()
    assert told(receipt)[M.ASK_COMPLETION] == ["reporter"]
    assert told(receipt)[M.COMPLETE] == ["coordinator"]


@pytest.mark.parametrize(
    ("name", "missing"),
    [(M.REJECT, {"reject_reason": None}), (M.REFER, {"authority_id": None}), (M.REFER, {"authority_id": 999})],
)
def test_ending_at_the_door_needs_its_reason(world: World, name: MoveName, missing: dict[str, Any]) -> None:
    receipt = make_report(world)
    refused(Invalid, lambda: make(world, receipt, name, world.coordinator, **missing), next(iter(missing)))
    refused(Forbidden, lambda: make(world, receipt, name, world.officer))


def test_rejecting_ends_it_with_reason_and_without_publishing(world: World) -> None:
    receipt = make_report(world)
    make(world, receipt, M.REJECT, world.coordinator, reject_reason=RejectReason.IN_COURT)
    ticket = ticket_of(receipt)
    assert (ticket.state, ticket.is_open, ticket.reject_reason) == (State.REJECTED, False, RejectReason.IN_COURT)
    assert (ticket.published_at, ticket.due_at) == (None, None)
    assert all(clock.stopped_at for clock in clocks_of(receipt.ticket_id))


def test_referring_names_the_body_and_how_to_reach_it(world: World) -> None:
    receipt = make_report(world)
    make(world, receipt, M.REFER, world.coordinator)
    ticket = ticket_of(receipt)
    assert (ticket.state, ticket.authority_id) == (State.REFERRED, world.authority)
    assert events_of(receipt)[-1].detail == {"authority": "PLN", "channel": "Telepon 123"}
    assert ticket.published_at is not None


# claim, start, reply


def test_claim_takes_it_and_start_takes_it_when_nobody_has(world: World) -> None:
    receipt = assigned(world)
    make(world, receipt, M.CLAIM, world.officer)
    assert (ticket_of(receipt).officer_id, ticket_of(receipt).state) == (world.officer.person_id, State.ASSIGNED)
    refused(Conflict, lambda: make(world, receipt, M.CLAIM, world.officer))
    make(world, receipt, M.START, world.second_officer)
    assert (ticket_of(receipt).officer_id, ticket_of(receipt).state) == (world.officer.person_id, State.IN_PROGRESS)
    other = assigned(world)
    make(world, other, M.START, world.second_officer)
    assert ticket_of(other).officer_id == world.second_officer.person_id


@pytest.mark.parametrize("name", [M.CLAIM, M.START, M.INTERIM_REPLY, M.HOLD, M.ANSWER, M.RETURN_TO_COORDINATOR])
def test_work_is_for_people_of_the_unit(world: World, name: MoveName) -> None:
    receipt = assigned(world)
    for actor in (world.other_officer, world.division_officer, world.coordinator, world.citizen, world.inspector, Actor()):
        refused(Forbidden, lambda actor=actor: make(world, receipt, name, actor))


@pytest.mark.parametrize("name", [M.INTERIM_REPLY, M.ANSWER, M.HOLD, M.RETURN_TO_COORDINATOR])
@pytest.mark.parametrize("text", ["", "   \n", "\u200b\u200b", "\U0001f44d\U0001f44d"])
def test_words_are_required_and_must_be_words(world: World, name: MoveName, text: str) -> None:
    receipt = assigned(world)
    refused(Invalid, lambda: make(world, receipt, name, world.officer, text=text), "text")


def test_words_may_have_10000_letters_and_no_more(world: World) -> None:
    receipt = assigned(world)
    make(world, receipt, M.INTERIM_REPLY, world.officer, text="a" * 10_000)
    refused(Invalid, lambda: make(world, receipt, M.INTERIM_REPLY, world.officer, text="a" * 10_001), "text")


def test_an_interim_reply_is_the_first_response(world: World, hands: Hands) -> None:
    receipt = assigned(world)
    at = hands.at(3, 3, 10)
    make(world, receipt, M.INTERIM_REPLY, world.officer, text="Kami cek <b>besok</b>.\n\nTerima kasih.")
    clocks = clocks_by_kind(receipt)
    assert clocks[ClockKind.FIRST_RESPONSE].state is ClockState.MET
    assert clocks[ClockKind.RESOLVE].state is ClockState.RUNNING
    ticket = ticket_of(receipt)
    assert (ticket.first_response_at, ticket.state) == (at, State.ASSIGNED)
    assert ticket.due_kind == ClockKind.RESOLVE
    event = events_of(receipt)[-1]
    assert event.text == "Kami cek <b>besok</b>.\n\nTerima kasih."
    assert event.html is not None
    assert "<b>" not in event.html
    assert event.html.count("<p>") == 2
    assert event.sanitiser is not None


# hold and resume


def test_a_hold_pauses_what_may_pause_and_resume_counts_on(world: World, hands: Hands) -> None:
    receipt = assigned(world)
    resolve_before = clocks_by_kind(receipt)[ClockKind.RESOLVE].due_date
    assert resolve_before == hands.at(3, 27).date()
    hands.at(3, 2, 15)
    make(world, receipt, M.HOLD, world.officer, promised_date=after_days(30))
    clocks, ticket = clocks_by_kind(receipt), ticket_of(receipt)
    assert clocks[ClockKind.RESOLVE].state is ClockState.PAUSED
    assert clocks[ClockKind.UU25_DECISION].state is ClockState.RUNNING
    assert clocks[ClockKind.FIRST_RESPONSE].state is ClockState.MET
    assert (ticket.state, ticket.hold_reason) == (State.ON_HOLD, HoldReason.WAITING_MATERIAL)
    [pause] = pauses_of(receipt.ticket_id)
    assert (pause.started_at, pause.limit_at) == (hands.at(3, 2, 15), hands.at(4, 2, 0))
    hands.at(3, 4, 9)
    make(world, receipt, M.RESUME, world.officer)
    ticket = ticket_of(receipt)
    assert (ticket.state, ticket.hold_reason, ticket.promised_date) == (State.IN_PROGRESS, None, None)
    # One working day, the third of March, was closed while it stood still.
    assert clocks_by_kind(receipt)[ClockKind.RESOLVE].due_date == hands.at(3, 30).date()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("hold_reason", {"hold_reason": None}),
        ("promised_date", {"promised_date": None}),
        ("promised_date", {"promised_date": 0}),
        ("promised_date", {"promised_date": 61}),
        ("promised_date", {"hold_reason": HoldReason.UNSAFE_OR_WEATHER, "promised_date": 31}),
    ],
)
def test_a_hold_is_reasoned_and_limited(world: World, field: str, values: dict[str, Any]) -> None:
    receipt = assigned(world)
    if isinstance(values.get("promised_date"), int):
        values = {**values, "promised_date": after_days(values["promised_date"])}
    refused(Invalid, lambda: make(world, receipt, M.HOLD, world.officer, **values), field)


def test_the_longest_hold_is_allowed(world: World) -> None:
    receipt = assigned(world)
    make(world, receipt, M.HOLD, world.officer, promised_date=after_days(60))


def test_moving_on_from_a_hold_ends_the_pause(world: World) -> None:
    for name, actor in ((M.ANSWER, world.officer), (M.ASSIGN, world.officer), (M.RETURN_TO_COORDINATOR, world.officer), (M.WITHDRAW, world.citizen)):
        receipt = assigned(world)
        make(world, receipt, M.HOLD, world.officer)
        make(world, receipt, name, actor)
        assert [pause.ended_at is not None for pause in pauses_of(receipt.ticket_id)] == [True]
        assert ticket_of(receipt).hold_reason is None


# whoever a complaint is about


def about(world: World, actor: Actor, **values: Any) -> Receipt:
    """A report about an officer, held by the officer's own agency."""
    from feedback.people.models import Person

    receipt = make_report(world, **values)
    email = db.session.get_one(Person, actor.person_id).email
    unit_id = world.government if values.get("confidential") else world.agency
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator, reported_email=email, grade=Grade.NORMATIVE, unit_id=unit_id)
    return receipt


@pytest.mark.parametrize("confidential", [False, True])
def test_the_reported_officer_decides_nothing(world: World, confidential: bool) -> None:
    receipt = about(world, world.officer, confidential=confidential)
    for name in (M.CLAIM, M.START, M.ANSWER, M.ASSIGN, M.HOLD, M.RETURN_TO_COORDINATOR, M.INTERIM_REPLY):
        refused(NotFound if confidential else Forbidden, lambda name=name: make(world, receipt, name, world.officer))
    make(world, receipt, M.ANSWER, world.governor if confidential else world.head)


def test_a_reported_coordinator_decides_nothing_either(world: World) -> None:
    receipt = about(world, world.coordinator)
    refused(Forbidden, lambda: make(world, receipt, M.ASSIGN, world.coordinator))
    make(world, receipt, M.ASSIGN, world.governor)


# confidential


def test_confidential_reports_move_only_by_hands_that_see_them(world: World) -> None:
    receipt = assigned(world, confidential=True)
    for actor in (world.coordinator, world.other_officer, world.division_officer, world.citizen, world.administrator, world.stranger):
        refused(NotFound, lambda actor=actor: make(world, receipt, M.ASSIGN, actor))
    refused(Forbidden, lambda: make(world, receipt, M.ANSWER, world.inspector))
    make(world, receipt, M.CLAIM, world.officer)
    make(world, receipt, M.ANSWER, world.head)
    make(world, receipt, M.CONFIRM, tracker(receipt))


def test_a_role_that_ended_moves_nothing(world: World) -> None:
    receipt = assigned(world)
    former = replace(world.officer, memberships=())
    refused(Forbidden, lambda: make(world, receipt, M.ANSWER, former))


def test_an_officer_of_the_government_does_not_verify(world: World) -> None:
    with transaction():
        government = db.session.get_one(Unit, world.government)
        clerk = make_person("Petugas Induk", ((government, Role.OFFICER),))
    receipt = make_report(world)
    refused(Forbidden, lambda: make(world, receipt, M.VERIFY_AND_ASSIGN, clerk))


def test_the_role_written_down_is_the_one_held_nearest(world: World) -> None:
    receipt = assigned(world)
    both = replace(
        world.governor,
        memberships=(*world.governor.memberships, Membership(world.agency, ticket_path(receipt), Role.OFFICER)),
    )
    make(world, receipt, M.INTERIM_REPLY, both)
    event = events_of(receipt)[-1]
    assert (event.role, event.actor_unit_id) == (Role.OFFICER, world.agency)


def ticket_path(receipt: Receipt) -> str:
    return db.session.get_one(Unit, ticket_of(receipt).unit_id).path


def test_an_unknown_number_is_not_found(world: World) -> None:
    from feedback.tickets.actions.moves import make_move
    from feedback.tickets.actions.work import MakeMove

    refused(NotFound, lambda: make_move(MakeMove(number="MB-0000-0000", move=M.CLAIM, version=1), world.officer))


def test_the_version_counts_every_move(world: World) -> None:
    receipt = make_report(world)
    versions = [
        make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator),
        make(world, receipt, M.CLAIM, world.officer),
        move(receipt.number, M.ANSWER, world.officer),
    ]
    assert versions == [2, 3, 4]
    assert [event.version for event in events_of(receipt)] == [1, 2, 3, 4]
