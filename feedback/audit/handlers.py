"""What the worker does for the audit log: the anchor of each day."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from feedback.audit.actions.anchors import keep_anchor
from feedback.audit.queries import head


def anchor_of_the_day(now: datetime) -> bool:
    """Keep where the chain stands, once a day (UTC); returns whether it did so now."""
    instance = current_app.config["SETTINGS"].instance
    return keep_anchor(instance, now.date(), head())


TIMERS = (anchor_of_the_day,)
