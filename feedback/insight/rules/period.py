"""The period a cohort was received in: local dates of a unit, both included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark

USUAL_DAYS = 90
EARLIEST = date(2000, 1, 1)
LATEST = date(2100, 12, 31)
YEARS_OFFERED = 4


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last``, local dates in ``zone`` (IANA), both whole."""

    first: date
    last: date
    zone: str

    @property
    def start(self) -> datetime:
        """The instant at which the first date begins, UTC."""
        return midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The instant at which the last date is over (exclusive), UTC."""
        return midnight(self.last + timedelta(days=1), self.zone)


@dataclass(frozen=True, slots=True)
class Preset:
    """A period offered by name; a year has its number instead of a text."""

    first: date
    last: date
    label: str | None = None
    year: int | None = None


def midnight(day: date, zone: str) -> datetime:
    """The instant at which a local date begins, UTC."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def chosen_period(first: date | None, last: date | None, year: int | None, *, today: date, zone: str) -> Period:
    """The period asked for; a year wins, and what is missing is filled up to the usual 90 days ending today.

    Raises Invalid for dates outside 2000-2100 or in the wrong order.
    """
    if year is not None:
        first, last = date(year, 1, 1), date(year, 12, 31)
    for name, asked in (("dari", first), ("sampai", last)):
        if asked is not None and not EARLIEST <= asked <= LATEST:
            raise Invalid(mark("Pilih tanggal antara tahun 2000 dan 2100."), field=name)
    if last is None:
        last = max(today, first or today)
    if first is None:
        first = last - timedelta(days=USUAL_DAYS - 1)
    if last < first:
        raise Invalid(mark("Tanggal akhir mendahului tanggal awal."), field="sampai")
    return Period(first, last, zone)


def presets(today: date) -> tuple[Preset, ...]:
    """This month, last month, this year, and the years before by number."""
    month = today.replace(day=1)
    month_end = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    before = month - timedelta(days=1)
    years = range(today.year - 1, today.year - 1 - YEARS_OFFERED, -1)
    return (
        Preset(today - timedelta(days=USUAL_DAYS - 1), today, mark("90 hari terakhir")),
        Preset(month, month_end, mark("Bulan ini")),
        Preset(before.replace(day=1), before, mark("Bulan lalu")),
        Preset(date(today.year, 1, 1), date(today.year, 12, 31), mark("Tahun ini")),
        *(Preset(date(year, 1, 1), date(year, 12, 31), year=year) for year in years),
    )
