"""The files the calendars and policies are seeded from: facts with their source, changed by data, not by code."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from feedback.clocks.rules.holidays import Holiday, parse_holiday
from feedback.clocks.rules.policy import Rule, parse_rule

_HERE = Path(__file__).parent


def shipped_holidays() -> tuple[Holiday, ...]:
    """The national closed dates of every year there is a file for, in order."""
    return tuple(parse_holiday(row) for path in sorted(_HERE.glob("holidays-*.csv")) for row in _rows(path))


def shipped_rules() -> tuple[Rule, ...]:
    """The default policy table (DOMAIN.md 4)."""
    return tuple(parse_rule(row) for row in _rows(_HERE / "policies.csv"))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
