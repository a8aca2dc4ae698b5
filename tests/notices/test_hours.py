from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from feedback.clocks.rules.calendar import Calendar, SpecialHours
from feedback.notices.rules.digests import next_working_day, week_of
from feedback.notices.rules.hours import last_opening, next_open, opening_of, part_of_day

ZONE = ZoneInfo("Asia/Jayapura")
DAY = ((time(8), time(12)), (time(13), time(16)))
OFFICE = Calendar("kantor", ZONE, (DAY, DAY, DAY, DAY, DAY, (), ()), frozenset({date(2026, 3, 19), date(2026, 3, 20)}))


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


def test_what_comes_in_open_time_goes_out_at_once() -> None:
    assert next_open(OFFICE, at(17, 9, 30)) == at(17, 9, 30)


def test_what_comes_at_night_at_lunch_or_at_closing_waits_for_the_next_open_minute() -> None:
    assert next_open(OFFICE, at(17)) == at(17, 8)
    assert next_open(OFFICE, at(17, 12)) == at(17, 13)
    assert next_open(OFFICE, at(17, 16)) == at(18, 8)


def test_holidays_and_weekends_are_waited_out() -> None:
    assert next_open(OFFICE, at(18, 17)) == at(23, 8)


def test_the_days_opening_is_none_once_the_day_is_over() -> None:
    assert opening_of(OFFICE, at(17, 2)) == at(17, 8)
    assert opening_of(OFFICE, at(17, 16)) is None
    assert opening_of(OFFICE, at(19, 9)) is None


def test_before_a_long_closure_the_last_opening_is_found() -> None:
    assert last_opening(OFFICE, at(22, 12)) == at(18, 13)
    assert last_opening(OFFICE, at(18, 9)) == at(18, 8)


def test_parts_of_a_day_count_open_time_only() -> None:
    assert part_of_day(OFFICE, at(17, 23), 0) == at(17, 8)
    assert part_of_day(OFFICE, at(17, 23), 0.5) == at(17, 11, 30)
    assert part_of_day(OFFICE, at(17, 23), 5 / 7) == at(17, 14)
    assert part_of_day(OFFICE, at(19, 10), 0.5) == at(23, 8)


def test_a_calendar_closed_for_a_year_does_not_stop_anything() -> None:
    shut = Calendar("tutup", ZONE, OFFICE.week, exceptions=(SpecialHours(date(2025, 1, 1), date(2028, 1, 1), ((),) * 7),))
    assert next_open(shut, at(17)) == at(17)
    assert last_opening(shut, at(17)) == at(17)
    assert next_working_day(shut, date(2026, 3, 17)) == date(2026, 3, 18)


def test_weeks_begin_on_monday_and_the_next_working_day_skips_holidays() -> None:
    assert week_of(date(2026, 3, 22)) == date(2026, 3, 16)
    assert week_of(date(2026, 3, 16)) == date(2026, 3, 16)
    assert next_working_day(OFFICE, date(2026, 3, 18)) == date(2026, 3, 23)


def test_other_zones_do_not_matter_to_the_answer() -> None:
    assert next_open(OFFICE, datetime(2026, 3, 16, 15, 0, tzinfo=UTC)) == at(17, 8)
