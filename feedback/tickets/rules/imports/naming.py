"""Names as other systems write them: how they are compared, and what is made of a name the platform does not know."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator

from feedback.units.rules import UnitKind

SLUG_LENGTH = 80
# No ministry has numbered a district 60 or a village 9001, so whoever reads such a code sees that it is ours.
FIRST_DISTRICT, LAST_DISTRICT = 60, 99
FIRST_VILLAGE, LAST_VILLAGE = 9001, 9999
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
_KINDS = {
    "kecamatan": UnitKind.DISTRICT,
    "kelurahan": UnitKind.VILLAGE,
    "desa": UnitKind.VILLAGE,
    "uptd": UnitKind.TECHNICAL_UNIT,
    "upt": UnitKind.TECHNICAL_UNIT,
    "puskesmas": UnitKind.TECHNICAL_UNIT,
}


def name_key(name: str) -> str:
    """What makes two names the same: neither case nor the number of spaces does not."""
    return " ".join(name.split()).casefold()


def slug_of(name: str) -> str:
    """A slug made of a name, at most 80 characters; empty when the name has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NOT_IN_SLUG.sub("-", plain).strip("-")[:SLUG_LENGTH].rstrip("-")


def free_slug(name: str, *, fallback: str, suffix: str, taken: Collection[str]) -> str:
    """A slug for a name that no other row has: with the suffix (whose it is), then with a number, when it must."""
    base = slug_of(name) or fallback
    for candidate in _candidates(base, suffix):
        if candidate not in taken:
            return candidate
    raise AssertionError("the candidates never end")


def _candidates(base: str, suffix: str) -> Iterator[str]:
    yield base
    yield _joined(base, suffix)
    number = 2
    while True:
        yield _joined(base, str(number))
        number += 1


def _joined(base: str, end: str) -> str:
    return f"{base[: SLUG_LENGTH - len(end) - 1].rstrip('-')}-{end}"


def unit_kind_of(name: str) -> UnitKind:
    """What a unit is by the first word of its name; an agency when that says nothing."""
    words = name_key(name).split()
    return _KINDS.get(words[0], UnitKind.AGENCY) if words else UnitKind.AGENCY


def next_district(parent: str, taken: Collection[str]) -> str | None:
    """The next unofficial code inside a city, from ``.60`` on; None when all forty are used."""
    return _next(lambda number: f"{parent}.{number:02d}", FIRST_DISTRICT, LAST_DISTRICT, taken)


def next_village(district: str, taken: Collection[str]) -> str | None:
    """The next unofficial code inside a district, from ``.9001`` on; None when all are used."""
    return _next(lambda number: f"{district}.{number:04d}", FIRST_VILLAGE, LAST_VILLAGE, taken)


def _next(code: Callable[[int], str], first: int, last: int, taken: Collection[str]) -> str | None:
    return next((code(number) for number in range(first, last + 1) if code(number) not in taken), None)
