"""When a clock reaches a part of its time: an open minute, never the midnight of a holiday."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from feedback.clocks.rules.calendar import Calendar
from feedback.clocks.rules.due import Amount, Unit, due
from feedback.clocks.rules.timeline import Pause
from feedback.notices.rules.hours import next_open
from feedback.notices.rules.moments import Course, next_look, reached_at

ZONE = ZoneInfo("Asia/Jayapura")
DAY = ((time(8), time(12)), (time(13), time(16)))
CLOSED = frozenset(date(2026, 3, day) for day in range(18, 25))
OFFICE = Calendar("kantor", ZONE, (DAY, DAY, DAY, DAY, DAY, (), ()), CLOSED)
LEVELS = ((1, 75), (2, 100), (3, 150))


def at(day: int, hour: int = 0, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


MONDAY = at(9, 11)


def course(number: int, unit: Unit = Unit.WORKING_DAY, start: datetime = MONDAY, **rest: Any) -> Course:
    amount = Amount(number, unit)
    found = due(start, amount, OFFICE, pauses=rest.get("pauses", ())).at
    assert found is not None
    return Course(start=start, amount=amount, due_at=found, calendar=OFFICE, moves=(), pauses=rest.get("pauses", ()))


def test_three_quarters_of_five_days_is_in_the_fourth() -> None:
    # The 10th to the 12th are three days; three quarters of the seven open hours of the 13th end at 14.15.
    assert reached_at(75, course(5)) == at(13, 14, 15)


def test_three_days_are_warned_of_before_they_are_over() -> None:
    assert reached_at(75, course(3)) == at(12, 9, 45)


def test_a_hundred_percent_is_the_deadline_itself() -> None:
    assert reached_at(100, course(5)) == at(17)


def test_half_as_long_again_skips_the_holidays() -> None:
    # Days 6 and 7 are the 17th and the 25th; half of the 26th is over at 11.30.
    assert reached_at(150, course(5)) == at(26, 11, 30)


def test_whole_days_end_at_an_opening_not_at_a_midnight() -> None:
    assert reached_at(75, course(4)) == at(13, 8)


def test_calendar_days_are_warned_of_in_open_time() -> None:
    found = reached_at(75, course(14, Unit.CALENDAR_DAY))
    # Ten and a half days after the 9th is the 20th: closed, and so is everything up to the 24th.
    assert found == at(17, 13)
    assert found < course(14, Unit.CALENDAR_DAY).due_at


def test_working_minutes_are_counted_as_such() -> None:
    assert reached_at(75, course(420, Unit.WORKING_MINUTE, at(9, 8))) == at(9, 14, 15)
    assert reached_at(150, course(420, Unit.WORKING_MINUTE, at(9, 8))) == at(10, 11, 30)


def test_a_pause_moves_every_moment() -> None:
    paused = course(5, pauses=(Pause(at(10, 9), at(12, 9)),))
    assert reached_at(75, paused) == at(17, 14, 15)


def test_the_next_look_is_the_first_level_not_dealt_with() -> None:
    five = course(5)
    assert next_look(five, LEVELS, 0) == (1, at(13, 14, 15))
    assert next_look(five, LEVELS, 1) == (2, at(17))
    assert next_look(five, LEVELS, 2) == (3, at(26, 11, 30))
    assert next_look(five, LEVELS, 3) is None


@given(
    number=some.integers(1, 60),
    percent=some.integers(1, 300),
    hours=some.integers(0, 24 * 40),
    unit=some.sampled_from(Unit),
)
@pytest.mark.filterwarnings("ignore")
def test_every_warning_is_in_open_time_and_on_its_side_of_the_deadline(
    number: int, percent: int, hours: int, unit: Unit
) -> None:
    one = course(number, unit, at(2) + timedelta(hours=hours))
    found = reached_at(percent, one)
    assert found is not None
    if percent < 100:
        assert found < one.due_at
    if percent != 100 and unit is not Unit.WORKING_MINUTE:
        assert next_open(OFFICE, found) == found
    if percent >= 100:
        assert found >= one.due_at
