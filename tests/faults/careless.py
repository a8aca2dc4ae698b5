"""A control: this worker says that a side effect happened, and lets it happen a moment later."""

from __future__ import annotations

import time
from datetime import datetime

from feedback.admin.actions import work
from feedback.storage import outbox
from wsgi import app

__all__ = ["app"]

_claim = outbox.claim


def _careless(now: datetime) -> outbox.Job | None:
    job = _claim(now)
    if job is not None:
        outbox.settle(job)
        time.sleep(0.3)
    return job


work.claim = _careless  # type: ignore[attr-defined]
