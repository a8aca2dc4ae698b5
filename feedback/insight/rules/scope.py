"""What a question to the board is about: a unit the actor watches over, how far it reaches, when, and as of when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback.insight.rules.facts import Basis, Dimension
from feedback.insight.rules.figures import Reach
from feedback.insight.rules.period import Period
from feedback.kernel.actor import Actor
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Role
from feedback.units.rules import UnitRow, within_path

WATCHERS = (Role.SUPERVISOR, Role.INSPECTOR)


@dataclass(frozen=True, slots=True)
class Scope:
    """The rounds a figure speaks of; ``now`` decides what is overdue, ``basis`` what it means to be in the period.

    ``part``: only rounds of one value of a dimension. ``official``: only what this official has open or answered; 0
    stands for what nobody has taken.
    """

    unit: UnitRow
    period: Period
    now: datetime
    reach: Reach = Reach.SUBTREE
    basis: Basis = Basis.RECEIVED
    part: tuple[Dimension, str] | None = None
    official: int | None = None


def chosen_unit(watched: Sequence[UnitRow], slug: str) -> UnitRow:
    """The unit asked for, or the topmost one when none is; NotFound for a unit outside what is watched."""
    for unit in watched:
        if unit.slug == slug:
            return unit
    if slug or not watched:
        raise NotFound()
    return min(watched, key=lambda unit: (unit.valid_to is not None, unit.depth, unit.name, unit.id))


def heads(actor: Actor, unit: UnitRow) -> bool:
    """Whether the actor is head of exactly this unit: only they see what each of its officials has in hand."""
    return actor.holds_at(unit.id, Role.SUPERVISOR)


def subtree_of(chosen: UnitRow, watched: Sequence[UnitRow]) -> tuple[UnitRow, ...]:
    """The chosen unit and all that is under it."""
    return tuple(unit for unit in watched if within_path(unit.path, chosen.path))
