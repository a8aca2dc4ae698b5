"""Traps of the clocks that need a whole ticket (DOMAIN.md section 4), one named test each.

The world is in WIT; it is Monday 2 March 2026, 11.00 there, when a test begins. 18 to 24 March are closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from feedback.clocks.models import Clock, ClockEvent, Pause
from feedback.clocks.queries import ClockRow, clock_events, clocks_of
from feedback.clocks.rules.policy import ClockKind
from feedback.clocks.rules.words import ClockEventKind, ClockState
from feedback.kernel.errors import Invalid
from feedback.kernel.permissions import Role
from feedback.storage.session import db, transaction
from feedback.tickets.actions.notes import add_note
from feedback.tickets.actions.submit import Receipt
from feedback.tickets.actions.timers import TIMERS
from feedback.tickets.rules.words import Channel, Grade, HoldReason, MoveName, State
from feedback.units.models import Unit
from feedback.web.form import new_form_key
from tests.factories import MONDAY, World, make_person, make_report
from tests.site import Reader
from tests.tickets.steps import assigned, clocks_by_kind, cycles_of, make, ticket_of

DAY = timedelta(days=1)
Travel = Callable[[datetime], None]


@pytest.fixture
def travel() -> Iterator[Travel]:
    """Sets the clock on the wall; it stands still between."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield lambda instant: traveller.move_to(instant)


def clock(receipt: Receipt, kind: ClockKind = ClockKind.RESOLVE) -> ClockRow:
    return clocks_by_kind(receipt)[kind]


def kinds(receipt: Receipt, kind: ClockKind = ClockKind.RESOLVE) -> list[ClockEventKind]:
    return [event.kind for event in clock_events(receipt.ticket_id) if event.clock_id == clock(receipt, kind).id]


def run_timers(now: datetime) -> None:
    for timer in TIMERS:
        timer(now)


def test_moved_to_a_unit_in_another_zone_keeps_what_is_used(travel: Travel, world: World) -> None:
    with transaction():
        west = db.session.get(Unit, world.division)
        assert west is not None
        west.zone = "Asia/Jakarta"
    receipt = assigned(world)
    first = clock(receipt)
    travel(MONDAY + 2 * DAY)
    make(world, receipt, MoveName.ASSIGN, world.officer, unit_id=world.division)
    moved = clock(receipt)
    assert (moved.id, moved.started_at, moved.unit_id, moved.zone) == (first.id, MONDAY, world.division, "Asia/Jakarta")
    # 14 working days are the same dates in both zones; the midnight is two hours later in the west.
    assert first.due_at is not None
    assert (moved.due_date, moved.due_at) == (first.due_date, first.due_at + timedelta(hours=2))
    assert ticket_of(receipt).due_at == clock(receipt, ClockKind.FIRST_RESPONSE).due_at


def test_returned_and_assigned_again_five_times_the_citizens_clocks_never_restart(travel: Travel, world: World) -> None:
    receipt = assigned(world)
    promised = {kind: clock(receipt, kind) for kind in (ClockKind.RESOLVE, ClockKind.FIRST_RESPONSE, ClockKind.UU25_DECISION)}
    for hour in range(1, 6):
        travel(MONDAY + timedelta(minutes=10 * hour))
        make(world, receipt, MoveName.RETURN_TO_COORDINATOR, world.officer)
        travel(MONDAY + timedelta(minutes=10 * hour + 5))
        make(world, receipt, MoveName.VERIFY_AND_ASSIGN, world.coordinator)
    for kind, before in promised.items():
        after = clock(receipt, kind)
        assert (after.id, after.started_at, after.due_at) == (before.id, before.started_at, before.due_at), kind
    held = [row for row in clocks_of(receipt.ticket_id) if row.kind is ClockKind.HOLDING]
    assert [row.unit_id for row in held].count(world.agency) == 6
    assert sum(row.state is ClockState.RUNNING for row in held) == 1


