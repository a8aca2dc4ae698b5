"""Keyset pages: a cursor names the last row seen, never a distance from the start."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of rows and the cursors of its neighbours (None at an end)."""

    rows: tuple[Row, ...]
    next: str | None = None
    previous: str | None = None


def write_cursor(*values: str | int | None) -> str:
    """An opaque, URL-safe cursor of the sort key's values."""
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(text: str | None, types: tuple[type, ...]) -> tuple[str | int, ...] | None:
    """The values of a cursor, or None when there is none or somebody made it up."""
    if not text or len(text) > 200:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, list) or len(values) != len(types):
        return None
    whole = all(type(value) is kind for value, kind in zip(values, types, strict=True))
    small = all(not isinstance(value, int) or abs(value) < 2**53 for value in values)
    return tuple(values) if whole and small else None


def page_of(
    rows: Sequence[Row], size: int, key: Callable[[Row], str], *, backwards: bool, has_cursor: bool
) -> Page[Row]:
    """A page from ``size + 1`` fetched rows; ``backwards`` rows came in reverse order."""
    more = len(rows) > size
    shown = list(rows[:size])
    if backwards:
        shown.reverse()
    if not shown:
        return Page(())
    forward = backwards or more
    back = more if backwards else has_cursor
    return Page(tuple(shown), key(shown[-1]) if forward else None, key(shown[0]) if back else None)
