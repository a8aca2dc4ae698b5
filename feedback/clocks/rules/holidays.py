"""Closed dates of the whole country: public holidays and collective leave, each with the decree that set it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark

# What stands in place of a decree's number while there is none; such a year is not known (rule 12).
UNDECREED = "belum terbit"


class HolidayKind(StrEnum):
    """Libur nasional, cuti bersama, or a day one unit is closed."""

    PUBLIC_HOLIDAY = "public_holiday"
    COLLECTIVE_LEAVE = "collective_leave"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A closed date; ``decree`` names the decision that closed it."""

    date: date
    name: str
    kind: HolidayKind
    decree: str


def known_years(holidays: Iterable[Holiday]) -> frozenset[int]:
    """The years whose holidays are decreed: every one of a year must be."""
    listed = tuple(holidays)
    open_years = {holiday.date.year for holiday in listed if holiday.decree == UNDECREED}
    return frozenset(holiday.date.year for holiday in listed) - open_years


def decreed(before: Iterable[Holiday], decree: Iterable[Holiday]) -> tuple[Holiday, ...]:
    """The closed dates after a decree, in order: it replaces what was undecreed in its years and the dates it names."""
    new = {holiday.date: holiday for holiday in decree}
    years = {day.year for day in new}
    kept = {
        holiday.date: holiday for holiday in before if not (holiday.decree == UNDECREED and holiday.date.year in years)
    }
    return tuple(sorted((kept | new).values(), key=lambda each: each.date))


def parse_holiday(row: Mapping[str, str]) -> Holiday:
    """A holiday from a row of ``holidays-YYYY.csv`` or from its stored form; anything malformed is ``Invalid``."""
    try:
        return Holiday(
            date=date.fromisoformat(row["date"]),
            name=row["name"],
            kind=HolidayKind(row["kind"]),
            decree=row["decree"],
        )
    except (KeyError, ValueError, TypeError):
        raise Invalid(mark("Hari libur tidak dapat dibaca."), field="closed") from None


def write_holiday(holiday: Holiday) -> dict[str, str]:
    """The stored form of a holiday; the opposite of :func:`parse_holiday`."""
    return {
        "date": holiday.date.isoformat(),
        "name": holiday.name,
        "kind": holiday.kind.value,
        "decree": holiday.decree,
    }
