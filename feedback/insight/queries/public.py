"""The public figures: what a visitor may know, by unit."""

from __future__ import annotations

from sqlalchemy import select

from feedback.insight.queries.board import board
from feedback.insight.queries.cohort import units_below
from feedback.insight.queries.rollup import totals
from feedback.insight.rules.figures import Board, BoardRow, Reach, figures_of
from feedback.insight.rules.scope import Scope
from feedback.kernel.actor import Actor
from feedback.storage.session import db
from feedback.units.models import Unit
from feedback.units.queries import unit_by_slug, unit_columns, unit_row
from feedback.units.rules import UnitRow


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


def public_board(scope: Scope) -> Board:
    """The board without anything confidential or hidden, whoever asks."""
    return board(scope, units_below(scope.unit), Actor())


def public_total(scope: Scope) -> BoardRow:
    """The same for the unit as a whole only."""
    whole = totals(scope, units_below(scope.unit), Actor())
    return BoardRow(scope.unit, Reach.SUBTREE, figures_of(list(whole.values())))
