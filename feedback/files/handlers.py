"""What the worker does for attached files."""

from __future__ import annotations

import logging

from feedback.files.actions.scanning import scan_file
from feedback.files.actions.sweep import order_sweep, sweep_orphans, sweep_pending
from feedback.kernel.clock import utc_now
from feedback.storage.outbox import Job

LOG = logging.getLogger("feedback.worker")


def scan(job: Job) -> None:
    """Ask the virus scanner about one file: payload ``token``."""
    scan_file(job.payload["token"])


def sweep(_job: Job) -> None:
    """Remove what belongs to no row, once a day."""
    count = sweep_orphans(utc_now())
    if count:
        LOG.info("removed %s stored files that no row names", count)


TIMERS = (sweep_pending, order_sweep)
