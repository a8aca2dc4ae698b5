"""The worker's sign of life: a small file that says when it last looked for work."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

_FILE = "worker.seen"


def beat(instance: Path, now: datetime) -> None:
    """Write down that the worker is at work."""
    fresh = instance / f"{_FILE}.new"
    fresh.write_text(now.isoformat())
    fresh.replace(instance / _FILE)


def last_beat(instance: Path) -> datetime | None:
    """When the worker last looked for work, aware; None when it never did here."""
    try:
        return datetime.fromisoformat((instance / _FILE).read_text().strip())
    except (OSError, ValueError):
        return None