def test_grade_raised_after_the_first_deadline_passed_leaves_the_breach(travel: Travel, world: World) -> None:
    receipt = make_report(world)
    make(world, receipt, MoveName.VERIFY_AND_ASSIGN, world.coordinator, grade=Grade.NORMATIVE)
    due_at = clock(receipt).due_at
    travel(MONDAY + 20 * DAY)
    make(world, receipt, MoveName.CHANGE_GRADE, world.coordinator, grade=Grade.OVERSIGHT)
    assert ticket_of(receipt).grade == Grade.OVERSIGHT
    assert (clock(receipt).due_at, clock(receipt).amount) == (due_at, 5)
    run_timers(MONDAY + 20 * DAY)
    assert clock(receipt).breached_at == due_at


def test_a_lower_grade_whose_date_is_already_past_is_nobodys_breach(travel: Travel, world: World) -> None:
    receipt = make_report(world)
    make(world, receipt, MoveName.VERIFY_AND_ASSIGN, world.coordinator, grade=Grade.OVERSIGHT)
    travel(MONDAY + 20 * DAY)
    make(world, receipt, MoveName.CHANGE_GRADE, world.governor, grade=Grade.NORMATIVE)
    run_timers(MONDAY + 20 * DAY)
    row = clock(receipt)
    assert (row.retarget_overdue, row.breached_at, row.amount) == (True, None, 5)
    assert kinds(receipt)[-1] is ClockEventKind.RETARGET_OVERDUE


def test_the_grade_changes_the_date_from_the_original_start(travel: Travel, world: World) -> None:
    receipt = assigned(world)
    travel(MONDAY + DAY)
    make(world, receipt, MoveName.CHANGE_GRADE, world.coordinator, grade=Grade.NORMATIVE)
    assert (clock(receipt).started_at, clock(receipt).due_date) == (MONDAY, date(2026, 3, 9))
    with pytest.raises(Invalid):
        make(world, receipt, MoveName.CHANGE_GRADE, world.coordinator, grade=Grade.NORMATIVE)


def test_a_paused_ticket_is_not_shown_overdue(travel: Travel, world: World, readers: Callable[[], Reader]) -> None:
    receipt = assigned(world)
    make(world, receipt, MoveName.INTERIM_REPLY, world.officer)
    make(world, receipt, MoveName.HOLD, world.officer, promised_date=date(2026, 4, 20))
    travel(MONDAY + 30 * DAY)
    run_timers(MONDAY + 30 * DAY)
    assert (clock(receipt).state, clock(receipt).due_at, clock(receipt).breached_at) == (ClockState.PAUSED, None, None)
    page = readers().open(f"/laporan/{receipt.number}")
    assert "Berhenti sementara" in page.text
    assert "Lewat tenggat" not in page.text


def test_reply_and_hold_in_one_step_keeps_the_response(travel: Travel, world: World) -> None:
    receipt = assigned(world)
    travel(MONDAY + DAY)
    make(world, receipt, MoveName.HOLD, world.officer, promised_date=date(2026, 3, 12))
    response = clock(receipt, ClockKind.FIRST_RESPONSE)
    assert (response.state, response.stopped_at) == (ClockState.MET, MONDAY + DAY)
    assert clock(receipt).state is ClockState.PAUSED
    cycle = cycles_of(receipt)[0]
    assert (cycle.first_response_at, cycle.first_response_seconds) == (MONDAY + DAY, 86_400)
    # Monday 11-12 and 13-16, Tuesday 8-11.
    assert cycle.first_response_minutes == 240 + 180


def test_answered_from_a_pause_counts_the_time_before_it_only(travel: Travel, world: World) -> None:
    receipt = assigned(world)
    make(world, receipt, MoveName.HOLD, world.officer, promised_date=date(2026, 3, 27))
    travel(MONDAY + 21 * DAY)
    make(world, receipt, MoveName.ANSWER, world.officer)
    row = clock(receipt)
    assert (row.state, row.used_minutes, cycles_of(receipt)[0].on_time) == (ClockState.MET, 0, True)


def test_a_second_hold_right_after_the_first_counts_both(travel: Travel, world: World) -> None:
    receipt = assigned(world)
    for minute in (0, 1):
        travel(MONDAY + timedelta(seconds=20 * minute))
        make(world, receipt, MoveName.HOLD, world.officer, hold_reason=HoldReason.WAITING_OTHER_BODY)
        travel(MONDAY + timedelta(seconds=20 * minute + 10))
        make(world, receipt, MoveName.RESUME, world.officer)
    assert clock(receipt).due_date == date(2026, 3, 27)
    assert db.session.scalar(select(func.count(Pause.id)).where(Pause.ticket_id == receipt.ticket_id)) == 2


