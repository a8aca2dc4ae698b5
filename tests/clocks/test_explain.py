"""The explanation of a deadline."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise

from hypothesis import given, settings

from feedback.clocks.rules.calendar import Calendar
from feedback.clocks.rules.due import Amount, Unit, due
from feedback.clocks.rules.explain import Line, What, explain
from feedback.clocks.rules.timeline import Move, Pause
from tests.clocks.samples import WIB, WIT, at
from tests.clocks.test_properties import amounts, calendars, instants, pauses

NAMES = {date(2026, 3, 19): "Nyepi"}


def day(number: int, month: int = 7) -> date:
    return date(2026, month, number)


def test_a_plain_week() -> None:
    lines = explain(at("2026-07-09T12:00:00+07:00"), Amount(3, Unit.WORKING_DAY), WIB)
    assert lines == (
        Line(day(9), day(9), What.STARTED),
        Line(day(10), day(10), What.COUNTED, 1),
        Line(day(11), day(12), What.CLOSED_WEEKDAY),
        Line(day(13), day(14), What.COUNTED, 3),
        Line(day(14), day(14), What.DUE, 3),
    )


def test_holidays_by_name_and_the_reason_of_a_pause() -> None:
    pause = Pause(at("2026-03-17T12:00:00+07:00"), at("2026-03-18T12:00:00+07:00"), "Menunggu suku cadang")
    start = at("2026-03-16T12:00:00+07:00")
    lines = explain(start, Amount(1, Unit.WORKING_DAY), WIB, pauses=[pause], names=NAMES)
    told = [(line.what, line.name) for line in lines]
    assert (What.PAUSED, "Menunggu suku cadang") in told
    assert (What.CLOSED_DATE, "Nyepi") in told
    assert lines[-1].first == day(25, 3)


def test_a_move_names_the_calendar_and_the_day_given_away() -> None:
    moves = [Move(at("2026-07-07T23:00:00+07:00"), WIT)]
    lines = explain(at("2026-07-06T12:00:00+07:00"), Amount(1, Unit.WORKING_DAY), WIB, moves=moves)
    assert [line.what for line in lines] == [
        What.STARTED, What.NOT_COUNTED, What.MOVED, What.COUNTED, What.DUE
    ]  # fmt: skip
    assert lines[2].name == "wit"


def test_minutes_tell_how_many_were_used() -> None:
    lines = explain(at("2026-07-10T15:00:00+07:00"), Amount(100, Unit.WORKING_MINUTE), WIB)
    counted = [(line.first, line.count) for line in lines if line.what is What.COUNTED]
    assert counted == [(day(10), 90), (day(13), 100)]


def test_a_clock_that_stands_still_is_told_up_to_its_pause() -> None:
    pause = Pause(at("2026-07-08T12:00:00+07:00"))
    lines = explain(at("2026-07-06T12:00:00+07:00"), Amount(5, Unit.WORKING_DAY), WIB, pauses=[pause])
    assert (lines[-1].last, What.DUE in [line.what for line in lines]) == (day(8), False)


@settings(deadline=None, max_examples=50)
@given(instants, amounts, calendars, pauses)
def test_every_date_is_told_once_and_the_last_count_is_the_amount(
    start: datetime, amount: Amount, calendar: Calendar, held: list[Pause]
) -> None:
    lines = explain(start, amount, calendar, pauses=held)
    found = due(start, amount, calendar, pauses=held)
    dates = [line for line in lines if line.what is not What.DUE]
    assert all((two.first - one.last).days == 1 for one, two in pairwise(dates))
    assert dates[-1].last == found.date
    assert found.date is not None
    assert lines[-1] == Line(found.date, found.date, What.DUE, amount.number)
    assert max(line.count for line in dates) == amount.number


def test_the_worked_example_of_the_documentation() -> None:
    pause = Pause(at("2026-03-17T15:00:00+07:00"), at("2026-03-25T09:00:00+07:00"))
    start, amount = at("2026-03-13T10:00:00+07:00"), Amount(5, Unit.WORKING_DAY)
    assert due(start, amount, WIB, pauses=[pause]).at == at("2026-03-30T17:00:00Z")
    assert due(start, amount, WIB).date == day(27, 3)
    told = [(line.first.day, line.what, line.count) for line in explain(start, amount, WIB, pauses=[pause])]
    assert told == [
        (13, What.STARTED, 0),
        (14, What.CLOSED_WEEKDAY, 0),
        (16, What.COUNTED, 1),
        (17, What.PAUSED, 0),
        (18, What.CLOSED_DATE, 0),
        (25, What.COUNTED, 4),
        (28, What.CLOSED_WEEKDAY, 0),
        (30, What.COUNTED, 5),
        (30, What.DUE, 5),
    ]
