"""Ticket numbers and secret codes (DESIGN.md 3.7)."""

from __future__ import annotations

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32: no I, L, O, U
_VALUE = {character: index for index, character in enumerate(ALPHABET)}
_FOLD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = re.compile(r"[\s\-–—_.]+")


def _times_alpha(value: int) -> int:
    """Multiply by the generator of GF(32), x^5 + x^2 + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def check_character(body: str) -> str:
    """The character that makes any single wrong character or swapped neighbours visible."""
    total = 0
    for character in body:
        total = _times_alpha(total ^ _VALUE[character])
    return ALPHABET[total]


def new_number() -> str:
    """A ticket number ``MB-XXXX-XXXX``: 35 random bits and a check character, never sequential."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(7))
    return _shown(body + check_character(body))


def _shown(text: str) -> str:
    return f"MB-{text[:4]}-{text[4:]}"


def read_number(text: str) -> str | None:
    """The canonical form of what a person typed (spaces, lower case, O for 0), or None if it is a typo."""
    if len(text) > 64:
        return None
    compact = _SEPARATORS.sub("", text).upper()
    if compact.startswith("MB"):
        compact = compact[2:]
    compact = compact.translate(_FOLD)
    if len(compact) != 8 or any(character not in _VALUE for character in compact):
        return None
    return _shown(compact) if check_character(compact[:7]) == compact[7] else None


def code_from(digest: bytes) -> str:
    """A secret code of 80 bits from the first ten bytes of a digest, as ``XXXX-XXXX-XXXX-XXXX``."""
    number = int.from_bytes(digest[:10], "big")
    text = "".join(ALPHABET[(number >> shift) & 31] for shift in range(75, -1, -5))
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))


def read_code(text: str) -> str | None:
    """The canonical form of a typed secret code, or None if it cannot be one."""
    if len(text) > 64:
        return None
    compact = _SEPARATORS.sub("", text).upper().translate(_FOLD)
    if len(compact) != 16 or any(character not in _VALUE for character in compact):
        return None
    return "-".join(compact[start : start + 4] for start in range(0, 16, 4))
