from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.clocks.rules.words import ClockState
from feedback.insight.rules.buckets import LARGEST_ERROR, LONGEST_SECONDS, bounds, bucket_of, percentile_of
from feedback.insight.rules.facts import covering, months_of, next_month
from feedback.insight.rules.lanes import LANES, SECOND_BOUNDS, blank, packed, pour, summed, together, unpacked
from feedback.insight.rules.measures import COUNTED, LABELS, MEANINGS, Measure, Standing, standing
from feedback.insight.rules.period import chosen_period, presets
from feedback.insight.rules.sheet import csv_lines, safe
from feedback.insight.rules.spread import percentile, spread_of
from feedback.kernel.errors import Invalid

TODAY = date(2026, 3, 17)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([], 50, None),
        ([7], 50, 7.0),
        ([7], 90, 7.0),
        ([10, 20], 50, 15.0),
        ([10, 20], 90, 19.0),
        ([1, 2, 3], 50, 2.0),
        ([1, 2, 3, 10], 50, 2.5),
        # rank 9 x 0.9 = 8.1: 90 + 0.1 x 10
        ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 90, 91.0),
        # rank 10 x 0.9 = 9 exactly
        (list(range(11)), 90, 9.0),
        ([5, 5, 5, 5], 90, 5.0),
    ],
)
def test_percentile_lies_on_a_line_between_the_closest_ranks(values: list[int], percent: int, expected: float | None) -> None:
    assert percentile(values, percent) == expected


@pytest.mark.parametrize("n", [11, 31, 71, 101, 1001])
def test_a_rank_that_is_whole_gives_that_very_value(n: int) -> None:
    assert percentile(list(range(n)), 90) == (n - 1) * 9 // 10


def test_spread_sorts_and_marks_few() -> None:
    lower = bounds(1000)
    histogram = [0] * len(lower)
    for value in (20, 10, 24):
        histogram[bucket_of(value, lower)] += 1
    assert spread_of(histogram, lower).median == 20.0
    assert [spread_of([n], lower).small for n in (0, 1, 4, 5)] == [False, True, True, False]


@given(st.lists(st.integers(0, LONGEST_SECONDS), min_size=1, max_size=60), st.sampled_from([10, 50, 75, 90, 99]))
def test_percentiles_of_histograms_are_at_most_two_percent_off(values: list[int], percent: int) -> None:
    histogram = [0] * len(SECOND_BOUNDS)
    for value in values:
        histogram[bucket_of(value, SECOND_BOUNDS)] += 1
    exact = percentile(sorted(values), percent)
    assert exact is not None
    assert percentile_of(histogram, SECOND_BOUNDS, percent) == pytest.approx(exact, rel=LARGEST_ERROR)


@given(st.dictionaries(st.integers(0, LANES - 1), st.integers(0, 2**40), max_size=30))
def test_lanes_come_back_as_they_were_stored(amounts: dict[int, int]) -> None:
    once = blank()
    pour(once, unpacked(packed(amounts)))
    found = together([once, once])
    assert found == summed([packed(amounts), packed(amounts)])
    assert {lane: number for lane, number in enumerate(found) if number} == {
        lane: 2 * amount for lane, amount in amounts.items() if amount
    }


@given(st.dates(date(2023, 1, 1), date(2026, 12, 31)), st.integers(0, 800))
def test_spans_cover_a_period_exactly_once(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    spans = covering(first, last)
    dates = [one for span in spans for one in dates_of(span)]
    assert dates == [first + timedelta(days=day) for day in range(days + 1)]
    assert len(spans) <= days // 30 + 25


def dates_of(span: str) -> list[date]:
    if span[0] == "m":
        start = date.fromisoformat(f"{span[1:]}-01")
        return [start + timedelta(days=day) for day in range((next_month(start) - start).days)]
    if span[0] == "q":
        return [one for month in months_of([span]) for one in dates_of(month)]
    start = date.fromisoformat(span[1:])
    return [start + timedelta(days=day) for day in range(7 if span[0] == "w" else 1)]


def test_every_measure_has_words() -> None:
    assert set(LABELS) == set(MEANINGS) == set(Measure)
    assert len(set(COUNTED)) == len(COUNTED)


def test_usual_period_is_ninety_days_ending_today() -> None:
    period = chosen_period(None, None, None, today=TODAY, zone="Asia/Jayapura")
    assert (period.first, period.last) == (date(2025, 12, 18), TODAY)
    assert (period.last - period.first).days == 89


def test_period_begins_and_ends_at_local_midnights() -> None:
    period = chosen_period(date(2026, 3, 1), date(2026, 3, 1), None, today=TODAY, zone="Asia/Jayapura")
    assert period.start == datetime(2026, 2, 28, 15, tzinfo=UTC)
    assert period.end == datetime(2026, 3, 1, 15, tzinfo=UTC)


def test_a_year_wins_over_dates() -> None:
    period = chosen_period(date(2026, 3, 1), None, 2022, today=TODAY, zone="Asia/Jakarta")
    assert (period.first, period.last) == (date(2022, 1, 1), date(2022, 12, 31))


def test_only_a_first_date_runs_to_today_and_a_future_one_to_itself() -> None:
    assert chosen_period(date(2026, 1, 1), None, None, today=TODAY, zone="Asia/Jakarta").last == TODAY
    assert chosen_period(date(2027, 1, 1), None, None, today=TODAY, zone="Asia/Jakarta").last == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 3, 2), date(2026, 3, 1), "sampai"),
        (date(1, 1, 1), None, "dari"),
        (None, date(9999, 12, 31), "sampai"),
    ],
)
def test_impossible_periods_are_refused_at_their_field(first: date | None, last: date | None, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        chosen_period(first, last, None, today=TODAY, zone="Asia/Jakarta")
    assert refusal.value.field == field


def test_presets_in_december_and_january() -> None:
    december = presets(date(2026, 12, 31))
    assert (december[1].first, december[1].last) == (date(2026, 12, 1), date(2026, 12, 31))
    january = presets(date(2026, 1, 31))
    assert (january[2].first, january[2].last) == (date(2025, 12, 1), date(2025, 12, 31))
    assert [preset.year for preset in january[4:]] == [2025, 2024, 2023, 2022]


@pytest.mark.parametrize("text", ["=1+1", "+62812", "-3", "@cmd", "\tx", "  =HYPERLINK(1)", "\uff1d1"])
def test_texts_that_begin_like_formulas_are_made_harmless(text: str) -> None:
    assert safe(text) == "'" + text


def test_csv_has_a_mark_quotes_and_keeps_numbers() -> None:
    text = "".join(csv_lines(["Unit", "Masuk"], [['Bidang "A", B', 3], ["-x", -1.5], ["dua\nbaris", None]]))
    assert text == '\ufeffUnit,Masuk\r\n"Bidang ""A"", B",3\r\n\'-x,-1.5\r\n"dua\nbaris",\r\n'


def test_standing_of_clocks() -> None:
    assert standing(ClockState.RUNNING, overdue=False) is Standing.RUNNING
    assert standing(ClockState.RUNNING, overdue=True) is Standing.OVERDUE
    # What stopped in time stays so, however late it is now.
    assert standing(ClockState.MET, overdue=True) is Standing.KEPT
    assert standing(ClockState.MISSED, overdue=False) is Standing.LATE
