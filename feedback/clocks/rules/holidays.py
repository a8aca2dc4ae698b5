"""Closed dates of the whole country: public holidays and collective leave, each with the decree that set it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark

# What stands in place of a decree's number while there is none; such a year is not known (rule 12).
UNDECREED = "belum terbit"


class HolidayKind(StrEnum):
    """Libur nasional, cuti bersama, or a day one unit is closed."""

    PUBLIC_HOLIDAY = "public_holiday"
    COLLECTIVE_LEAVE = "collective_leave"
    LOCAL = "local"


MOST_ROWS = 400
_HEADS = {
    "date": "date", "tanggal": "date", "name": "name", "nama": "name", "kind": "kind", "jenis": "kind",
    "decree": "decree", "keputusan": "decree",
}  # fmt: skip
_KINDS = {
    "public_holiday": "public_holiday", "libur nasional": "public_holiday", "collective_leave": "collective_leave",
    "cuti bersama": "collective_leave",
}  # fmt: skip


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


def decreed(before: Iterable[Holiday], decree: Iterable[Holiday], *, whole_years: bool = False) -> tuple[Holiday, ...]:
    """The closed dates after a decree, in order: it replaces what was undecreed in its years and the dates it names.

    With ``whole_years`` it lists everything the country closes in its years; local closed days stay.
    """
    new = {holiday.date: holiday for holiday in decree}
    years = {day.year for day in new}

    def goes(holiday: Holiday) -> bool:
        national = whole_years and holiday.kind is not HolidayKind.LOCAL
        return holiday.date.year in years and (national or holiday.decree == UNDECREED)

    kept = {holiday.date: holiday for holiday in before if not goes(holiday)}
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


def parse_decree(text: str) -> tuple[Holiday, ...]:
    """The holidays of an uploaded table: columns date, name, kind, decree, in English or Indonesian.

    ``Invalid`` names the first line that is wrong: an unreadable row, no decree, a date listed twice.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=_delimiter(text))
    heads = {_HEADS.get((name or "").strip().lower()) for name in rows.fieldnames or ()}
    if not set(_HEADS.values()) <= heads:
        raise Invalid(mark("Baris pertama harus menyebut kolom tanggal, nama, jenis, keputusan."), field="file")
    found: dict[date, Holiday] = {}
    for row in rows:
        holiday = _decreed_row(row, rows.line_num)
        if holiday.date in found:
            raise _bad_line(rows.line_num)
        found[holiday.date] = holiday
        if len(found) > MOST_ROWS:
            raise Invalid(mark("Berkas ini terlalu panjang untuk daftar hari libur."), field="file")
    if not found:
        raise Invalid(mark("Berkas ini tidak berisi hari libur."), field="file")
    return tuple(found.values())


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return ";" if head.count(";") > head.count(",") else ","


def _decreed_row(row: Mapping[Any, Any], line: int) -> Holiday:
    """A row without its decree would be a guess, and one whose year is a guess is entered as data, not as a decree."""
    plain = {_HEADS[name]: value.strip() for name, value in _known_cells(row)}
    plain["kind"] = _KINDS.get(plain.get("kind", "").lower(), "")
    try:
        holiday = parse_holiday(plain)
    except Invalid:
        raise _bad_line(line) from None
    if not holiday.name or not holiday.decree or holiday.decree.lower() == UNDECREED:
        raise _bad_line(line)
    return holiday


def _known_cells(row: Mapping[Any, Any]) -> list[tuple[str, str]]:
    cells = ((name.strip().lower(), value) for name, value in row.items() if isinstance(name, str))
    return [(name, value) for name, value in cells if name in _HEADS and isinstance(value, str)]


def _bad_line(line: int) -> Invalid:
    message = mark("Baris %(line)s tidak dapat dipakai: perlu tanggal yang belum disebut, nama, jenis, dan keputusan.")
    return Invalid(message, field="file", values={"line": line})


def write_holiday(holiday: Holiday) -> dict[str, str]:
    """The stored form of a holiday; the opposite of :func:`parse_holiday`."""
    return {
        "date": holiday.date.isoformat(),
        "name": holiday.name,
        "kind": holiday.kind.value,
        "decree": holiday.decree,
    }
