"""Numbers as people write them: groups of digits with single spaces, dots or dashes between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

# Possessive, so that no text, however long, makes it step back.
_DIGITS = re.compile(r"\d++")
_BETWEEN = frozenset(" .-()_|·•")
ALONE = frozenset(",/")  # dates, decimals and lists have a space behind it or something else beside it
_LONGEST_GAP = 5
LONGEST_GROUP = 20


@dataclass(frozen=True, slots=True)
class Group:
    """A run of digits; ``joined`` when it goes on from the group before it, by the signs of ``gap``."""

    start: int
    end: int
    digits: str
    joined: bool
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """Neighbouring groups read as one number; ``count`` of them."""

    start: int
    end: int
    digits: str
    count: int


def groups_of(text: str) -> list[Group]:
    """Every run of digits of a text, in order. Runs too long for any number keep their place but no digits."""
    found: list[Group] = []
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        digits = _plain(match.group()) if end - start <= LONGEST_GROUP else ""
        gap = text[found[-1].end : start] if found and start - found[-1].end <= _LONGEST_GAP else None
        joined = gap is not None and (set(gap) <= _BETWEEN or gap in ALONE)
        found.append(Group(start, end, digits, joined, gap or ""))
    return found


def _plain(digits: str) -> str:
    """ASCII digits, also of those written in another script."""
    return digits if digits.isascii() else "".join(str(int(sign)) for sign in digits)


def numbers_from(groups: Sequence[Group], index: int, longest: int) -> Iterator[Number]:
    """The numbers that begin with a group, shortest first, none longer than so many digits."""
    digits = ""
    for count, group in enumerate(groups[index : index + longest], start=1):
        if count > 1 and not group.joined:
            return
        digits += group.digits
        if not group.digits or len(digits) > longest:
            return
        yield Number(groups[index].start, group.end, digits, count)


def written_alike(groups: Sequence[Group]) -> bool:
    """Whether the same sign stands between all groups, and none before them: not a date, nor the number of a letter."""
    first, *others = groups
    gaps = {one.gap for one in others}
    return len(gaps) <= 1 and not (first.joined and first.gap in gaps)


def in_pieces(groups: Sequence[Group]) -> bool:
    """Whether a number is cut into single digits or pairs, alike all through; hours and days in a list grow."""
    lengths = {len(one.digits) for one in groups}
    years = any(len(one.digits) == 4 and one.digits.startswith(("19", "20")) for one in groups)
    if len(groups) < 4 or years or not written_alike(groups):
        return False
    return lengths != {2} or any(one.digits > two.digits for one, two in pairwise(groups))
