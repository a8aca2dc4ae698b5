"""Orders what is done once a night."""

from __future__ import annotations

from datetime import date, datetime

from feedback.storage.outbox import post
from feedback.storage.session import transaction


def post_nightly(night: date, now: datetime) -> None:
    """One comparison of the figures per night, however often it is ordered."""
    with transaction():
        post("insight.check", f"insight.check:{night.isoformat()}", {}, at=now)
