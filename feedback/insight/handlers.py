"""What the worker does for the figures: keeps them up to date, and compares them with the rows every night."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from feedback.insight.actions import keep_verdict, rebuild, refresh, verify
from feedback.insight.actions.nightly import post_nightly
from feedback.kernel.clock import utc_now
from feedback.storage.outbox import Job

LOG = logging.getLogger("feedback.worker")
# 01.00 in Jakarta, 03.00 in Jayapura.
_QUIET = timedelta(hours=18)


def check_figures(_job: Job) -> None:
    """Compare and, where something differs, count anew; what differed stays told until the next night."""
    verdict = verify(utc_now())
    if verdict.wrong:
        LOG.error("%s figures differed from the rows and are counted anew: %s", len(verdict.wrong), verdict.text)
        rebuild(utc_now())
        keep_verdict(verdict, utc_now())


def every_night(now: datetime) -> None:
    """Order tonight's comparison, once."""
    post_nightly((now - _QUIET).date(), now)


TIMERS = (refresh, every_night)
