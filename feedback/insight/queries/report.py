"""The figures of a monthly report, and reports that were kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from feedback.insight.models import FigureSnapshot
from feedback.insight.queries.board import board
from feedback.insight.rules.report import figures_content
from feedback.insight.rules.scope import Scope
from feedback.kernel.actor import Actor
from feedback.kernel.errors import NotFound
from feedback.storage.session import db
from feedback.units.rules import UnitRow


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A report as it was made; dates are local to the unit, both included."""

    id: str
    unit_id: int
    first: date
    last: date
    made_at: datetime
    content: dict[str, Any]


def report_content(scope: Scope, watched: Sequence[UnitRow], actor: Actor) -> dict[str, Any]:
    """What the board shows for the scope, every row of it."""
    found = board(scope, watched, actor)
    return {
        "unit": scope.unit.name,
        "first": scope.period.first.isoformat(),
        "last": scope.period.last.isoformat(),
        "zone": scope.period.zone,
        "basis": scope.basis.value,
        "rows": [figures_content(row) for row in (found.total, *found.rows)],
    }


def snapshot(id_: str, watched: Sequence[UnitRow], actor: Actor) -> Snapshot:
    """A report the actor made, of a unit the actor still watches over; NotFound for any other."""
    columns = [getattr(FigureSnapshot, name) for name in Snapshot.__dataclass_fields__]
    mine = (FigureSnapshot.id == id_) & (FigureSnapshot.made_by_id == actor.person_id)
    row = db.session.execute(select(*columns).where(mine)).first()
    if row is None or row.unit_id not in {unit.id for unit in watched}:
        raise NotFound()
    return Snapshot(*row)
