"""Targets that change, breaches, and what is read of clocks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from feedback.clocks import actions, models, queries
from feedback.clocks.rules.words import ClockEventKind, ClockState
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.storage.session import db, transaction
from feedback.units.models import Unit
from tests.clocks.steps import (
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    WIT,
    breaches,
    clock,
    events,
    hand_over,
    pause,
    retarget,
    start,
    stop,
)
from tests.factories import MONDAY, World


class TestTargets:
    def test_another_grade_counts_from_the_original_start(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency, grade="non_oversight")
        assert clock(ticket).due_date == date(2026, 3, 27)
        retarget(ticket, "normative", THURSDAY)
        assert (clock(ticket).due_date, clock(ticket).amount) == (date(2026, 3, 9), 5)
        assert events(ticket)[-1] is ClockEventKind.RETARGETED

    def test_a_target_already_past_is_nobodys_breach(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency, grade="oversight")
        later = MONDAY + timedelta(days=20)
        retarget(ticket, "normative", later)
        assert clock(ticket).retarget_overdue
        assert (events(ticket)[-1], breaches(later)) == (ClockEventKind.RETARGET_OVERDUE, [])
        stop(ticket, "resolve", later)
        assert (clock(ticket).state, clock(ticket).breached_at) == (ClockState.MISSED, None)
        assert ClockEventKind.EXCUSED in events(ticket)

    def test_a_mistaken_grade_can_be_taken_back(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency, grade="oversight")
        promised = clock(ticket).due_date
        later = MONDAY + timedelta(days=20)
        retarget(ticket, "normative", later)
        retarget(ticket, "oversight", later)
        assert (clock(ticket).due_date, clock(ticket).retarget_overdue) == (promised, False)

    def test_a_breach_cannot_be_graded_away(self, ticket: int, world: World) -> None:
        start(ticket, "resolve", world.agency)
        due_at, later = clock(ticket).due_at, MONDAY + timedelta(days=20)
        retarget(ticket, "oversight", later)
        assert breaches(later) == [clock(ticket).id]
        assert clock(ticket).breached_at == due_at

    def test_a_clock_the_new_kind_does_not_have_is_cancelled(self, ticket: int, world: World) -> None:
        start(ticket, "uu25_completeness", world.agency)
        retarget(ticket, None, TUESDAY, kind="information_request")
        assert clock(ticket, "uu25_completeness").state is ClockState.CANCELLED

    def test_an_information_request_is_extended_once_with_a_reason(self, ticket: int, world: World) -> None:
        with transaction():
            actions.start(
                ticket_id=ticket,
                cycle=1,
                kind="kip_answer",
                unit_id=world.agency,
                at=MONDAY,
                ticket_kind="information_request",
                grade=None,
            )
        with pytest.raises(Invalid), transaction():
            actions.extend(ticket_id=ticket, kind="kip_answer", at=TUESDAY, reason="")
        with transaction():
            found = actions.extend(ticket_id=ticket, kind="kip_answer", at=TUESDAY, reason="Arsip di gudang")
        assert (found, clock(ticket, "kip_answer").amount) == (clock(ticket, "kip_answer").due_date, 17)
        with pytest.raises(Conflict), transaction():
            actions.extend(ticket_id=ticket, kind="kip_answer", at=TUESDAY, reason="Lagi")
        with pytest.raises(NotFound), transaction():
            actions.extend(ticket_id=ticket, kind="resolve", at=TUESDAY, reason="Tidak ada")


class TestBreaches:
    def test_each_is_written_once_at_its_due_instant(self, ticket: int, world: World) -> None:
        started = start(ticket, "verify", world.government)
        due_at = clock(ticket, "verify").due_at
        assert due_at is not None
        assert breaches(due_at - timedelta(microseconds=1)) == []
        assert breaches(due_at) == [started]
        assert breaches(due_at + timedelta(days=9)) == []
        row = clock(ticket, "verify")
        assert (row.state, row.breached_at) == (ClockState.RUNNING, due_at)

    def test_a_late_answer_is_missed_and_the_breach_written_once(self, ticket: int, world: World) -> None:
        start(ticket, "verify", world.government)
        later = MONDAY + timedelta(days=30)
        breaches(later)
        stop(ticket, "verify", later)
        assert events(ticket, "verify").count(ClockEventKind.BREACHED) == 1

    def test_the_oldest_first_and_no_more_than_asked_for(self, ticket: int, world: World) -> None:
        start(ticket, "first_response", world.agency)
        first = start(ticket, "verify", world.government)
        assert breaches(MONDAY + timedelta(days=30), limit=1) == [first]

    def test_an_excuse_leaves_the_breach(self, ticket: int, world: World) -> None:
        started = start(ticket, "verify", world.government)
        assert started is not None
        with pytest.raises(NotFound), transaction():
            actions.excuse(clock_id=started, at=TUESDAY, reason="Belum terlambat")
        breaches(MONDAY + timedelta(days=30))
        with transaction():
            actions.excuse(clock_id=started, at=THURSDAY, reason="Keputusan libur terbit terlambat")
        assert clock(ticket, "verify").breached_at is not None
        assert events(ticket, "verify")[-1] is ClockEventKind.EXCUSED


class TestReading:
    def test_promises_are_the_latest_dates_in_order(self, world: World) -> None:
        found = queries.promises(ticket_kind="complaint", grade=None, unit_id=world.government, received_at=MONDAY)
        told = [(each.kind, each.due_date, each.counted_from) for each in found]
        assert told == [
            ("verify", date(2026, 3, 5), "received"),
            ("first_response", date(2026, 3, 12), "verified"),
            ("resolve", date(2026, 4, 1), "verified"),
        ]
        assert {each.zone for each in found} == {WIT}

    def test_praise_is_promised_no_answer(self, world: World) -> None:
        found = queries.promises(ticket_kind="praise", grade=None, unit_id=world.government, received_at=MONDAY)
        assert [each.kind for each in found] == ["verify", "first_response"]

    def test_working_time_leaves_out_the_pauses_of_the_ticket(self, ticket: int, world: World) -> None:
        pause(ticket, TUESDAY, TUESDAY + timedelta(hours=1))
        assert queries.working_time(world.agency, MONDAY, WEDNESDAY) == 240 + 420 + 180
        assert queries.working_time(world.agency, MONDAY, WEDNESDAY, ticket_id=ticket) == 240 + 360 + 180

    def test_the_next_thing_due_is_the_earliest(self, ticket: int, world: World) -> None:
        assert queries.next_due(ticket) is None
        for kind in ("first_response", "verify", "resolve"):
            start(ticket, kind, world.government)
        hand_over(ticket, world.government, MONDAY)
        found = queries.next_due(ticket)
        assert found is not None
        assert (found.kind, found.due_date) == ("verify", date(2026, 3, 5))

    def test_a_year_without_decree_is_named(self, world: World) -> None:
        assert queries.calendars_without(2026) == ()
        assert queries.calendars_without(2027) == ("wib", "wit", "wita")

    def test_seeding_again_changes_nothing(self, world: World) -> None:
        def counts() -> list[int | None]:
            tables = (models.Calendar, models.CalendarVersion, models.Policy, models.PolicyVersion)
            return [db.session.scalar(select(func.count()).select_from(table)) for table in tables]

        before = counts()
        actions.seed_calendars_and_policies(TUESDAY)
        assert (counts(), before[0]) == (before, 3)

    def test_an_inherited_calendar_is_the_nearest(self, world: World) -> None:
        assert queries.calendar_of_unit(world.division, MONDAY).calendar.key == "wit"
        with transaction():
            own = models.Calendar(key="malam", name="Dinas malam", zone=WIT)
            db.session.add(own)
            db.session.flush()
            db.session.add(
                models.CalendarVersion(
                    calendar_id=own.id,
                    number=1,
                    valid_from=date(2026, 3, 3),
                    week={"sun": [["20:00", "24:00"]]},
                    exceptions=[],
                    closed=[],
                    years=[2026],
                    created_at=MONDAY,
                )
            )
            for unit_id, key in ((world.government, "wib"), (world.agency, "malam")):
                db.session.execute(update(Unit).where(Unit.id == unit_id).values(calendar_key=key))
        assert queries.calendar_of_unit(world.division, TUESDAY).calendar.key == "malam"
        assert queries.calendar_of_unit(world.other_agency, TUESDAY).calendar.key == "wib"
        # Before its first version the next one up counts.
        assert queries.calendar_of_unit(world.division, MONDAY).calendar.key == "wib"
