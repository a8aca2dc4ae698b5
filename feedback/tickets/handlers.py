"""What the worker does for tickets: by the clock, and when somebody left."""

from __future__ import annotations

from feedback.storage.outbox import Job
from feedback.tickets.actions.release import release_tickets
from feedback.tickets.actions.timers import TIMERS

__all__ = ["TIMERS", "person_left"]


def person_left(job: Job) -> None:
    """A role ended or an account was closed: payload ``person_id``."""
    release_tickets(job.payload["person_id"])
