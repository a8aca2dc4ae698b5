"""The inputs of SECURITY.md section 7, one a line in the files beside this one.

A line has a `name` and either `text`, bytes in `hex`, or `open` + `repeat` × `times` + `close`; without `repeat`, what is opened is opened and closed
that many times. `answer` says what a report with that text gets: accept, refuse (422), large (413) or malformed (400).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
KINDS = tuple(sorted(file.stem for file in FOLDER.glob("*.jsonl")))
# What may be typed anywhere.
TYPED = ("text", "numbers", "dates", "cursors", "redirects", "coordinates")


@dataclass(frozen=True)
class Input:
    """One class of inputs, by one that stands for it."""

    name: str
    raw: bytes
    answer: str
    header: str
    type: str

    @property
    def text(self) -> str:
        """As text; what is no text shows as signs of replacement."""
        return self.raw.decode("utf-8", "replace")

    @property
    def is_text(self) -> bool:
        return self.raw == self.text.encode()


def _raw(row: dict[str, Any]) -> bytes:
    if "hex" in row:
        return bytes.fromhex(row["hex"])
    times = row.get("times", 1)
    first, last = row.get("open", ""), row.get("close", "") + row.get("tail", "")
    if "repeat" not in row and "times" in row:
        return str(first * times + last * times).encode()
    return str(first + row.get("repeat", row.get("text", "")) * times + last).encode()


@cache
def inputs(kind: str) -> tuple[Input, ...]:
    """The inputs of one file."""
    rows = [json.loads(line) for line in (FOLDER / f"{kind}.jsonl").read_text().splitlines()]
    return tuple(
        Input(f"{kind}: {row['name']}", _raw(row), row.get("answer", ""), row.get("header", ""), row.get("type", "")) for row in rows
    )


def typed() -> tuple[Input, ...]:
    """Everything that may be typed into a field or an address."""
    return tuple(one for kind in TYPED for one in inputs(kind))
