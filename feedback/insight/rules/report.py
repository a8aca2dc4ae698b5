"""The monthly report of a unit: the same rows for a spreadsheet, a CSV file and a printed page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedback.insight.rules.figures import BoardRow, Figures
from feedback.insight.rules.measures import COUNTED
from feedback.insight.rules.sheet import Cell
from feedback.insight.rules.spread import Spread

_ID_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a report: its title, heads of columns, rows."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def figures_content(row: BoardRow) -> dict[str, Any]:
    """Every figure of one row, so that it can be stored and comes out again to the last digit."""
    figures = row.figures
    return {
        "unit": row.unit.name,
        "reach": row.reach.value,
        "counts": {measure.value: figures.counts[measure] for measure in COUNTED},
        "times": list(_times(figures)),
    }


def _times(figures: Figures) -> Iterator[list[float | int | None]]:
    for wait in (figures.verify, figures.first_response, figures.resolution):
        yield [*_spread(wait.working), *_spread(wait.elapsed)]


def _spread(spread: Spread) -> list[float | int | None]:
    return [*(None if each is None else round(each, 1) for each in (spread.median, spread.p75, spread.p90)), spread.n]


def snapshot_id(content: Mapping[str, Any], person_id: int | None) -> str:
    """The same for the same figures made by the same person: what one person may know another may not."""
    written = json.dumps([content, person_id], sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(written).hexdigest()[:_ID_LENGTH]
