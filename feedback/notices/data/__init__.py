"""The file the escalation ladder is seeded from (DOMAIN.md section 4)."""

from __future__ import annotations

import csv
from pathlib import Path

from feedback.notices.rules.ladder import Step, parse_step

_HERE = Path(__file__).parent


def shipped_ladder() -> tuple[Step, ...]:
    """The default ladder."""
    with (_HERE / "ladder.csv").open(encoding="utf-8", newline="") as file:
        return tuple(parse_step(row) for row in csv.DictReader(file))
