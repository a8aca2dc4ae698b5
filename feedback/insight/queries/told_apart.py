"""The board by topic, service, kind, channel or region; where time goes; how it went by week and month."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import cast, select
from sqlalchemy.types import String

from feedback.catalogue.models import Service, Topic
from feedback.insight.queries.cohort import units_below
from feedback.insight.queries.rollup import by_span, totals
from feedback.insight.rules.facts import NOTHING, Dimension
from feedback.insight.rules.figures import Figures, Reach, figures_of
from feedback.insight.rules.lanes import Summed, Whole
from feedback.insight.rules.measures import Measure
from feedback.insight.rules.period import Period
from feedback.insight.rules.scope import Scope
from feedback.insight.rules.trend import Stretch
from feedback.kernel.actor import Actor
from feedback.storage.session import db
from feedback.units.queries import region_names, units_by_ids
from feedback.units.rules import UnitRow


@dataclass(frozen=True, slots=True)
class PartRow:
    """One value of a dimension; ``name`` None: none was given, or a word of our own that the page translates."""

    value: str
    name: str | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class Way:
    """How often one unit sent reports to another."""

    source: UnitRow
    target: UnitRow
    times: int


def reached(scope: Scope) -> tuple[UnitRow, ...]:
    """The units a scope is about."""
    return units_below(scope.unit) if scope.reach is Reach.SUBTREE else (scope.unit,)


def total(scope: Scope, actor: Actor) -> Figures:
    """The figures of a scope as a whole."""
    return figures_of(list(totals(scope, reached(scope), actor).values()))


def by_dimension(scope: Scope, dimension: Dimension, actor: Actor) -> tuple[PartRow, ...]:
    """The figures of each value of a dimension, the most received first. The period must be whole months."""
    grouped = _grouped(scope, dimension, actor)
    names = _names(dimension, grouped)
    rows = (PartRow(value, names.get(value), figures_of([whole])) for value, whole in grouped.items())
    return tuple(sorted(rows, key=lambda row: (-row.figures.counts[Measure.RECEIVED], row.name or row.value)))


def over_time(stretches: Sequence[Stretch], scope: Scope, actor: Actor) -> tuple[tuple[Stretch, Figures], ...]:
    """The figures of each stretch, in order."""
    asked = replace(scope, period=Period(stretches[0].first, stretches[-1].last, scope.period.zone))
    found = by_span([each.span for each in stretches], asked, reached(scope), actor)
    return tuple((each, figures_of([found[each.span]])) for each in stretches)


def ways(scope: Scope, actor: Actor) -> tuple[Way, ...]:
    """Who sent reports to whom, the most frequent first. The period must be whole months."""
    grouped = _grouped(scope, Dimension.FLOW, actor)
    pairs = {way: tuple(map(int, way.split(">"))) for way in grouped}
    units = units_by_ids({unit_id for pair in pairs.values() for unit_id in pair})
    rows = (
        Way(units[pair[0]], units[pair[1]], figures_of([grouped[way]]).sums[Summed.HOPS]) for way, pair in pairs.items()
    )
    return tuple(sorted(rows, key=lambda row: (-row.times, row.source.short_name, row.target.short_name)))


def held_by(scope: Scope, actor: Actor) -> tuple[tuple[UnitRow, int, int], ...]:
    """Each unit that held one of the rounds, its working minutes and in how many rounds; the most minutes first."""
    grouped = _grouped(scope, Dimension.HELD, actor)
    units = units_by_ids({int(value) for value in grouped})
    sums = ((units[int(value)], figures_of([whole]).sums) for value, whole in grouped.items())
    rows = ((unit, sum_[Summed.UNIT_MINUTES], sum_[Summed.UNIT_ROUNDS]) for unit, sum_ in sums)
    return tuple(sorted(rows, key=lambda row: (-row[1], row[0].short_name)))


def _grouped(scope: Scope, dimension: Dimension, actor: Actor) -> dict[str, Whole]:
    found = totals(scope, reached(scope), actor, dimension)
    return {value: whole for value, whole in found.items() if any(whole)}


def _names(dimension: Dimension, values: Collection[str]) -> dict[str, str]:
    """What the values are called; the words for kinds and channels belong to the page."""
    known = {value for value in values if value != NOTHING}
    if dimension is Dimension.REGION:
        return region_names(known)
    table: Any = {Dimension.TOPIC: Topic, Dimension.SERVICE: Service}.get(dimension)
    if table is None:
        return {}
    rows = select(cast(table.id, String), table.name).where(table.id.in_({int(value) for value in known}))
    return dict(db.session.execute(rows).tuples().all())
