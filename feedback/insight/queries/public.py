"""The public figures: what a visitor may know, by unit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from feedback.insight.queries.cohort import units_below
from feedback.insight.queries.rollup import split_tallies
from feedback.insight.rules.facts import Dimension
from feedback.insight.rules.period import Period
from feedback.insight.rules.public import PublicBoard, public_board_of
from feedback.insight.rules.scope import Scope
from feedback.kernel.actor import Actor
from feedback.storage.session import db
from feedback.units.models import Unit
from feedback.units.queries import unit_by_id, unit_by_slug, unit_columns, unit_row
from feedback.units.rules import UnitRow, path_ids


def public_unit(slug: str) -> UnitRow | None:
    """The unit asked for; without a word the first government; None when there is none."""
    if slug:
        return unit_by_slug(slug)
    roots = select(*unit_columns()).where(Unit.parent_id.is_(None)).order_by(Unit.name, Unit.id)
    row = db.session.execute(roots.limit(1)).first()
    return None if row is None else unit_row(row)


def governments() -> tuple[UnitRow, ...]:
    """Every unit at the top of a tree, by name."""
    roots = select(*unit_columns()).where(Unit.parent_id.is_(None)).order_by(Unit.name, Unit.id)
    return tuple(unit_row(row) for row in db.session.execute(roots))


def public_board(unit: UnitRow, period: Period, now: datetime) -> PublicBoard:
    """A unit's board without anything confidential or hidden, whoever asks; days are those of its government."""
    top = unit_by_id(path_ids(unit.path)[0])
    assert top is not None
    units = units_below(top)
    (own,) = split_tallies(Scope(top, replace(period, zone=top.zone), now), units, Actor(), Dimension.ALL)
    return public_board_of(unit, units, {unit_id: whole for (unit_id, _), whole in own.items()})
