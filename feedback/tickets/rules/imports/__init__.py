"""Reports from before the platform: the map of a file, its rows, and what became of each report."""

from __future__ import annotations

from feedback.tickets.rules.imports.mapping import Government, ImportMap, parse_map
from feedback.tickets.rules.imports.past import Past, PastClock, PastMove, Reckoning, Story, past_of
from feedback.tickets.rules.imports.reading import REASON_LABELS, Draft, Reason, RowReader, Unfit, missing_columns

__all__ = [
    "REASON_LABELS",
    "Draft",
    "Government",
    "ImportMap",
    "Past",
    "PastClock",
    "PastMove",
    "Reason",
    "Reckoning",
    "RowReader",
    "Story",
    "Unfit",
    "missing_columns",
    "parse_map",
    "past_of",
]
