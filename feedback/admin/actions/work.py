"""The worker's loop: side effects one at a time, and what happens because time passed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from feedback.admin.actions.heartbeat import beat
from feedback.kernel.clock import utc_now
from feedback.storage.outbox import Hopeless, Job, claim, fail, settle
from feedback.storage.session import db

LOG = logging.getLogger("feedback.worker")
BETWEEN_TIMERS = timedelta(seconds=30)
# How long to wait, in seconds, when there is nothing to do; after a fault of the database, longer.
IDLE = 1.0
AFTER_FAULT = 5.0


@dataclass(slots=True)
class Worker:
    """One worker; ``stop`` may be called from a signal handler and lets the job in hand finish."""

    handlers: Mapping[str, Callable[[Job], None]]
    timers: Sequence[Callable[[datetime], Any]]
    instance: Path
    _stopping: threading.Event = field(default_factory=threading.Event)
    _timers_due: datetime | None = None

    def stop(self) -> None:
        """Finish the job in hand, then return from ``run``."""
        self._stopping.set()

    def run(self) -> None:
        """Work until stopped. A fault of the database is waited out: the jobs are still there afterwards."""
        while not self._stopping.is_set():
            try:
                worked = self._round()
            except Exception as error:
                LOG.warning("worker waits %s s after %s", AFTER_FAULT, type(error).__name__)
                self._stopping.wait(AFTER_FAULT)
            else:
                if not worked:
                    self._stopping.wait(IDLE)
            finally:
                db.session.remove()

    def drain(self) -> int:
        """Run the timers once and do everything that is due; returns how many jobs were taken."""
        self.run_timers(utc_now())
        count = 0
        while not self._stopping.is_set() and do_one(self.handlers):
            count += 1
        return count

    def run_timers(self, now: datetime) -> None:
        """Every timer once; one that fails does not keep the others from their work."""
        for timer in self.timers:
            try:
                timer(now)
            except Exception as error:
                LOG.error("timer %s failed", getattr(timer, "__name__", timer), exc_info=error)
            finally:
                db.session.remove()

    def _round(self) -> bool:
        now = utc_now()
        if self._timers_due is None or now >= self._timers_due:
            self._timers_due = now + BETWEEN_TIMERS
            beat(self.instance, now)
            self.run_timers(now)
        return do_one(self.handlers)


def do_one(handlers: Mapping[str, Callable[[Job], None]]) -> bool:
    """Do the oldest side effect that is due; False when none is. A failed one is tried again later."""
    job = claim(utc_now())
    if job is None:
        return False
    handler = handlers.get(job.kind)
    try:
        if handler is None:
            LOG.error("nobody handles jobs of kind %s", job.kind)
            fail(job, "no handler", utc_now(), hopeless=True)
        else:
            _do(job, handler)
    finally:
        db.session.remove()
    return True


def _do(job: Job, handler: Callable[[Job], None]) -> None:
    try:
        handler(job)
    except Exception as error:
        db.session.rollback()
        state = fail(job, _cause(error), utc_now(), hopeless=isinstance(error, Hopeless))
        LOG.warning("job %s (%s) failed, attempt %s: %s, now %s", job.id, job.kind, job.attempts, _cause(error), state)
    else:
        settle(job)


def _cause(error: Exception) -> str:
    """What failed, without the words of the error: they may hold an address that nobody but the worker may read."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
