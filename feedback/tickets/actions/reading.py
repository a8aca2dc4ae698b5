"""That an official opened what is closed to the public."""

from __future__ import annotations

from feedback.audit.actions import note_read
from feedback.kernel.actor import Actor


def note_reading(ticket_id: int, actor: Actor, *, confidential: bool, is_reporter: bool) -> None:
    """Append to the log that somebody opened a confidential report by a role, once a day, by whichever address."""
    if confidential and not is_reporter and actor.person_id is not None:
        note_read("ticket.read", actor_id=actor.person_id, subject=f"ticket:{ticket_id}")
