"""The shipped holidays and policies."""

from __future__ import annotations

from datetime import date, timedelta

import holidays as published
import pytest

from feedback.clocks.data import shipped_holidays, shipped_rules
from feedback.clocks.rules.due import Amount, Unit
from feedback.clocks.rules.holidays import UNDECREED, HolidayKind, known_years
from feedback.clocks.rules.policy import NEVER_PAUSED, Certainty, ClockKind, Starts
from tests.clocks.samples import WIB

# Written down a second time from DOMAIN.md section 4.
HOLIDAYS_2026 = "1-1 1-16 2-17 3-19 3-21 3-22 4-3 4-5 5-1 5-14 5-27 5-31 6-1 6-16 8-17 8-25 12-25"
LEAVE_2026 = "2-16 3-18 3-20 3-23 3-24 5-15 5-28 12-24"


def dates(year: int, kind: HolidayKind | None = None) -> set[date]:
    return {each.date for each in shipped_holidays() if each.date.year == year and kind in (None, each.kind)}


def written(text: str) -> set[date]:
    return {date(2026, *map(int, each.split("-"))) for each in text.split()}


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_agrees_with_the_published_lists(year: int) -> None:
    public = published.country_holidays("ID", years=year, categories=("public",))
    leave = published.country_holidays("ID", years=year, categories=("government",))
    assert dates(year, HolidayKind.PUBLIC_HOLIDAY) == set(public)
    assert dates(year, HolidayKind.COLLECTIVE_LEAVE) == set(leave) - set(public)


def test_2026_is_the_list_of_the_domain_and_leaves_240_working_days() -> None:
    assert dates(2026, HolidayKind.PUBLIC_HOLIDAY) == written(HOLIDAYS_2026)
    assert dates(2026, HolidayKind.COLLECTIVE_LEAVE) == written(LEAVE_2026)
    year = [date(2026, 1, 1) + timedelta(days=index) for index in range(365)]
    assert sum(1 for day in year if day.weekday() < 5 and day not in dates(2026)) == 240


@pytest.mark.parametrize("year", [2025, 2026])
def test_agrees_with_the_closed_dates_of_the_vectors(year: int) -> None:
    assert dates(year) == {day for day in WIB.closed if day.year == year}


def test_every_holiday_is_named_once_and_has_a_decree() -> None:
    listed = shipped_holidays()
    assert len({each.date for each in listed}) == len(listed)
    assert all(each.name and each.decree for each in listed)
    assert all(each.decree != UNDECREED for each in listed if each.date.year <= 2026)


def test_a_year_without_decree_is_not_known() -> None:
    assert dates(2027)
    assert known_years(shipped_holidays()) == {2024, 2025, 2026}


@pytest.mark.parametrize(
    ("code", "number", "unit", "starts", "certainty"),
    [
        ("verify", 3, Unit.WORKING_DAY, Starts.RECEIVED, Certainty.LAW),
        ("first_response", 5, Unit.WORKING_DAY, Starts.VERIFIED, Certainty.LAW),
        ("resolve_information", 5, Unit.WORKING_DAY, Starts.ASSIGNED, Certainty.SECONDARY),
        ("resolve_normative", 5, Unit.WORKING_DAY, Starts.ASSIGNED, Certainty.SECONDARY),
        ("resolve_non_oversight", 14, Unit.WORKING_DAY, Starts.ASSIGNED, Certainty.SECONDARY),
        ("resolve_oversight", 60, Unit.WORKING_DAY, Starts.ASSIGNED, Certainty.SECONDARY),
        ("uu25_completeness", 14, Unit.CALENDAR_DAY, Starts.RECEIVED, Certainty.LAW),
        ("uu25_decision", 60, Unit.CALENDAR_DAY, Starts.DECLARED_COMPLETE, Certainty.LAW),
        ("kip_answer", 10, Unit.WORKING_DAY, Starts.RECEIVED, Certainty.LAW),
        ("completion", 30, Unit.CALENDAR_DAY, Starts.ASKED, Certainty.LAW),
        ("confirmation", 10, Unit.WORKING_DAY, Starts.ANSWERED, Certainty.LAW),
    ],
)
def test_limits_are_those_of_the_domain(
    code: str, number: int, unit: Unit, starts: Starts, certainty: Certainty
) -> None:
    rule = next(each for each in shipped_rules() if each.code == code)
    assert (rule.amount, rule.starts_at, rule.certainty) == (Amount(number, unit), starts, certainty)
    assert rule.source


def test_every_clock_has_a_rule_and_promises_never_pause() -> None:
    rules = shipped_rules()
    assert {rule.clock for rule in rules} == set(ClockKind)
    assert len({rule.code for rule in rules}) == len(rules)
    assert {rule.clock for rule in rules if rule.pausable}.isdisjoint(NEVER_PAUSED)