def test_reopened_runs_new_clocks_and_leaves_the_first_round_frozen(travel: Travel, world: World) -> None:
    receipt = assigned(world)
    travel(MONDAY + DAY)
    make(world, receipt, MoveName.ANSWER, world.officer)
    make(world, receipt, MoveName.CONFIRM, world.citizen)
    first = [row for row in clocks_of(receipt.ticket_id) if row.cycle == 1]
    cycle = cycles_of(receipt)[0]
    before = (cycle.answered_at, cycle.on_time, cycle.resolution_minutes)
    travel(MONDAY + 3 * DAY)
    make(world, receipt, MoveName.REOPEN, world.citizen)
    assert [row for row in clocks_of(receipt.ticket_id) if row.cycle == 1] == first
    again = clock(receipt)
    assert (again.cycle, again.started_at, again.state) == (2, MONDAY + 3 * DAY, ClockState.RUNNING)
    travel(MONDAY + 40 * DAY)
    make(world, receipt, MoveName.ANSWER, world.second_officer)
    rounds = cycles_of(receipt)
    assert (rounds[0].answered_at, rounds[0].on_time, rounds[0].resolution_minutes) == before
    assert (rounds[0].on_time, rounds[1].on_time) == (True, False)


def test_a_merged_report_gives_the_survivor_the_earliest_receipt(travel: Travel, world: World) -> None:
    early = make_report(world)
    travel(MONDAY + DAY)
    survivor = make_report(world)
    before = clock(survivor, ClockKind.VERIFY)
    make(world, early, MoveName.JOIN, world.coordinator, joined_number=survivor.number)
    after = clock(survivor, ClockKind.VERIFY)
    assert ticket_of(survivor).received_at == MONDAY
    assert (before.due_date, after.started_at, after.due_date) == (date(2026, 3, 6), MONDAY, date(2026, 3, 5))
    assert ticket_of(survivor).due_at == after.due_at
    assert cycles_of(survivor)[0].started_at == MONDAY
    assert kinds(survivor, ClockKind.VERIFY)[-1] is ClockEventKind.RETARGETED


def test_a_merge_makes_nobody_late_in_hindsight(travel: Travel, world: World) -> None:
    early = make_report(world)
    travel(MONDAY + 10 * DAY)
    survivor = make_report(world)
    make(world, early, MoveName.JOIN, world.coordinator, joined_number=survivor.number)
    run_timers(MONDAY + 10 * DAY)
    row = clock(survivor, ClockKind.VERIFY)
    assert (row.retarget_overdue, row.breached_at) == (True, None)
    # The one that was joined keeps its own clock, which was late by itself.
    assert clock(early, ClockKind.VERIFY).breached_at == clock(early, ClockKind.VERIFY).due_at


def test_a_merge_of_a_later_report_changes_nothing(travel: Travel, world: World) -> None:
    survivor = make_report(world)
    before = clock(survivor, ClockKind.VERIFY)
    travel(MONDAY + DAY)
    late = make_report(world)
    make(world, late, MoveName.JOIN, world.coordinator, joined_number=survivor.number)
    assert clock(survivor, ClockKind.VERIFY) == before


def test_a_letter_entered_days_later_counts_from_the_day_it_came(travel: Travel, world: World) -> None:
    travel(MONDAY + 4 * DAY)
    receipt = make_report(world, actor=world.coordinator, channel=Channel.LETTER, received_at=MONDAY, name="Pak Surat")
    row = clock(receipt, ClockKind.VERIFY)
    assert (row.started_at, row.due_date) == (MONDAY, date(2026, 3, 5))
    assert (ticket_of(receipt).received_at, ticket_of(receipt).created_at) == (MONDAY, MONDAY + 4 * DAY)
    run_timers(MONDAY + 4 * DAY)
    assert clock(receipt, ClockKind.VERIFY).breached_at == row.due_at


