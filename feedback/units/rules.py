"""Pure words and decisions about units and regions: kinds, rows, ranges over materialised paths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_SLUG_LENGTH = 80
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_REGION_CODE = re.compile(r"[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{4})?)?)?")
# The character after "." in ASCII: a path or code that starts with "21.72." sorts below "21.72/".
_AFTER_DOT = "/"


class Zone(StrEnum):
    """The three civil time zones of Indonesia: WIB, WITA, WIT."""

    WIB = "Asia/Jakarta"
    WITA = "Asia/Makassar"
    WIT = "Asia/Jayapura"


class UnitKind(StrEnum):
    """What a unit is; `team` also stands for kelompok substansi and tim kerja."""

    GOVERNMENT = "government"
    AGENCY = "agency"
    DIVISION = "division"
    SECTION = "section"
    TECHNICAL_UNIT = "technical_unit"
    TEAM = "team"
    DISTRICT = "district"
    VILLAGE = "village"


class RegionLevel(StrEnum):
    """The four levels of the Kemendagri region codes."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    VILLAGE = "village"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit as other shelves read it; `valid_to` is the first local date on which it no longer exists."""

    id: int
    slug: str
    name: str
    short_name: str
    kind: UnitKind
    parent_id: int | None
    path: str
    zone: str
    calendar_key: str | None
    region_code: str | None
    show_officer_names: bool
    address: str | None
    phone: str | None
    email: str | None
    website: str | None
    about: str
    valid_from: date
    valid_to: date | None
    successor_id: int | None
    is_example: bool

    @property
    def depth(self) -> int:
        """0 for a government, 1 for what hangs under it, and so on."""
        return len(path_ids(self.path)) - 1


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One region; `code` is the dotted Kemendagri code such as "21.72.01.1001"."""

    code: str
    name: str
    level: RegionLevel
    parent_code: str | None


def path_ids(path: str) -> tuple[int, ...]:
    """The unit ids in a path, root first: "1.5.9." gives (1, 5, 9)."""
    return tuple(int(part) for part in path.split(".") if part)


def child_path(parent_path: str | None, unit_id: int) -> str:
    """The materialised path of a unit under `parent_path` (None for a root)."""
    return f"{parent_path or ''}{unit_id}."


def path_range(path: str) -> tuple[str, str]:
    """Half-open range [low, high) of the paths of a unit and everything under it."""
    return path, path[:-1] + _AFTER_DOT


def region_range(code: str) -> tuple[str, str]:
    """Half-open range [low, high): "21.72" covers "21.72" and "21.72.*" but not "21.720"."""
    return code, code + _AFTER_DOT


def within_path(path: str, ancestor_path: str) -> bool:
    """Whether the unit at `path` is the unit at `ancestor_path` or under it."""
    return path.startswith(ancestor_path)


def region_covers(code: str, other: str) -> bool:
    """Whether region `code` is `other` or contains it."""
    return other == code or other.startswith(code + ".")


def region_prefixes(code: str) -> tuple[str, ...]:
    """The region's own code and those of the regions that contain it, widest first."""
    parts = code.split(".")
    return tuple(".".join(parts[: count + 1]) for count in range(len(parts)))


def region_level(code: str) -> RegionLevel:
    """The level that the number of groups in a code stands for."""
    return tuple(RegionLevel)[code.count(".")]


def is_region_code(text: str) -> bool:
    """Whether the text has the shape of a Kemendagri code (it need not exist)."""
    return _REGION_CODE.fullmatch(text) is not None


def is_slug(text: str) -> bool:
    """Whether the text is lower-case ASCII words joined by single hyphens, at most 80 characters."""
    return len(text) <= _SLUG_LENGTH and _SLUG.fullmatch(text) is not None


def in_force(unit: UnitRow, on: date) -> bool:
    """Whether the unit exists on a local date."""
    return unit.valid_from <= on and (unit.valid_to is None or on < unit.valid_to)
