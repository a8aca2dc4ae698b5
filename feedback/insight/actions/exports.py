"""That somebody took figures or tickets away in a file."""

from __future__ import annotations

from feedback.audit.actions import record
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.storage.session import transaction


def note_export(what: str, unit_id: int, actor: Actor) -> None:
    """Append to the audit log who exported what (a measure, or "board") of which unit."""
    with transaction():
        record(
            "insight.exported",
            actor_id=actor.person_id,
            subject=f"unit:{unit_id}",
            at=utc_now(),
            detail={"what": what},
        )
