"""Reading the address of a list: which parts are worth asking the database about, and what the dates mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from feedback.catalogue.rules import ServiceRow
from feedback.kernel.errors import Invalid
from feedback.kernel.paging import Page
from feedback.kernel.references import read_number
from feedback.kernel.text import mark
from feedback.units.rules import is_region_code, is_slug

FIRST_DATE = date(2000, 1, 1)
LAST_DATE = date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Asked:
    """The names in an address, each of a shape that can exist, else None."""

    topic: str | None = None
    service: str | None = None
    unit: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody typed into the search box: a ticket's number, or words."""

    number: str | None = None
    words: str = ""


def read_asked(values: Mapping[str, str]) -> Asked:
    """The names among the query parameters ``topik``, ``layanan``, ``unit`` and ``wilayah``."""
    region = values.get("wilayah", "")
    return Asked(
        topic=_slug(values.get("topik", "")),
        service=_slug(values.get("layanan", "")),
        unit=_slug(values.get("unit", "")),
        region=region if is_region_code(region) else None,
    )


def window(rows: Sequence[ServiceRow], *, after: str | None, before: str | None, size: int) -> Page[ServiceRow]:
    """The part of a catalogue behind or before a slug; the first part when there is no such slug."""
    slugs = [row.slug for row in rows]
    start = slugs.index(after) + 1 if after in slugs else 0
    if before in slugs:
        start = max(slugs.index(before) - size, 0)
    shown = tuple(rows[start : start + size])
    more = start + size < len(rows)
    return Page(shown, shown[-1].slug if shown and more else None, shown[0].slug if shown and start else None)


def _slug(text: str) -> str | None:
    return text if is_slug(text) else None


def read_question(text: str) -> Question:
    """A number when it begins like one, else words. Raises Invalid for a number that is a typo."""
    text = text.strip()
    head, rest = text[:2].upper(), text[2:]
    if head != "MB" or not any(character.isdigit() or character == "-" for character in rest) or " " in rest.strip():
        return Question(words=text)
    number = read_number(text)
    if number is None:
        raise Invalid(mark("Nomor laporan ini salah tulis. Periksa lagi; contohnya MB-7Q2K-4F0F."), field="q")
    return Question(number=number)


def read_period(since: date | None, until: date | None, zone: str) -> tuple[datetime | None, datetime | None]:
    """Local dates, both included, as instants [start, end). Raises Invalid for dates nobody means."""
    for day, field in ((since, "dari"), (until, "sampai")):
        if day is not None and not FIRST_DATE <= day <= LAST_DATE:
            raise Invalid(mark("Tahun ini di luar data yang ada."), field=field)
    if since is not None and until is not None and until < since:
        raise Invalid(mark("Tanggal akhir mendahului tanggal mulai."), field="sampai")
    start = None if since is None else _midnight(since, zone)
    return start, None if until is None else _midnight(until + timedelta(days=1), zone)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a notice with its paragraphs and its points."""

    title: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...]


def read_notice(text: str) -> list[Section]:
    """The sections of a notice: ``# heading``, then lines of prose and ``- points``."""
    sections = []
    for part in text.split("\n# "):
        title, *lines = part.removeprefix("# ").strip().split("\n")
        prose = tuple(line for line in lines if line and not line.startswith("- "))
        sections.append(Section(title, prose, tuple(line[2:] for line in lines if line.startswith("- "))))
    return sections
