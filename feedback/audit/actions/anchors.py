"""Anchors: small files that say where the chain stood, one a day, to be kept where nobody here can write."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from feedback.audit.rules import Anchor

FOLDER = "anchors"


def keep_anchor(instance: Path, day: date, anchor: Anchor) -> bool:
    """Write the day's anchor unless it is there; an anchor is never written over. Returns whether it was written."""
    folder = instance / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with (folder / f"{day.isoformat()}.json").open("x") as file:
            file.write(anchor.as_json() + "\n")
    except FileExistsError:
        return False
    return True
