"""That an official opened what is closed to the public."""

from __future__ import annotations

from feedback.audit.actions import note_read
from feedback.kernel.actor import Actor


def note_reading(ticket_id: int, actor: Actor) -> None:
    """Append to the log that somebody opened a confidential report by a role, once a day."""
    if actor.person_id is not None:
        note_read("ticket.read", actor_id=actor.person_id, subject=f"ticket:{ticket_id}")