def test_staff_reporting_for_a_citizen_answers_nothing(travel: Travel, world: World) -> None:
    with transaction():
        agency = db.session.get(Unit, world.agency)
        assert agency is not None
        both = make_person("Petugas Loket", ((agency, Role.OFFICER), (agency, Role.COORDINATOR)))
    receipt = make_report(world, actor=both, channel=Channel.COUNTER, received_at=MONDAY, name="Bu Warga")
    make(world, receipt, MoveName.VERIFY_AND_ASSIGN, world.coordinator)
    assert clock(receipt, ClockKind.FIRST_RESPONSE).state is ClockState.RUNNING
    assert cycles_of(receipt)[0].first_response_at is None


def test_of_several_messages_before_the_answer_the_oldest_counts(travel: Travel, world: World) -> None:
    receipt = assigned(world)
    before = {row.id: (row.started_at, row.due_at) for row in clocks_of(receipt.ticket_id)}
    for day in (1, 2):
        travel(MONDAY + day * DAY)
        make(world, receipt, MoveName.ADD_INFORMATION, world.citizen, text=f"Masih gelap, hari ke-{day}.")
    assert {row.id: (row.started_at, row.due_at) for row in clocks_of(receipt.ticket_id)} == before
    travel(MONDAY + 3 * DAY)
    make(world, receipt, MoveName.INTERIM_REPLY, world.officer)
    assert cycles_of(receipt)[0].first_response_seconds == 3 * 86_400


def test_notes_mail_and_the_systems_own_moves_stop_no_clock(travel: Travel, world: World) -> None:
    receipt = assigned(world)
    add_note(receipt.number, "Sudah telepon PLN.", new_form_key(), world.officer)
    make(world, receipt, MoveName.CLAIM, world.officer)
    make(world, receipt, MoveName.START, world.officer)
    run_timers(MONDAY + timedelta(hours=1))
    for kind in (ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE):
        assert clock(receipt, kind).state is ClockState.RUNNING, kind
    assert cycles_of(receipt)[0].first_response_at is None


def test_the_job_was_down_for_two_days_and_the_breach_is_at_its_instant_once(travel: Travel, world: World) -> None:
    receipt = make_report(world)
    due_at = clock(receipt, ClockKind.VERIFY).due_at
    assert due_at is not None
    for later in (due_at + 2 * DAY, due_at + 2 * DAY + timedelta(minutes=1)):
        travel(later)
        run_timers(later)
    row = clock(receipt, ClockKind.VERIFY)
    assert (row.state, row.breached_at) == (ClockState.RUNNING, due_at)
    assert kinds(receipt, ClockKind.VERIFY).count(ClockEventKind.BREACHED) == 1


def test_a_hold_whose_end_nobody_saw_for_two_days_ended_at_its_limit(travel: Travel, world: World) -> None:
    receipt = assigned(world)
    make(world, receipt, MoveName.HOLD, world.officer, promised_date=date(2026, 3, 4))
    travel(MONDAY + 5 * DAY)
    run_timers(MONDAY + 5 * DAY)
    pause = db.session.scalars(select(Pause).where(Pause.ticket_id == receipt.ticket_id)).one()
    assert (ticket_of(receipt).state, pause.ended_at) == (State.IN_PROGRESS, pause.limit_at)
    # The midnights that end 2, 3 and 4 March were saved; the date of the start does not count anyway. The one that
    # ends 4 March is the limit itself.
    assert clock(receipt).due_date == date(2026, 3, 31)


def test_a_deadline_in_a_year_without_holidays_is_marked_provisional(travel: Travel, world: World) -> None:
    travel(datetime.fromisoformat("2026-12-22T03:00:00+00:00"))
    receipt = assigned(world)
    assert (clock(receipt).provisional, clock(receipt, ClockKind.VERIFY).provisional) == (True, False)


def test_every_clock_of_these_stories_has_its_history(travel: Travel, world: World) -> None:
    receipt = assigned(world)
    make(world, receipt, MoveName.CHANGE_GRADE, world.coordinator, grade=Grade.OVERSIGHT)
    without = select(Clock.id).where(~select(ClockEvent.id).where(ClockEvent.clock_id == Clock.id).exists())
    assert db.session.scalars(without).all() == []
