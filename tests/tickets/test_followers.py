"""A report that follows another is never left alone when that one ends without an answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from feedback.clocks.rules.policy import ClockKind
from feedback.kernel.clock import pretending, utc_now
from feedback.kernel.errors import Invalid
from feedback.people.queries import people_by_ids
from feedback.storage.outbox import Outbox
from feedback.storage.session import db
from feedback.tickets.actions import timers
from feedback.tickets.rules.words import Grade, MoveName, State
from tests.factories import World, make_report, move
from tests.tickets.steps import clocks_by_kind, events_of, ticket_of


def test_a_follower_goes_back_to_the_coordinator_when_the_other_is_withdrawn(world: World) -> None:
    first, second = make_report(world, actor=world.citizen), make_report(world, actor=world.stranger)
    move(first.number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade=Grade.NORMATIVE)
    move(second.number, MoveName.JOIN, world.coordinator, joined_number=first.number)
    assert ticket_of(second).grade == Grade.NORMATIVE
    assert ClockKind.RESOLVE in clocks_by_kind(second)
    move(first.number, MoveName.WITHDRAW, world.citizen)
    follower = ticket_of(second)
    assert follower.state == State.RECEIVED
    assert follower.is_open
    assert follower.joined_to_id is None
    assert follower.due_at is not None
    last = events_of(second)[-1]
    assert last.move == MoveName.UNJOIN
    told = db.session.scalar(select(func.count()).select_from(Outbox).where(Outbox.key == f"moved:{last.id}"))
    assert told == 1


def test_the_reporter_of_a_follower_may_withdraw_it(world: World) -> None:
    first, second = make_report(world), make_report(world, actor=world.citizen)
    move(second.number, MoveName.JOIN, world.coordinator, joined_number=first.number)
    move(second.number, MoveName.WITHDRAW, world.citizen)
    assert ticket_of(second).state == State.WITHDRAWN


@pytest.mark.parametrize("who", ["nobody", "citizen", "elsewhere"])
def test_only_staff_of_this_government_can_be_reported_by_address(world: World, who: str) -> None:
    report = make_report(world)
    citizen = people_by_ids([world.citizen.person_id or 0])
    address = {"nobody": "tidak-ada@contoh.example", "citizen": next(iter(citizen.values())).email, "elsewhere": "x@y.example"}[who]
    with pytest.raises(Invalid) as caught:
        move(
            report.number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade=Grade.OVERSIGHT,
            reported_email=address,
        )  # fmt: skip
    assert caught.value.field == "reported_email"
    assert ticket_of(report).state == State.RECEIVED


def test_every_reporter_is_warned_however_many_deadlines_end_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "BATCH", 2)
    for _ in range(5):
        report = make_report(world)
        move(report.number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade=Grade.NORMATIVE)
        move(report.number, MoveName.ANSWER, world.officer, text="Sudah kami kerjakan.")
    due = ticket_of(report).due_at
    assert due is not None
    with pretending(due - timedelta(hours=30)):
        told = [timers.warn_lapsing(utc_now()) for _ in range(4)]
    assert told == [2, 2, 1, 0]
