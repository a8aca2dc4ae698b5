"""Named traps of the counting rules (DOMAIN.md section 4), one test each."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest

from feedback.clocks.rules.calendar import END_OF_DAY, Calendar, SpecialHours, Week, parse
from feedback.clocks.rules.due import Amount, Due, Unit, due, used, working_minutes
from feedback.clocks.rules.timeline import Move, Pause
from feedback.kernel.errors import Invalid
from tests.clocks.samples import OFFICE, WIB, WIT, WITA, a_calendar, at

MONDAY_NOON = at("2026-07-06T12:00:00+07:00")


def days(number: int) -> Amount:
    return Amount(number, Unit.WORKING_DAY)


def minutes(number: int) -> Amount:
    return Amount(number, Unit.WORKING_MINUTE)


def on(found: Due) -> str:
    assert found.date is not None
    return found.date.isoformat()


class TestDays:
    def test_the_day_of_the_start_never_counts_even_from_its_first_second(self) -> None:
        assert on(due(at("2026-07-06T00:00:00+07:00"), days(1), WIB)) == "2026-07-07"

    def test_the_last_second_of_a_day_still_belongs_to_it(self) -> None:
        assert on(due(at("2026-07-06T23:59:59+07:00"), days(1), WIB)) == "2026-07-07"

    def test_due_is_the_exclusive_midnight_after_the_date_shown(self) -> None:
        assert due(MONDAY_NOON, days(1), WIB).at == at("2026-07-08T00:00:00+07:00")

    def test_a_start_on_a_holiday_counts_from_the_next_working_day(self) -> None:
        assert on(due(at("2026-03-21T10:00:00+07:00"), days(1), WIB)) == "2026-03-25"

    def test_the_date_is_that_of_the_unit_not_of_utc(self) -> None:
        assert on(due(at("2026-07-06T16:30:00Z"), days(1), WIT)) == "2026-07-08"

    def test_calendar_days_do_not_move_from_a_holiday(self) -> None:
        found = due(at("2026-12-11T10:00:00+07:00"), Amount(14, Unit.CALENDAR_DAY), WIB)
        assert on(found) == "2026-12-25"

    def test_calendar_days_need_no_holidays_so_they_are_never_provisional(self) -> None:
        assert not due(at("2031-01-01T00:00:00Z"), Amount(30, Unit.CALENDAR_DAY), WIB).provisional

    def test_sixty_working_days_reach_over_three_months_of_holidays(self) -> None:
        # From Monday 5 January 2026: 16 January, 16 and 17 February, 18 to 20, 23 and 24 March and 3 April are closed.
        assert on(due(at("2026-01-05T09:00:00+07:00"), days(60), WIB)) == "2026-04-10"

    def test_a_unit_open_one_day_a_week(self) -> None:
        thursdays = a_calendar(week={3: OFFICE}, closed=[date(2026, 7, 16)])
        assert on(due(MONDAY_NOON, days(3), thursdays)) == "2026-07-30"

    def test_two_hundred_and_fifty_years_of_working_days(self) -> None:
        found = due(MONDAY_NOON, days(65_000), WIB)
        assert found.provisional
        assert found.date is not None
        assert found.date.year > 2270

    def test_a_deadline_after_the_last_date_there_is_is_refused_at_once(self) -> None:
        for amount in (days(10**9), minutes(10**15), Amount(10**30, Unit.CALENDAR_DAY)):
            with pytest.raises(Invalid):
                due(MONDAY_NOON, amount, WIB)


class TestMinutes:
    def test_exactly_at_opening_the_whole_day_is_there(self) -> None:
        found = due(at("2026-07-06T08:00:00+07:00"), minutes(420), WIB)
        assert found.at == at("2026-07-06T16:00:00+07:00")

    def test_exactly_at_closing_nothing_of_the_day_is_left(self) -> None:
        found = due(at("2026-07-06T16:00:00+07:00"), minutes(1), WIB)
        assert found.at == at("2026-07-07T08:01:00+07:00")

    def test_a_target_that_fills_the_morning_is_due_at_noon_not_after_lunch(self) -> None:
        assert due(at("2026-07-06T08:00:00+07:00"), minutes(240), WIB).at == MONDAY_NOON

    def test_split_shifts_are_added_up(self) -> None:
        split = a_calendar(week={0: ((time(6), time(7)), (time(12), time(12, 30)), (time(20), END_OF_DAY))})
        found = due(at("2026-07-06T06:30:00+07:00"), minutes(90), split)
        assert found.at == at("2026-07-06T20:30:00+07:00")

    def test_closing_at_midnight_is_due_at_midnight_and_shown_on_the_day_that_ends(self) -> None:
        late = a_calendar(week={0: ((time(20), END_OF_DAY),)})
        found = due(MONDAY_NOON, minutes(240), late)
        assert (found.at, on(found)) == (at("2026-07-07T00:00:00+07:00"), "2026-07-06")

    def test_seconds_are_kept(self) -> None:
        found = due(at("2026-07-06T08:00:30+07:00"), minutes(1), WIB)
        assert found.at == at("2026-07-06T08:01:30+07:00")

    def test_hours_of_the_fasting_month_replace_the_week(self) -> None:
        short: Week = tuple(((time(8), time(14)),) if index < 5 else () for index in range(7))
        special = SpecialHours(date(2026, 7, 6), date(2026, 7, 7), short)
        calendar = a_calendar(exceptions=(special,))
        start = at("2026-07-06T07:00:00+07:00")
        assert due(start, minutes(361), calendar).at == at("2026-07-07T08:01:00+07:00")
        # Lunch is worked through on both days, and the day after is an ordinary one.
        assert due(start, minutes(720), calendar).at == at("2026-07-07T14:00:00+07:00")
        assert due(start, minutes(961), calendar).at == at("2026-07-08T13:01:00+07:00")

    def test_a_move_in_the_middle_of_the_day_counts_the_rest_by_the_new_hours(self) -> None:
        # 10:00 WIB is 12:00 WIT: two hours counted in WIB, then lunch until 13:00 WIT.
        moves = [Move(at("2026-07-06T10:00:00+07:00"), WIT)]
        found = due(at("2026-07-06T08:00:00+07:00"), minutes(121), WIB, moves=moves)
        assert found.at == at("2026-07-06T13:01:00+09:00")


class TestPauses:
    def test_a_pause_within_one_date_saves_nothing(self) -> None:
        pause = Pause(at("2026-07-07T00:00:01+07:00"), at("2026-07-07T23:59:59+07:00"))
        assert on(due(MONDAY_NOON, days(1), WIB, pauses=[pause])) == "2026-07-07"

    def test_a_pause_that_begins_on_the_due_date_moves_it(self) -> None:
        pause = Pause(at("2026-07-07T23:59:59+07:00"), at("2026-07-08T00:00:01+07:00"))
        assert on(due(MONDAY_NOON, days(1), WIB, pauses=[pause])) == "2026-07-08"

    def test_a_pause_that_begins_at_the_closing_midnight_comes_too_late(self) -> None:
        pause = Pause(at("2026-07-08T00:00:00+07:00"), at("2026-07-20T00:00:00+07:00"))
        assert on(due(MONDAY_NOON, days(1), WIB, pauses=[pause])) == "2026-07-07"

    def test_a_pause_that_ends_at_the_closing_midnight_saves_the_day(self) -> None:
        pause = Pause(at("2026-07-07T12:00:00+07:00"), at("2026-07-08T00:00:00+07:00"))
        assert on(due(MONDAY_NOON, days(1), WIB, pauses=[pause])) == "2026-07-08"

    def test_overlapping_pauses_count_once(self) -> None:
        one = Pause(at("2026-07-07T12:00:00+07:00"), at("2026-07-09T12:00:00+07:00"))
        two = Pause(at("2026-07-08T12:00:00+07:00"), at("2026-07-09T13:00:00+07:00"))
        both = due(MONDAY_NOON, days(3), WIB, pauses=[one, two, one])
        assert both == due(MONDAY_NOON, days(3), WIB, pauses=[one])

    def test_two_pauses_in_one_minute_save_nothing_and_lose_nothing(self) -> None:
        start = at("2026-07-07T10:00:00+07:00")
        pauses = [
            Pause(start, start + timedelta(seconds=10)),
            Pause(start + timedelta(seconds=20), start + timedelta(seconds=30)),
        ]
        assert due(MONDAY_NOON, days(2), WIB, pauses=pauses) == due(MONDAY_NOON, days(2), WIB)
        later = due(MONDAY_NOON, minutes(590), WIB, pauses=pauses).at
        plain = due(MONDAY_NOON, minutes(590), WIB).at
        assert later is not None
        assert plain is not None
        assert later - plain == timedelta(seconds=20)

    def test_a_pause_that_runs_into_the_next_saves_the_days_of_both(self) -> None:
        first = Pause(at("2026-07-07T12:00:00+07:00"), at("2026-07-08T12:00:00+07:00"))
        second = Pause(first.end or MONDAY_NOON, at("2026-07-09T12:00:00+07:00"))
        assert on(due(MONDAY_NOON, days(1), WIB, pauses=[first, second])) == "2026-07-09"

    def test_pauses_that_touch_at_midnight_save_both_days(self) -> None:
        middle = at("2026-07-08T00:00:00+07:00")
        pauses = [Pause(at("2026-07-07T12:00:00+07:00"), middle), Pause(middle, at("2026-07-09T09:00:00+07:00"))]
        assert on(due(MONDAY_NOON, days(1), WIB, pauses=pauses)) == "2026-07-09"

    @pytest.mark.parametrize("moment", ["2026-07-07T12:00:00+07:00", "2026-07-08T00:00:00+07:00"])
    def test_a_pause_without_length_changes_nothing(self, moment: str) -> None:
        pause = Pause(at(moment), at(moment))
        assert due(MONDAY_NOON, days(1), WIB, pauses=[pause]) == due(MONDAY_NOON, days(1), WIB)
        assert due(MONDAY_NOON, minutes(600), WIB, pauses=[pause]) == due(MONDAY_NOON, minutes(600), WIB)

    def test_a_pause_over_holidays_saves_only_working_days(self) -> None:
        # 18 to 24 March 2026 are all closed: the pause covers them and one working day, the 25th.
        pause = Pause(at("2026-03-17T12:00:00+07:00"), at("2026-03-26T09:00:00+07:00"))
        start = at("2026-03-13T12:00:00+07:00")
        assert on(due(start, days(3), WIB)) == "2026-03-25"
        assert on(due(start, days(3), WIB, pauses=[pause])) == "2026-03-27"

    def test_a_start_inside_a_pause(self) -> None:
        pause = Pause(at("2026-07-01T00:00:00Z"), at("2026-07-08T12:00:00+07:00"))
        assert on(due(MONDAY_NOON, days(1), WIB, pauses=[pause])) == "2026-07-08"
        assert due(MONDAY_NOON, minutes(30), WIB, pauses=[pause]).at == at("2026-07-08T13:30:00+07:00")

    def test_a_pause_after_the_deadline_changes_nothing(self) -> None:
        pause = Pause(at("2026-07-09T00:00:00+07:00"))
        assert on(due(MONDAY_NOON, days(1), WIB, pauses=[pause])) == "2026-07-07"

    def test_a_pause_without_end_leaves_no_deadline(self) -> None:
        pause = Pause(at("2026-07-07T12:00:00+07:00"))
        for amount in (days(1), minutes(900), Amount(2, Unit.CALENDAR_DAY)):
            assert due(MONDAY_NOON, amount, WIB, pauses=[pause]) == Due(None, None, False)

    def test_minutes_reached_the_moment_a_pause_begins_are_reached(self) -> None:
        pause = Pause(at("2026-07-06T14:00:00+07:00"))
        assert due(MONDAY_NOON, minutes(60), WIB, pauses=[pause]).at == at("2026-07-06T14:00:00+07:00")
        assert due(MONDAY_NOON, minutes(61), WIB, pauses=[pause]).at is None

    def test_a_reversed_pause_is_refused(self) -> None:
        with pytest.raises(Invalid):
            due(MONDAY_NOON, days(1), WIB, pauses=[Pause(MONDAY_NOON, MONDAY_NOON - timedelta(minutes=1))])


class TestMoves:
    def test_going_west_before_the_new_midnight_does_not_use_a_date_twice(self) -> None:
        # 7 July ends in WIT at 22:00 WIB, then the ticket moves, and 7 July ends again.
        moves = [Move(at("2026-07-07T23:00:00+07:00"), WIB)]
        assert on(due(MONDAY_NOON, days(2), WIT, moves=moves)) == "2026-07-08"

    def test_going_east_after_the_new_midnight_gives_the_date_away(self) -> None:
        moves = [Move(at("2026-07-07T23:00:00+07:00"), WIT)]
        assert on(due(MONDAY_NOON, days(1), WIB, moves=moves)) == "2026-07-08"

    def test_there_and_back_within_an_evening(self) -> None:
        moves = [Move(at("2026-07-07T22:30:00+07:00"), WIB), Move(at("2026-07-07T23:30:00+07:00"), WIT)]
        assert on(due(MONDAY_NOON, days(2), WIT, moves=moves)) == "2026-07-08"

    def test_a_day_saved_by_a_pause_in_the_east_may_still_be_used_up_in_the_west(self) -> None:
        pause = Pause(at("2026-07-07T21:30:00+07:00"), at("2026-07-07T22:30:00+07:00"))
        moves = [Move(at("2026-07-07T23:00:00+07:00"), WIB)]
        found = due(MONDAY_NOON, days(1), WIT, pauses=[pause], moves=moves)
        assert found.at == at("2026-07-08T00:00:00+07:00")

    def test_a_move_at_the_closing_midnight_leaves_the_day_to_the_old_calendar(self) -> None:
        closed_there = a_calendar(closed=[date(2026, 7, 7)], key="there")
        moves = [Move(at("2026-07-08T00:00:00+07:00"), closed_there)]
        assert on(due(MONDAY_NOON, days(1), WIB, moves=moves)) == "2026-07-07"

    def test_a_move_after_the_deadline_changes_nothing(self) -> None:
        moves = [Move(at("2026-07-10T00:00:00Z"), WIT)]
        assert due(MONDAY_NOON, days(2), WIB, moves=moves) == due(MONDAY_NOON, days(2), WIB)

    def test_a_move_before_the_start_only_says_which_calendar_counts(self) -> None:
        moves = [Move(at("2026-07-01T00:00:00Z"), WIT)]
        assert due(MONDAY_NOON, days(2), WIB, moves=moves) == due(MONDAY_NOON, days(2), WIT)

    def test_the_order_in_which_moves_are_told_does_not_matter(self) -> None:
        moves = [Move(at("2026-07-07T03:00:00Z"), WITA), Move(at("2026-07-08T03:00:00Z"), WIT)]
        assert due(MONDAY_NOON, days(4), WIB, moves=moves) == due(MONDAY_NOON, days(4), WIB, moves=moves[::-1])


class TestProvisional:
    def test_a_year_without_data_is_counted_by_the_week_and_marked(self) -> None:
        found = due(at("2026-12-28T03:00:00Z"), days(5), WIB)
        assert (on(found), found.provisional) == ("2027-01-04", True)

    def test_a_deadline_on_the_last_known_day_is_firm(self) -> None:
        assert not due(at("2026-12-28T03:00:00Z"), days(3), WIB).provisional

    def test_a_start_in_an_unknown_year_whose_first_day_is_known_is_firm(self) -> None:
        known = a_calendar(years=frozenset({2026}))
        assert not due(at("2025-12-31T03:00:00Z"), days(1), known).provisional

    def test_the_calendar_that_counted_before_a_move_may_lack_the_year(self) -> None:
        blank = a_calendar(years=frozenset(), key="blank")
        moves = [Move(at("2026-07-08T03:00:00Z"), WIB)]
        assert due(MONDAY_NOON, days(3), blank, moves=moves).provisional

    def test_a_calendar_moved_to_after_the_deadline_does_not_matter(self) -> None:
        moves = [Move(at("2026-08-01T00:00:00Z"), a_calendar(years=frozenset()))]
        assert not due(MONDAY_NOON, days(3), WIB, moves=moves).provisional

    def test_minutes_too(self) -> None:
        assert due(at("2027-01-04T03:00:00Z"), minutes(5), WIB).provisional


class TestRefusals:
    @pytest.mark.parametrize("number", [0, -1])
    def test_an_amount_below_one(self, number: int) -> None:
        for amount in (days(number), minutes(number)):
            with pytest.raises(Invalid):
                due(MONDAY_NOON, amount, WIB)

    def test_an_instant_without_zone(self) -> None:
        with pytest.raises(Invalid):
            due(datetime(2026, 7, 6, 12), days(1), WIB)  # noqa: DTZ001

    def test_the_last_year(self) -> None:
        with pytest.raises(Invalid):
            due(datetime(9999, 12, 31, 23, tzinfo=UTC), days(1), WIB)

    @pytest.mark.parametrize(
        "week",
        [
            {},
            {"mon": []},
            {"mon": [["12:00", "08:00"]]},
            {"mon": [["08:00", "08:00"]]},
            {"mon": [["08:00", "12:00"], ["11:59", "16:00"]]},
            {"someday": [["08:00", "12:00"]]},
            {"mon": [["08:00"]]},
            {"mon": [["8 o'clock", "12:00"]]},
            {"mon": ["08:00", "12:00"]},
            [],
            None,
        ],
    )
    def test_a_calendar_that_cannot_be(self, week: object) -> None:
        with pytest.raises(Invalid):
            parse("broken", {"zone": "Asia/Jakarta", "week": week})

    @pytest.mark.parametrize("zone", ["", "WIB", "Asia/Atlantis", "../zone", "Asia", None, 7])
    def test_a_zone_nobody_knows(self, zone: object) -> None:
        with pytest.raises(Invalid):
            parse("broken", {"zone": zone, "week": {"mon": [["08:00", "12:00"]]}})

    def test_special_hours_that_overlap(self) -> None:
        week = WIB.week
        first = SpecialHours(date(2026, 2, 18), date(2026, 3, 19), week)
        second = SpecialHours(date(2026, 3, 19), date(2026, 3, 20), week)
        with pytest.raises(Invalid):
            a_calendar(exceptions=(first, second))

    def test_shifts_that_touch_are_fine(self) -> None:
        calendar = parse("day", {"zone": "Asia/Jakarta", "week": {"mon": [["12:00", "24:00"], ["00:00", "12:00"]]}})
        assert due(MONDAY_NOON, minutes(720), calendar).at == at("2026-07-07T00:00:00+07:00")


def test_used_is_nothing_before_the_start() -> None:
    assert used(MONDAY_NOON, MONDAY_NOON - timedelta(days=9), Unit.WORKING_DAY, WIB) == 0
    assert used(MONDAY_NOON, MONDAY_NOON, Unit.WORKING_MINUTE, WIB) == 0


def test_a_day_is_used_up_at_its_midnight_and_not_a_moment_before() -> None:
    midnight = at("2026-07-08T00:00:00+07:00")
    assert used(MONDAY_NOON, midnight - timedelta(microseconds=1), Unit.WORKING_DAY, WIB) == 0
    assert used(MONDAY_NOON, midnight, Unit.WORKING_DAY, WIB) == 1


def test_working_minutes_leave_out_nights_pauses_and_the_part_of_a_minute() -> None:
    pause = Pause(at("2026-07-07T08:00:00+07:00"), at("2026-07-07T09:00:00+07:00"))
    assert working_minutes(MONDAY_NOON, at("2026-07-07T09:30:59+07:00"), WIB, [pause]) == 180 + 30


def test_summer_time_shortens_a_night_shift() -> None:
    nights: Calendar = parse(
        "far", {"zone": "Europe/Amsterdam", "week": {day: [["00:00", "06:00"]] for day in ("sat", "sun", "mon")}}
    )
    assert working_minutes(at("2026-03-28T23:00:00Z"), at("2026-03-29T12:00:00Z"), nights) == 300


def test_each_day_more_is_a_later_date() -> None:
    dates = [on(due(MONDAY_NOON, days(number), WIB)) for number in range(1, 300)]
    assert all(one < two for one, two in pairwise(dates))
