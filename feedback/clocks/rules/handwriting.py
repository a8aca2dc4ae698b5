"""Hours and closed days as people type them on one line, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time

from feedback.clocks.rules.calendar import END_OF_DAY, Day, SpecialHours, Week
from feedback.clocks.rules.holidays import Holiday, HolidayKind
from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark

DAYS = ("sen", "sel", "rab", "kam", "jum", "sab", "min")
_SHUT = ("", "-", "–", "tutup")
_SPAN = re.compile(r"\s*(\d{1,2})[.:](\d{2})\s*[-–]\s*(\d{1,2})[.:](\d{2})\s*")
_PERIOD = re.compile(r"(\S+)\s*(?:s\.?d\.?|sampai)\s*(\S+?)\s*:\s*(.*)")


def read_hours(written: str, *, field: str = "week") -> Day:
    """Opening hours from ``08.00-12.00, 13.00-16.00``; nothing, a dash or ``tutup`` is a closed day."""
    if written.strip().lower() in _SHUT:
        return ()
    return tuple(sorted(_span(part, field) for part in written.split(",")))


def write_hours(day: Day) -> str:
    """Opening hours as :func:`read_hours` takes them; empty for a closed day."""
    return ", ".join(f"{_clock(opening)}-{_clock(closing)}" for opening, closing in day)


def read_special(written: str, *, field: str = "exceptions") -> tuple[SpecialHours, ...]:
    """Dated hours, one a line: ``2026-02-18 s.d. 2026-03-19: sen-kam 08.00-15.00; jum 08.00-15.30``."""
    return tuple(_special(line, field) for line in _lines(written))


def write_special(periods: Iterable[SpecialHours]) -> str:
    """Dated hours as :func:`read_special` takes them."""
    return "\n".join(f"{each.first} s.d. {each.last}: {_write_week(each.week)}" for each in periods)


def read_closed(written: str, *, field: str = "closed") -> tuple[Holiday, ...]:
    """Local closed days, one a line: ``2026-11-10 | Hari jadi kota | SK Wali Kota 12/2026``."""
    found = tuple(_closed(line, field) for line in _lines(written))
    if len({each.date for each in found}) < len(found):
        raise Invalid(mark("Sebuah tanggal ditulis dua kali."), field=field)
    return found


def write_closed(days: Iterable[Holiday]) -> str:
    """Local closed days as :func:`read_closed` takes them."""
    return "\n".join(f"{each.date} | {each.name} | {each.decree}" for each in days)


def read_dates(written: str, *, field: str = "opened") -> frozenset[date]:
    """Dates, one a line."""
    return frozenset(_date(line, field) for line in _lines(written))


def _lines(written: str) -> list[str]:
    return [line.strip() for line in written.splitlines() if line.strip()]


def _date(written: str, field: str) -> date:
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        raise Invalid(
            mark("Tanggal %(text)s tidak dikenal. Tulis seperti 2026-03-17."),
            field=field,
            values={"text": written[:40]},
        ) from None


def _span(written: str, field: str) -> tuple[time, time]:
    match = _SPAN.fullmatch(written)
    try:
        if match:
            first, last = match.group(1, 2), match.group(3, 4)
            return _time(*first), END_OF_DAY if last == ("24", "00") else _time(*last)
    except ValueError:
        pass
    raise Invalid(
        mark("Jam %(text)s tidak dikenal. Tulis seperti 08.00-12.00, 13.00-16.00."),
        field=field,
        values={"text": written.strip()[:40]},
    )


def _time(hour: str, minute: str) -> time:
    return time(int(hour), int(minute))


def _clock(value: time) -> str:
    return "24.00" if value == END_OF_DAY else f"{value:%H.%M}"


def _special(line: str, field: str) -> SpecialHours:
    match = _PERIOD.fullmatch(line)
    if match is None:
        raise Invalid(
            mark("Baris %(text)s tidak dikenal. Tulis seperti 2026-02-18 s.d. 2026-03-19: sen-kam 08.00-15.00."),
            field=field,
            values={"text": line[:60]},
        )
    first, last, rest = match.groups()
    return SpecialHours(first=_date(first, field), last=_date(last, field), week=_read_week(rest, field))


def _read_week(written: str, field: str) -> Week:
    days: dict[int, Day] = {}
    for part in filter(None, (each.strip() for each in written.split(";"))):
        names, _, hours = part.partition(" ")
        for index in _indexes(names.lower(), field):
            days[index] = read_hours(hours, field=field)
    return tuple(days.get(index, ()) for index in range(7))


def _indexes(names: str, field: str) -> range:
    first, _, last = names.partition("-")
    if first in DAYS and (not last or last in DAYS):
        return range(DAYS.index(first), DAYS.index(last or first) + 1)
    raise Invalid(
        mark("Hari %(text)s tidak dikenal: sen, sel, rab, kam, jum, sab, min."),
        field=field,
        values={"text": names[:20]},
    )


def _write_week(week: Week) -> str:
    """Neighbouring days with the same hours share a part; closed days are left out."""
    parts: list[tuple[int, int, Day]] = []
    for index, day in enumerate(week):
        if parts and parts[-1][1] == index - 1 and parts[-1][2] == day:
            parts[-1] = (parts[-1][0], index, day)
        else:
            parts.append((index, index, day))
    named = ((DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}", day) for first, last, day in parts)
    return "; ".join(f"{name} {write_hours(day)}" for name, day in named if day) or "sen tutup"


def _closed(line: str, field: str) -> Holiday:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 3 or not all(parts):
        raise Invalid(
            mark("Baris %(text)s: tulis tanggal | nama | keputusan."), field=field, values={"text": line[:60]}
        )
    return Holiday(date=_date(parts[0], field), name=parts[1], kind=HolidayKind.LOCAL, decree=parts[2])
