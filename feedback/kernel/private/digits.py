"""Numbers as people write them: groups of digits with single spaces, dots or dashes between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Possessive, so that no text, however long, makes it step back.
_DIGITS = re.compile(r"\d++")
_BETWEEN = frozenset(" .-–()\u00a0\u2009\u200b\u2060")
_LONGEST_GAP = 3
LONGEST_GROUP = 20


@dataclass(frozen=True, slots=True)
class Group:
    """A run of digits; ``joined`` when it goes on from the group before it."""

    start: int
    end: int
    digits: str
    joined: bool


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
        found.append(Group(start, end, digits, gap is not None and set(gap) <= _BETWEEN))
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
