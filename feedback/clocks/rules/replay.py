"""A clock's row written again from its history: what an event says stands until a later one says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from feedback.clocks.rules.words import ClockEventKind

_INSTANTS = ("due_at", "started_at")
# What an event may say of the row; the rest of it tells people why.
_SAID = (
    "state", "due_at", "due_date", "provisional", "retarget_overdue", "unit_id", "extension", "started_at",
    "used_minutes", "elapsed_seconds",
)  # fmt: skip
_FINAL = (ClockEventKind.STOPPED, ClockEventKind.CANCELLED)


class Happening(NamedTuple):
    """One event of a clock's history."""

    kind: ClockEventKind
    at: datetime
    detail: Mapping[str, Any]


def replayed(happenings: Iterable[Happening]) -> dict[str, Any]:
    """The columns of a clock's row that its history tells, by name.

    Histories of imported reports say less: what they do not say is left out.
    """
    row: dict[str, Any] = {}
    for kind, at, detail in happenings:
        if kind is ClockEventKind.STARTED:
            row = {"started_at": at, "stopped_at": None, "breached_at": None}
        row.update((name, _read(name, detail[name])) for name in _SAID if name in detail)
        if kind is ClockEventKind.BREACHED:
            row["breached_at"] = at
        if kind in _FINAL:
            row["stopped_at"] = at
    return row


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _INSTANTS:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if name == "due_date" else value
