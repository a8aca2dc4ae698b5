"""What the worker does for the rights of persons and for retention."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app

from feedback.files.actions.keeping import forget_parts
from feedback.kernel.clock import utc_now
from feedback.rights.actions.copies import make_copy, throw_copies_away
from feedback.rights.actions.nightly import post_night
from feedback.rights.actions.retention import run
from feedback.storage.outbox import Job

# 02.00 in Jakarta, after the figures were compared.
_QUIET = timedelta(hours=19)


def copy(job: Job) -> None:
    """Make the copy somebody asked for: payload ``request_id``."""
    make_copy(job.payload["request_id"])


def destroy(_job: Job) -> None:
    """Destroy what is older than its rule."""
    run(utc_now(), dry=False)


def forget_files(job: Job) -> None:
    """Delete the stored files of a row that is gone: payload ``token`` and ``parts``."""
    forget_parts(job.payload["token"], job.payload["parts"])


def every_night(now: datetime) -> None:
    """Order tonight's destruction, once, where it is switched on."""
    if current_app.config["SETTINGS"].retention:
        post_night((now - _QUIET).date(), now)


TIMERS = (throw_copies_away, every_night)
