"""A failure to protect personal data (UU 27/2022 article 46): what was exposed, who is told what, and by when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

# "3 x 24 jam" from the hour it was found: hours of the calendar.
TELL_WITHIN = timedelta(hours=72)
LONGEST_CODE = 40
LANGUAGES = ("id", "en")
WORDS = ("data", "happened", "done", "contact")


class Exposed(StrEnum):
    """Tables whose rows are about somebody who can be told."""

    PERSON = "person"
    TICKET = "ticket"
    SEAL = "sealed_identity"
    ATTACHMENT = "attachment"
    COPY = "data_copy"


class Way(StrEnum):
    """How somebody is told: by mail, on the page of their report alone, or not at all.

    Whether the sealed contact of a report holds an address nobody can tell but the worker, which opens it.
    """

    MAIL = "mail"
    PAGE = "page"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What the file says: whose rows, made when, and the words of the notice in each language (none while counting)."""

    code: str
    found_at: datetime
    since: datetime | None
    until: datetime
    tables: frozenset[Exposed]
    numbers: tuple[str, ...]
    agency: str
    words: Mapping[str, Mapping[str, str]]

    @property
    def due_at(self) -> datetime:
        """By when everybody and the agency must have been told."""
        return self.found_at + TELL_WITHIN


def read_incident(given: Mapping[str, Any]) -> Incident:
    """What a file says. Raises ValueError that names what is wrong with it."""
    unknown = set(given) - {"code", "found_at", "since", "until", "tables", "numbers", "agency", *LANGUAGES}
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))}: not known")
    code = given.get("code")
    if not isinstance(code, str) or not 0 < len(code) <= LONGEST_CODE:
        raise ValueError(f"code: a name of your own for this incident, at most {LONGEST_CODE} characters")
    found_at = _instant(given, "found_at")
    if found_at is None:
        raise ValueError("found_at: when it was found; the 72 hours begin then")
    tables, numbers = _list(given, "tables"), _list(given, "numbers")
    if not tables and not numbers:
        raise ValueError("tables or numbers: whose data it was")
    if strange := [name for name in tables if name not in set(Exposed)]:
        raise ValueError(f"tables: {', '.join(strange)} is none of {', '.join(Exposed)}")
    return Incident(
        code=code,
        found_at=found_at,
        since=_instant(given, "since"),
        until=_instant(given, "until") or found_at,
        tables=frozenset(Exposed(name) for name in tables),
        numbers=tuple(numbers),
        agency=str(given.get("agency", "")),
        words={language: _words(given[language], language) for language in LANGUAGES if language in given},
    )


def missing_words(incident: Incident) -> list[str]:
    """What must be written before anybody can be told (article 46 paragraph 2)."""
    return [
        f"{language}.{name}"
        for language in LANGUAGES
        for name in WORDS
        if not incident.words.get(language, {}).get(name, "").strip()
    ]


def _instant(given: Mapping[str, Any], name: str) -> datetime | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"{name}: a date, a time and its offset, such as 2026-11-20T08:00:00+07:00")
    return value


def _list(given: Mapping[str, Any], name: str) -> list[str]:
    value = given.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"{name}: a list of texts")
    return value


def _words(value: object, language: str) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value.values()):
        raise ValueError(f"[{language}]: texts called {', '.join(WORDS)}")
    if strange := set(value) - set(WORDS):
        raise ValueError(f"[{language}]: {', '.join(sorted(strange))}: not known")
    return dict(value)
