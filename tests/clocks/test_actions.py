"""The life of clocks in the database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from feedback.clocks import actions, models, queries
from feedback.clocks.rules.policy import ClockKind
from feedback.clocks.rules.words import ClockEventKind, ClockState
from feedback.kernel.errors import Conflict, Invalid
from feedback.storage.session import db, transaction
from tests.clocks.samples import at
from tests.clocks.steps import (
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    WIT,
    breaches,
    clock,
    end_pause,
    events,
    hand_over,
    pause,
    start,
    stop,
)
from tests.factories import MONDAY, World


class TestStart:
    def test_due_is_counted_in_the_zone_of_the_unit(self, ticket: int, world: World) -> None:
        started = start(ticket, "verify", world.government)
        row = clock(ticket, "verify")
        assert (row.id, row.state, row.zone) == (started, ClockState.RUNNING, WIT)
        assert (row.due_at, row.due_date) == (at("2026-03-06T00:00:00+09:00"), date(2026, 3, 5))
        assert (row.amount, row.unit, row.provisional) == (3, "working_day", False)
        assert events(ticket, "verify") == [ClockEventKind.STARTED]

    def test_a_second_start_in_the_cycle_is_the_first_one(self, ticket: int, world: World) -> None:
        first = start(ticket, "verify", world.government)
        assert start(ticket, "verify", world.government, TUESDAY) == first
        assert len(queries.clocks_of(ticket)) == 1

    def test_a_clock_no_rule_asks_for_does_not_run(self, ticket: int, world: World) -> None:
        assert start(ticket, "kip_answer", world.government) is None
        assert queries.clocks_of(ticket) == ()

    def test_several_at_once_need_few_statements(self, ticket: int, world: World, statements: list[str]) -> None:
        kinds = ("verify", "uu25_completeness", "kip_answer")
        with transaction():
            statements.clear()
            found = actions.start_all(
                ticket_id=ticket,
                cycle=1,
                kinds=kinds,
                unit_id=world.government,
                at=MONDAY,
                ticket_kind="complaint",
                grade=None,
            )
        assert set(found) == {ClockKind.VERIFY, ClockKind.UU25_COMPLETENESS}
        assert len(statements) <= 7

    def test_a_clock_started_while_the_ticket_is_on_hold_stands_still(self, ticket: int, world: World) -> None:
        pause(ticket, MONDAY, THURSDAY)
        start(ticket, "resolve", world.agency, TUESDAY)
        start(ticket, "first_response", world.agency, TUESDAY)
        assert (clock(ticket).state, clock(ticket).due_at) == (ClockState.PAUSED, None)
        assert clock(ticket, "first_response").state is ClockState.RUNNING

    def test_two_live_clocks_of_one_kind_cannot_be_stored(self, ticket: int, world: World) -> None:
        start(ticket, "verify", world.government)
        row = db.session.scalars(select(models.Clock)).one()
        values = {
            name: getattr(row, name)
            for name in (
                "ticket_id",
                "cycle",
                "kind",
                "unit_id",
                "started_at",
                "zone",
                "policy_version_id",
                "calendar_version_id",
            )
        }
        with pytest.raises(IntegrityError), transaction():
            db.session.add(models.Clock(**values))


class TestStop:
    def test_before_the_due_instant_it_is_met(self, ticket: int, world: World) -> None:
        start(ticket, "verify", world.government)
        stop(ticket, "verify", TUESDAY)
        row = clock(ticket, "verify")
        assert (row.state, row.breached_at, row.stopped_at) == (ClockState.MET, None, TUESDAY)
        # Monday 11-12 and 13-16, Tuesday 8-11.
        assert (row.used_minutes, row.elapsed_seconds) == (240 + 180, 86_400)

    def test_the_due_instant_itself_is_too_late(self, ticket: int, world: World) -> None:
        start(ticket, "verify", world.government)
        due_at = clock(ticket, "verify").due_at
        assert due_at is not None
        stop(ticket, "verify", due_at)
        assert (clock(ticket, "verify").state, clock(ticket, "verify").breached_at) == (ClockState.MISSED, due_at)

    def test_late_is_missed_at_the_due_instant_though_nobody_looked(self, ticket: int, world: World) -> None:
        start(ticket, "verify", world.government)
        stop(ticket, "verify", MONDAY + timedelta(days=30))
        row = clock(ticket, "verify")
        assert (row.state, row.breached_at) == (ClockState.MISSED, row.due_at)
        kinds = [ClockEventKind.STARTED, ClockEventKind.BREACHED, ClockEventKind.STOPPED]
        assert events(ticket, "verify") == kinds

    def test_a_breach_survives_a_cancellation(self, ticket: int, world: World) -> None:
        start(ticket, "verify", world.government)
        breaches(MONDAY + timedelta(days=30))
        stop(ticket, "verify", MONDAY + timedelta(days=31), cancelled=True)
        row = clock(ticket, "verify")
        assert (row.state, row.breached_at) == (ClockState.CANCELLED, row.due_at)

    def test_what_has_stopped_is_not_stopped_again(self, ticket: int, world: World) -> None:
        start(ticket, "verify", world.government)
        stop(ticket, "verify", TUESDAY)
        stop(ticket, "verify", THURSDAY, cancelled=True)
        assert (clock(ticket, "verify").state, clock(ticket, "verify").stopped_at) == (ClockState.MET, TUESDAY)

    def test_a_paused_clock_is_met(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency)
        pause(ticket, TUESDAY, MONDAY + timedelta(days=60))
        stop(ticket, "resolve", MONDAY + timedelta(days=50))
        row = clock(ticket)
        assert (row.state, row.used_minutes) == (ClockState.MET, 240 + 180)

    def test_cancel_all_ends_the_holding_clock_without_blame(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency)
        hand_over(ticket, world.agency, MONDAY)
        with transaction():
            actions.cancel_all(ticket_id=ticket, at=TUESDAY)
        states = {row.kind: row.state for row in queries.clocks_of(ticket)}
        assert states == {ClockKind.RESOLVE: ClockState.CANCELLED, ClockKind.HOLDING: ClockState.MET}


class TestPause:
    def test_only_pausable_clocks_stand_still(self, ticket: int, world: World) -> None:
        for kind in ("resolve", "first_response", "verify", "uu25_decision"):
            start(ticket, kind, world.agency)
        hand_over(ticket, world.agency, MONDAY)
        pause(ticket, TUESDAY, THURSDAY)
        paused = {row.kind for row in queries.clocks_of(ticket) if row.state is ClockState.PAUSED}
        assert paused == {ClockKind.RESOLVE, ClockKind.HOLDING}
        assert (clock(ticket).due_at, clock(ticket).due_date) == (None, None)

    def test_a_paused_clock_cannot_breach(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency)
        pause(ticket, TUESDAY, MONDAY + timedelta(days=90))
        assert breaches(MONDAY + timedelta(days=60)) == []

    def test_resuming_gives_back_the_days_whose_midnight_was_paused(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency)
        before = clock(ticket).due_date
        pause(ticket, TUESDAY, MONDAY + timedelta(days=30))
        assert end_pause(ticket, THURSDAY) == THURSDAY
        assert (before, clock(ticket).due_date) == (date(2026, 3, 9), date(2026, 3, 11))
        assert events(ticket) == [ClockEventKind.STARTED, ClockEventKind.PAUSED, ClockEventKind.RESUMED]

    def test_a_pause_ends_at_its_limit_however_late_somebody_looks(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency)
        pause(ticket, TUESDAY, WEDNESDAY)
        late = MONDAY + timedelta(days=60)
        assert [row.ticket_id for row in queries.expired_pauses(late)] == [ticket]
        assert end_pause(ticket, late) == WEDNESDAY
        assert clock(ticket).due_date == date(2026, 3, 10)
        assert (queries.expired_pauses(late), breaches(late)) == ((), [clock(ticket).id])

    def test_stopping_after_the_limit_counts_the_pause_to_its_limit(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency)
        pause(ticket, TUESDAY, WEDNESDAY)
        stop(ticket, "resolve", MONDAY + timedelta(days=60))
        assert (clock(ticket).state, clock(ticket).due_date) == (ClockState.MISSED, date(2026, 3, 10))

    def test_a_clock_already_late_does_not_stand_still(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency)
        late = MONDAY + timedelta(days=20)
        pause(ticket, late, late + timedelta(days=9))
        assert clock(ticket).state is ClockState.RUNNING
        assert breaches(late) == [clock(ticket).id]

    def test_a_clock_that_never_pauses_is_late_though_the_ticket_was_on_hold(self, ticket: int, world: World) -> None:
        start(ticket, "verify", world.government)
        start(ticket, "resolve", world.government)
        pause(ticket, TUESDAY, MONDAY + timedelta(days=9))
        with transaction():
            actions.stop(ticket_id=ticket, kinds=("verify", "resolve"), at=MONDAY + timedelta(days=8))
        assert (clock(ticket, "verify").state, clock(ticket).state) == (ClockState.MISSED, ClockState.MET)

    def test_two_pauses_one_after_the_other(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency)
        pause(ticket, TUESDAY, WEDNESDAY)
        pause(ticket, THURSDAY, THURSDAY + timedelta(days=1))
        end_pause(ticket, THURSDAY + timedelta(days=1))
        assert clock(ticket).due_date == date(2026, 3, 11)
        assert [row.ended_at for row in queries.pauses_of(ticket)] == [WEDNESDAY, THURSDAY + timedelta(days=1)]

    def test_what_makes_no_sense_is_refused(self, ticket: int, world: World) -> None:
        with pytest.raises(Invalid), transaction():
            actions.pause(ticket_id=ticket, at=MONDAY, limit_at=TUESDAY, reason="  ")
        with pytest.raises(Invalid):
            pause(ticket, MONDAY, MONDAY)
        pause(ticket, MONDAY, THURSDAY)
        with pytest.raises(Conflict):
            pause(ticket, TUESDAY, THURSDAY)
        assert end_pause(ticket, TUESDAY) == TUESDAY
        assert end_pause(ticket, TUESDAY) is None


class TestHandOver:
    def test_each_unit_gets_its_own_holding_clock(self, ticket: int, world: World) -> None:
        hand_over(ticket, world.government, MONDAY)
        hand_over(ticket, world.agency, TUESDAY)
        hand_over(ticket, world.agency, WEDNESDAY)
        rows = [(row.unit_id, row.state, row.used_minutes, row.due_at) for row in queries.clocks_of(ticket)]
        assert rows == [
            (world.government, ClockState.MET, 240 + 180, None),
            (world.agency, ClockState.RUNNING, None, None),
        ]

    def test_the_answer_keeps_its_days_and_goes_on_by_the_other_zone(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency)
        hand_over(ticket, world.other_government, WEDNESDAY)
        row = clock(ticket)
        assert (row.unit_id, row.zone) == (world.other_government, "Asia/Jakarta")
        assert row.due_at == at("2026-03-10T00:00:00+07:00")
        assert events(ticket) == [ClockEventKind.STARTED, ClockEventKind.MOVED]

    def test_what_the_coordinator_and_the_reporter_owe_stays(self, ticket: int, world: World) -> None:
        for kind in ("verify", "completion"):
            start(ticket, kind, world.government)
        hand_over(ticket, world.agency, TUESDAY)
        assert {row.unit_id for row in queries.clocks_of(ticket) if row.kind != "holding"} == {world.government}

    def test_a_breach_stays_with_the_date_and_unit_it_had(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency)
        due_at = clock(ticket).due_at
        breaches(MONDAY + timedelta(days=20))
        hand_over(ticket, world.other_government, MONDAY + timedelta(days=21))
        assert (clock(ticket).due_at, clock(ticket).breached_at) == (due_at, due_at)
        breached = [each for each in queries.clock_events(ticket) if each.kind is ClockEventKind.BREACHED]
        assert [each.detail["unit_id"] for each in breached] == [world.agency]

    def test_a_new_cycle_has_its_own_holding_clock(self, ticket: int, world: World) -> None:
        hand_over(ticket, world.agency, MONDAY)
        hand_over(ticket, world.agency, TUESDAY, cycle=2)
        rows = [(row.cycle, row.state) for row in queries.clocks_of(ticket)]
        assert rows == [(1, ClockState.MET), (2, ClockState.RUNNING)]
