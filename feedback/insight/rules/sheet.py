"""Tables as CSV that a spreadsheet opens rightly and that cannot make it calculate or call anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

# Without it a spreadsheet takes UTF-8 for the code page of the machine.
MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
Cell = str | int | float | None


def safe(value: Cell) -> Cell:
    """A text that begins like a formula gets an apostrophe before it; numbers stay numbers."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA):
        return f"'{value}"
    return value


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The lines of a CSV file (RFC 4180, comma, UTF-8 with a byte order mark), one at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield MARK
    for row in chain([head], rows):
        writer.writerow([safe(cell) for cell in row])
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
