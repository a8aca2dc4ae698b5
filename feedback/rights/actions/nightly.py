"""Orders tonight's destruction."""

from __future__ import annotations

from datetime import date, datetime

from feedback.storage.outbox import post
from feedback.storage.session import transaction


def post_night(night: date, now: datetime) -> None:
    """One run a night, however often it is ordered."""
    with transaction():
        post("retention.run", f"retention:{night.isoformat()}", {}, at=now)
