"""The file of an import: its rows one by one, and the file of refused rows beside it."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark
from feedback.tickets.rules.imports import ImportMap, missing_columns

LONGEST_CELL = 10_000_000
REASON_HEADING = "reason"


@dataclass(frozen=True, slots=True)
class Source:
    """An open file. ``read`` is how many bytes are behind us, of ``size``."""

    heading: tuple[str, ...]
    rows: Iterator[list[str]]
    size: int
    read: Callable[[], int]


@contextmanager
def open_source(path: Path, given: ImportMap) -> Iterator[Source]:
    """The rows of a file, blank lines left out. Raises Invalid(field="file") at whatever row cannot be read."""
    csv.field_size_limit(LONGEST_CELL)
    with _readable(path), path.open("rb") as raw:
        lines = TextIOWrapper(raw, encoding=given.encoding, newline="")
        rows = _rows(csv.reader(lines, delimiter=given.delimiter), given)
        heading = tuple(name.strip() for name in next(rows, []))
        _check_heading(heading, given)
        yield Source(heading, rows, path.stat().st_size, raw.tell)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = mark("Berkas %(name)s tidak dapat dibuka: %(why)s.")
        raise Invalid(message, field="file", values={"name": path.name, "why": error.strerror}) from error


def _rows(reader: Any, given: ImportMap) -> Iterator[list[str]]:
    while True:
        try:
            cells: list[str] = next(reader)
        except StopIteration:
            return
        except UnicodeError:
            message = mark("Sesudah baris %(line)s berkas bukan %(encoding)s; perbaiki file.encoding di peta.")
            values = {"line": reader.line_num, "encoding": given.encoding}
            raise Invalid(message, field="file", values=values) from None
        except csv.Error as error:
            message = mark("Baris %(line)s bukan CSV yang dapat dibaca: %(why)s.")
            raise Invalid(message, field="file", values={"line": reader.line_num, "why": str(error)}) from None
        if any(cells):
            yield cells


def _check_heading(heading: Sequence[str], given: ImportMap) -> None:
    if not heading:
        raise Invalid(mark("Berkas ini kosong."), field="file")
    missing = missing_columns(given, heading)
    if missing:
        names = ", ".join(missing.values())
        raise Invalid(mark("Berkas tidak mempunyai kolom: %(names)s."), field="file", values={"names": names})


class RefusedRows:
    """``FILE.rejected.csv``: the rows left out as they were, each with its reason; written anew by every run."""

    def __init__(self, source: Path, heading: Sequence[str], given: ImportMap) -> None:
        self.path = source.with_name(f"{source.name}.rejected.csv")
        self._draft = self.path.with_name(f".{self.path.name}.new")
        self._delimiter = given.delimiter
        # A file of refused rows that is imported itself has the column already; its old reasons are of no use.
        self._kept = [place for place, name in enumerate(heading) if name != REASON_HEADING]
        self._width = len(heading)
        self._heading = [heading[place] for place in self._kept]
        self.count = 0

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Put the new file in place of an old one at the end; without refused rows there is none."""
        try:
            with _writable(self.path), self._draft.open("w", encoding="utf-8", newline="") as file:
                self._writer = csv.writer(file, delimiter=self._delimiter)
                self._writer.writerow([*self._heading, REASON_HEADING])
                yield
            with _writable(self.path):
                if self.count:
                    os.replace(self._draft, self.path)
                else:
                    self.path.unlink(missing_ok=True)
        finally:
            self._draft.unlink(missing_ok=True)

    def add(self, cells: Sequence[str], reason: str) -> None:
        """Keep a row; cells beyond the heading follow the reason."""
        own = [cells[place] if place < len(cells) else "" for place in self._kept]
        self._writer.writerow([*own, reason, *cells[self._width :]])
        self.count += 1


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = mark("Berkas %(name)s tidak dapat ditulis: %(why)s.")
        raise Invalid(message, field="file", values={"name": path.name, "why": error.strerror}) from error
