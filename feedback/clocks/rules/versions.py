"""Versions of calendars: what one says, which counts when, and how those below follow those above."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from feedback.clocks.rules.calendar import Calendar, SpecialHours, Week, write_week
from feedback.clocks.rules.holidays import Holiday, HolidayKind, decreed, known_years, write_holiday


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a version says."""

    week: Week
    exceptions: tuple[SpecialHours, ...]
    closed: tuple[Holiday, ...]
    years: frozenset[int]

    def calendar(self, key: str, zone: ZoneInfo) -> Calendar:
        """The calendar it makes; ``Invalid`` without any open time or with hours that overlap."""
        closed = frozenset(each.date for each in self.closed)
        return Calendar(key=key, zone=zone, week=self.week, closed=closed, exceptions=self.exceptions, years=self.years)

    def written(self) -> dict[str, Any]:
        """Its stored form."""
        special = [
            {"first": each.first.isoformat(), "last": each.last.isoformat(), "week": write_week(each.week)}
            for each in self.exceptions
        ]
        return {
            "week": write_week(self.week),
            "exceptions": special,
            "closed": [write_holiday(each) for each in self.closed],
            "years": sorted(self.years),
        }

    @property
    def local(self) -> tuple[Holiday, ...]:
        """The days only this calendar is closed."""
        return tuple(each for each in self.closed if each.kind is HolidayKind.LOCAL)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a calendar is to say from ``valid_from`` on; ``based_on`` is the version it was made from."""

    calendar_id: int
    key: str
    zone: ZoneInfo
    valid_from: date
    based_on: int | None
    before: Content | None
    after: Content

    @property
    def calendar(self) -> Calendar:
        """The calendar proposed; refuses what cannot be one."""
        return self.after.calendar(self.key, self.zone)


def with_decree(before: Content, holidays: Sequence[Holiday], *, whole_years: bool) -> Content:
    """The content after a decree: its dates are closed and its years known."""
    closed = decreed(before.closed, holidays, whole_years=whole_years)
    return replace(before, closed=closed, years=before.years | known_years(holidays))


def with_hours(
    before: Content,
    *,
    week: Week,
    exceptions: tuple[SpecialHours, ...],
    local: Iterable[Holiday],
    opened: Iterable[date],
) -> Content:
    """The content with other hours, its own closed days, and national closed days on which it works."""
    opened_days = frozenset(opened)
    national = (each for each in before.closed if each.kind is not HolidayKind.LOCAL)
    closed = {each.date: each for each in national if each.date not in opened_days}
    closed.update((each.date, each) for each in local)
    ordered = tuple(sorted(closed.values(), key=lambda each: each.date))
    return replace(before, week=week, exceptions=exceptions, closed=ordered)


def following(child: Content, before: Content, after: Content) -> Content:
    """What a calendar below says after the one above changed: where it said the same, it still does.

    Days it alone is closed, and days it alone works, stay its own.
    """
    was = {each.date: each for each in before.closed}
    now = {each.date: each for each in after.closed}
    kept = {each.date: each for each in child.closed if not (each == was.get(each.date) and each.date not in now)}
    news = {day: each for day, each in now.items() if day not in was or (day in kept and kept[day] == was[day])}
    # A local reason to be closed is kept beside a national one on the same date.
    closed = {**news, **{day: each for day, each in kept.items() if day not in news or each.kind is HolidayKind.LOCAL}}
    return Content(
        week=after.week if child.week == before.week else child.week,
        exceptions=after.exceptions if child.exceptions == before.exceptions else child.exceptions,
        closed=tuple(sorted(closed.values(), key=lambda each: each.date)),
        years=(child.years - before.years) | after.years,
    )


def first_moment(day: date, zone: ZoneInfo) -> datetime:
    """The instant a local date begins: the midnight that closed the date before."""
    return datetime.combine(day, datetime.min.time(), zone)


def differences(before: Content | None, after: Content) -> Mapping[str, Any]:
    """What a version changes, for people who decide about it: dates closed and opened, and whether hours change."""
    was = {each.date: each for each in before.closed} if before else {}
    now = {each.date: each for each in after.closed}
    return {
        "closed": tuple(each for day, each in now.items() if day not in was),
        "opened": tuple(each for day, each in was.items() if day not in now),
        "renamed": tuple(each for day, each in now.items() if day in was and was[day] != each),
        "hours": before is None or before.week != after.week,
        "special": before is None or before.exceptions != after.exceptions,
        "years": tuple(sorted(after.years - (before.years if before else frozenset()))),
    }
