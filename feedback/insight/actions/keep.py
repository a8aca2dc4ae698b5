"""Keeps a report so that the same figures come out again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from feedback.audit.actions import record
from feedback.insight.models import FigureSnapshot
from feedback.insight.rules.report import snapshot_id
from feedback.insight.rules.scope import Scope
from feedback.kernel.actor import Actor
from feedback.storage.session import db, transaction


def keep_report(content: dict[str, Any], scope: Scope, actor: Actor) -> str:
    """Store what a report says, once, and return the id under which it comes out again."""
    id_ = snapshot_id(content, actor.person_id)
    with transaction():
        if db.session.scalar(select(FigureSnapshot.id).where(FigureSnapshot.id == id_)) is None:
            row = FigureSnapshot(
                id=id_,
                unit_id=scope.unit.id,
                first=scope.period.first,
                last=scope.period.last,
                made_at=scope.now,
                content=content,
                made_by_id=actor.person_id,
            )
            db.session.add(row)
        subject = f"unit:{scope.unit.id}"
        record("insight.reported", actor_id=actor.person_id, subject=subject, at=scope.now, detail={"snapshot": id_})
    return id_
