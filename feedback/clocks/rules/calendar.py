"""Working calendars: opening hours by weekday, closed dates and dated exceptions, in one time zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark

Hours = tuple[time, time]
Day = tuple[Hours, ...]
Week = tuple[Day, ...]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# `datetime.time` has no 24:00; its last value stands for the midnight that ends the day.
END_OF_DAY = time.max
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SpecialHours:
    """A replacement week in force from ``first`` to ``last``, both included (hours in Ramadan, a long closure)."""

    first: date
    last: date
    week: Week


@dataclass(frozen=True)
class Calendar:
    """When a unit is open. ``years`` are those whose closed dates are known; others give provisional deadlines.

    Refuses a calendar without any open time, with overlapping hours or with hours that close before they open
    (``Invalid``; DOMAIN.md 4, rule 13).
    """

    key: str
    zone: ZoneInfo
    week: Week
    closed: frozenset[date] = frozenset()
    exceptions: tuple[SpecialHours, ...] = ()
    years: frozenset[int] = field(default=frozenset())

    def __post_init__(self) -> None:
        _check_week(self.week)
        if not any(self.week):
            raise Invalid(mark("Kalender harus memiliki jam buka."), field="week")
        previous: date | None = None
        for special in sorted(self.exceptions, key=lambda each: each.first):
            _check_week(special.week)
            if special.last < special.first or (previous is not None and special.first <= previous):
                raise Invalid(mark("Masa jam khusus tidak boleh terbalik atau bertumpuk."), field="exceptions")
            previous = special.last

    def hours(self, day: date) -> Day:
        """The opening hours of a local date; empty when it is closed."""
        if day in self.closed:
            return ()
        for special in self.exceptions:
            if special.first <= day <= special.last:
                return special.week[day.weekday()]
        return self.week[day.weekday()]

    def is_working_day(self, day: date) -> bool:
        """A day with open time that is neither a holiday, collective leave nor a local closed day (rule 4)."""
        return bool(self.hours(day))

    def local_date(self, instant: datetime) -> date:
        """The date people of this calendar's zone write at that instant."""
        return instant.astimezone(self.zone).date()

    def closing_midnight(self, day: date) -> datetime:
        """The instant, in UTC, at which the local date ends."""
        return self._instant(day, END_OF_DAY)

    def open_between(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The half-open stretches ``[open, close)`` of a local date, in UTC."""
        for opening, closing in self.hours(day):
            yield self._instant(day, opening), self._instant(day, closing)

    def _instant(self, day: date, at: time) -> datetime:
        if at == END_OF_DAY:
            day, at = day + _ONE_DAY, time.min
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)

    @cached_property
    def fullest_week(self) -> tuple[int, int]:
        """The most working days and the most open minutes any of its weeks has: bounds a search, decides nothing."""
        weeks = (self.week, *(special.week for special in self.exceptions))
        # A dated exception can begin in mid-week, so the days are bounded one by one. The hour more is for summer time.
        days = sum(any(week[index] for week in weeks) for index in range(7))
        minutes = sum(max(_minutes(week[index]) for week in weeks) for index in range(7))
        return days, minutes + 60


def parse(key: str, written: Mapping[str, Any]) -> Calendar:
    """A calendar from its JSON form: ``zone``, ``week``, ``closed``, and optionally ``exceptions`` and ``years``.

    Without ``years`` the years that have a closed date are the known ones. Anything malformed is ``Invalid``.
    """
    if not isinstance(written, Mapping):
        raise Invalid(mark("Kalender tidak dapat dibaca."), field="calendar")
    closed = frozenset(_date(each) for each in _list(written.get("closed", [])))
    years = written.get("years")
    known = {day.year for day in closed} if years is None else {_year(each) for each in _list(years)}
    return Calendar(
        key=key,
        zone=parse_zone(written.get("zone")),
        week=parse_week(written.get("week")),
        closed=closed,
        exceptions=tuple(_special(each) for each in _list(written.get("exceptions", []))),
        years=frozenset(known),
    )


def parse_zone(name: object) -> ZoneInfo:
    """The IANA zone of that name, or ``Invalid``."""
    try:
        if isinstance(name, str) and name:
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise Invalid(mark("Zona waktu tidak dikenal."), field="zone")


def parse_week(written: object) -> Week:
    """A week from ``{"mon": [["08:00", "12:00"], ...], ...}``; a missing weekday is closed, "24:00" ends the day."""
    if not isinstance(written, Mapping) or not set(written) <= set(WEEKDAYS):
        raise Invalid(mark("Minggu kerja tidak dapat dibaca."), field="week")
    return tuple(tuple(sorted(_hours(each) for each in _list(written.get(name, [])))) for name in WEEKDAYS)


def write_week(week: Week) -> dict[str, list[list[str]]]:
    """The JSON form of a week; the opposite of :func:`parse_week`."""
    return {
        name: [[_write_time(opening), _write_time(closing)] for opening, closing in day]
        for name, day in zip(WEEKDAYS, week, strict=True)
        if day
    }


def _check_week(week: Week) -> None:
    if len(week) != len(WEEKDAYS):
        raise Invalid(mark("Minggu kerja harus berisi tujuh hari."), field="week")
    for day in week:
        previous: time | None = None
        for opening, closing in day:
            if closing <= opening:
                raise Invalid(mark("Jam tutup harus sesudah jam buka."), field="week")
            if previous is not None and opening < previous:
                raise Invalid(mark("Jam buka tidak boleh bertumpuk dan harus berurutan."), field="week")
            previous = closing


def _minutes(day: Day) -> int:
    """Open minutes of a day, rounded up."""
    return sum((closing.hour - opening.hour) * 60 + closing.minute - opening.minute + 1 for opening, closing in day)


def _list(value: object) -> Sequence[Any]:
    if isinstance(value, list):
        return value
    raise Invalid(mark("Kalender tidak dapat dibaca."), field="calendar")


def _hours(value: object) -> Hours:
    pair = _list(value)
    if len(pair) != 2:
        raise Invalid(mark("Jam buka ditulis sebagai pasangan buka dan tutup."), field="week")
    return _time(pair[0]), _time(pair[1])


def _time(value: object) -> time:
    if value == "24:00":
        return END_OF_DAY
    try:
        if isinstance(value, str):
            parsed = time.fromisoformat(value)
            if parsed.tzinfo is None:
                return parsed
    except ValueError:
        pass
    raise Invalid(mark("Jam ditulis seperti 08:00."), field="week")


def _write_time(value: time) -> str:
    return "24:00" if value == END_OF_DAY else value.isoformat("auto" if value.second else "minutes")


def _date(value: object) -> date:
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Invalid(mark("Tanggal ditulis seperti 2026-01-31."), field="closed")


def _year(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Invalid(mark("Tahun ditulis sebagai bilangan."), field="years")


def _special(value: object) -> SpecialHours:
    if not isinstance(value, Mapping):
        raise Invalid(mark("Masa jam khusus tidak dapat dibaca."), field="exceptions")
    return SpecialHours(
        first=_date(value.get("first")), last=_date(value.get("last")), week=parse_week(value.get("week"))
    )
