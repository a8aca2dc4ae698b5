"""A holiday decree that comes while clocks run."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from feedback.clocks import actions, queries
from feedback.clocks.rules.holidays import UNDECREED, Holiday, HolidayKind, decreed, known_years
from feedback.clocks.rules.words import ClockEventKind, ClockState
from tests.clocks.samples import at
from tests.clocks.steps import breaches, clock, end_pause, events, hand_over, pause, start, stop
from tests.factories import World

DECEMBER = at("2026-12-28T11:00:00+09:00")
NUMBER = "SKB contoh"


def holiday(day: date, *, decree: str = NUMBER) -> Holiday:
    return Holiday(day, "Hari contoh", HolidayKind.PUBLIC_HOLIDAY, decree)


def decree(*days: date, when: datetime = DECEMBER) -> actions.Recount:
    return actions.decree_holidays(holidays=[holiday(day) for day in days], at=when)


def test_a_decree_replaces_what_was_guessed_and_keeps_other_years() -> None:
    before = [holiday(date(2026, 12, 25)), holiday(date(2027, 1, 1), decree=UNDECREED)]
    after = decreed(before, [holiday(date(2027, 1, 4)), holiday(date(2027, 1, 2))])
    assert [each.date for each in after] == [date(2026, 12, 25), date(2027, 1, 2), date(2027, 1, 4)]
    assert known_years(after) == {2026, 2027}


def test_a_provisional_date_becomes_firm_and_moves(ticket: int, world: World) -> None:
    start(ticket, "resolve", world.agency, DECEMBER)
    assert (clock(ticket).due_date, clock(ticket).provisional) == (date(2027, 1, 5), True)
    found = decree(date(2027, 1, 1), date(2027, 1, 4))
    assert (found.calendars, found.ticket_ids) == (("wib", "wit", "wita"), (ticket,))
    assert (clock(ticket).due_date, clock(ticket).provisional) == (date(2027, 1, 6), False)
    assert events(ticket)[-1] is ClockEventKind.MOVED
    assert queries.calendars_without(2027) == ()


def test_saying_it_again_changes_nothing(ticket: int, world: World) -> None:
    start(ticket, "resolve", world.agency, DECEMBER)
    decree(date(2027, 1, 1), date(2027, 1, 4))
    before = queries.clock_events(ticket)
    assert decree(date(2027, 1, 1), date(2027, 1, 4)) == actions.Recount((), (), ())
    assert queries.clock_events(ticket) == before


def test_a_moved_clock_keeps_what_the_first_calendar_counted(ticket: int, world: World) -> None:
    start(ticket, "resolve", world.agency, DECEMBER)
    hand_over(ticket, world.other_government, DECEMBER + timedelta(days=2))
    decree(date(2027, 1, 1), date(2027, 1, 4), when=DECEMBER + timedelta(days=3))
    assert clock(ticket).due_at == at("2027-01-07T00:00:00+07:00")


def test_a_paused_clock_stays_paused_and_resumes_by_the_new_dates(ticket: int, world: World) -> None:
    start(ticket, "resolve", world.agency, DECEMBER)
    pause(ticket, DECEMBER, DECEMBER + timedelta(days=60))
    decree(date(2027, 1, 1), date(2027, 1, 4))
    assert clock(ticket).state is ClockState.PAUSED
    end_pause(ticket, DECEMBER + timedelta(hours=1))
    assert clock(ticket).due_date == date(2027, 1, 6)


def test_a_breach_stays_and_is_excused_once(ticket: int, world: World) -> None:
    start(ticket, "resolve", world.agency, DECEMBER)
    due_at = clock(ticket).due_at
    later = DECEMBER + timedelta(days=30)
    breaches(later)
    stop(ticket, "resolve", later)
    found = decree(date(2027, 1, 1), date(2027, 1, 4), when=later)
    assert (found.ticket_ids, found.excused_clock_ids) == ((), (clock(ticket).id,))
    decree(date(2027, 1, 1), date(2027, 1, 4), when=later)
    assert (clock(ticket).state, clock(ticket).breached_at) == (ClockState.MISSED, due_at)
    assert events(ticket).count(ClockEventKind.EXCUSED) == 1


def test_a_breach_no_new_date_touches_is_not_excused(ticket: int, world: World) -> None:
    start(ticket, "verify", world.government, DECEMBER)
    breaches(DECEMBER + timedelta(days=30))
    assert decree(date(2027, 3, 10)).excused_clock_ids == ()


def test_a_breach_nobody_had_looked_for_is_written_before_the_dates_change(ticket: int, world: World) -> None:
    start(ticket, "resolve", world.agency, DECEMBER)
    due_at = clock(ticket).due_at
    decree(date(2027, 1, 1), date(2027, 1, 4), when=at("2027-01-06T00:30:00+09:00"))
    assert (clock(ticket).due_at, clock(ticket).breached_at) == (due_at, due_at)
    assert events(ticket)[-2:] == [ClockEventKind.BREACHED, ClockEventKind.EXCUSED]
