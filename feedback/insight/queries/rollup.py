"""What every unit adds in a period: stored cells for what is settled, rows for what is open or has just changed.

The cells hold reports that were closed when they were last brought up to date. Reports with a newer event, open ones
and delicate ones are counted from their rows, and what the cells still hold of them is taken out: so the figures always
equal the lists behind them, however old the cells are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Row, and_, case, cast, func, literal, select

from feedback.insight.models import FigureCell, FigureFact, FigureState
from feedback.insight.queries.cohort import cohort, only
from feedback.insight.queries.facts import facts
from feedback.insight.rules.facts import Basis, Dimension, Fact, Part, covering, month_span, months_of, week_span
from feedback.insight.rules.figures import Reach, line_of
from feedback.insight.rules.lanes import LAYOUT, Whole, blank, pour, summed
from feedback.insight.rules.period import Period
from feedback.insight.rules.scope import WATCHERS, Scope
from feedback.kernel.actor import Actor
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle, TicketEvent
from feedback.units.models import Unit
from feedback.units.rules import UnitRow, path_ids

K = TypeVar("K")
Lines = dict[tuple[int, str], Whole]
# Numbers of events are given before they are stored, so one may appear below the newest that was seen.
OVERLAP = 200


@dataclass(frozen=True, slots=True)
class StateRow:
    """How far the cells are; ``wrong`` and ``wrong_text`` are what the last check found."""

    layout: int
    last_event_id: int
    built_at: datetime
    refreshed_at: datetime
    checked_at: datetime | None
    wrong: int
    wrong_text: str


def state() -> StateRow | None:
    """How far the cells are; None when there are none that this version can read, or a unit was moved since."""
    columns = [getattr(FigureState, name) for name in StateRow.__dataclass_fields__]
    readable = (FigureState.layout == LAYOUT) & (FigureState.tree == _tree(FigureState.units_until))
    row = db.session.execute(select(*columns).where(readable)).first()
    return None if row is None else StateRow(*row)


def tree_mark() -> tuple[int, int]:
    """Up to which unit there are any, and a number that stands for what hangs under what."""
    until = db.session.scalar(select(func.max(Unit.id))) or 0
    return until, db.session.scalar(select(_tree(literal(until)))) or 0


def unit_lines() -> dict[int, tuple[int, ...]]:
    """For each unit itself and every unit above it."""
    rows = db.session.execute(select(Unit.id, Unit.path)).tuples()
    return {unit_id: path_ids(path) for unit_id, path in rows}


def _tree(until: Any) -> ColumnElement[int]:
    """Changes whenever a unit is put under another one."""
    id_ = cast(Unit.id, BigInteger)
    places = select(func.coalesce(func.sum(id_ * id_ * Unit.parent_id), 0)).where(Unit.id <= until)
    return cast(places.scalar_subquery(), BigInteger)


def wrong_figures() -> StateRow | None:
    """What the last nightly check found wrong; None when nothing was."""
    known = state()
    return known if known is not None and known.wrong else None


def tallies(scope: Scope, below: Sequence[UnitRow], actor: Actor, *periods: Period) -> tuple[dict[int, Whole], ...]:
    """What each line of a board adds in each period, by the id of its unit (`rules.figures.line_of`).

    Without periods in the one of the scope. Several are counted together: what is open is then read only once.
    """
    lines = [(unit, line_of(scope.unit, unit)) for unit in below]
    wanted = and_(
        FigureCell.unit_id.in_({line for _, line in lines}),
        FigureCell.reach == case((FigureCell.unit_id == scope.unit.id, Reach.OWN), else_=Reach.SUBTREE),
    )
    found = _counted(scope, actor, Dimension.ALL, lines, wanted, periods or (scope.period,))
    return tuple({line: whole for (line, _), whole in each.items()} for each in found)


def totals(
    scope: Scope, below: Sequence[UnitRow], actor: Actor, dimension: Dimension = Dimension.ALL
) -> dict[str, Whole]:
    """What the scope adds as a whole, by the value of a dimension.

    Dimensions are kept by month: periods of other dates are counted from the rows.
    """
    units = below if scope.reach is Reach.SUBTREE else (scope.unit,)
    lines = [(unit, scope.unit.id) for unit in units]
    (found,) = _counted(scope, actor, dimension, lines, _whole(scope), (scope.period,))
    return {value: whole for (_, value), whole in found.items()}


def split_tallies(
    scope: Scope, units: Sequence[UnitRow], actor: Actor, dimension: Dimension, *periods: Period
) -> tuple[Lines, ...]:
    """What some units under the scope's add by themselves, told apart by a value of a dimension: by (unit id, value).

    For each period; without any for the one of the scope.
    """
    own = and_(FigureCell.unit_id.in_([unit.id for unit in units]), FigureCell.reach == Reach.OWN)
    lines = [(unit, unit.id) for unit in units]
    return tuple(_counted(scope, actor, dimension, lines, own, periods or (scope.period,)))


def by_span(spans: Sequence[str], scope: Scope, below: Sequence[UnitRow], actor: Actor) -> dict[str, Whole]:
    """What the scope adds in each of several stored spans of its period, by their names."""
    known = _readable(scope, below)
    units = {unit.id for unit in below} if scope.reach is Reach.SUBTREE else {scope.unit.id}
    found: dict[str, Whole] = {span: blank() for span in spans}
    if known is None:
        return _placed(found, _live(scope, actor), scope.basis, 1)
    cells = _cells(spans, scope, actor, Dimension.ALL, _whole(scope))
    found |= _summed((row.span, row.lanes) for row in cells)
    changed = changed_since(known.last_event_id)
    _placed(found, _stale(changed, scope, units, sealed=_may_know(scope, actor)), scope.basis, -1)
    return _placed(found, _live(scope, actor, _asked_each_time(changed)), scope.basis, 1)


def _counted(
    scope: Scope,
    actor: Actor,
    dimension: Dimension,
    lines: Sequence[tuple[UnitRow, int]],
    wanted: ColumnElement[bool],
    periods: Sequence[Period],
) -> list[Lines]:
    """Figures by line and value for each period.

    ``lines``: each unit and the line it is counted in. ``wanted``: the cells of the lines.
    """
    units = {unit.id: line for unit, line in lines}
    place = _Place(scope.basis, dimension, units, periods)
    spans = [covering(period.first, period.last) for period in periods]
    stored = dimension is Dimension.ALL or all(span.startswith(("m", "q")) for span in chain(*spans))
    known = _readable(scope, [unit for unit, _ in lines]) if stored else None
    if known is None:
        for number, period in enumerate(periods):
            place.add(_live(replace(scope, period=period), actor), 1, number)
        return place.found
    for found, asked in zip(place.found, spans, strict=True):
        asked = asked if dimension is Dimension.ALL else months_of(asked)
        cells = _cells(asked, scope, actor, dimension, wanted)
        found |= _summed(((row.unit_id, row.value), row.lanes) for row in cells)
    first, last = min(each.first for each in periods), max(each.last for each in periods)
    wide = replace(scope, period=Period(first, last, scope.period.zone))
    changed = changed_since(known.last_event_id)
    place.add(_stale(changed, wide, units, sealed=_may_know(scope, actor)), -1)
    place.add(_live(wide, actor, _asked_each_time(changed)), 1)
    return place.found


def _summed(cells: Iterable[tuple[K, bytes]]) -> dict[K, Whole]:
    by_key: dict[K, list[bytes]] = {}
    for key, lanes in cells:
        by_key.setdefault(key, []).append(lanes)
    return {key: summed(each) for key, each in by_key.items()}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where rounds are added that are not in the cells: for each period by line and value."""

    basis: Basis
    dimension: Dimension
    line_of: Mapping[int, int]
    periods: Sequence[Period]
    found: list[Lines] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "found", [{} for _ in self.periods])

    def add(self, these: Iterable[Fact], sign: int, only_period: int | None = None) -> None:
        """Add rounds, or take them out, by their own date or all to one period."""
        for fact in these:
            on = fact.received_on if self.basis is Basis.RECEIVED else fact.answered_on
            for number, period in enumerate(self.periods):
                if number == only_period or (only_period is None and on and period.first <= on <= period.last):
                    self._add(self.found[number], fact, sign)

    def _add(self, found: Lines, fact: Fact, sign: int) -> None:
        line = self.line_of.get(fact.unit_id)
        if line is None:
            return
        if self.dimension is Dimension.ALL:
            pour(found.setdefault((line, ""), blank()), fact.amounts.items(), sign)
            return
        for part in fact.parts:
            if part.dimension is self.dimension:
                amounts = fact.amounts if part.amounts is None else part.amounts
                pour(found.setdefault((line, part.value), blank()), amounts.items(), sign)


def _readable(scope: Scope, below: Sequence[UnitRow]) -> StateRow | None:
    """How far the cells are; None when this question cannot be read from them.

    They are kept by the day of each unit, so a subtree with more than one zone has no common day.
    """
    one_day = scope.reach is Reach.OWN or len({unit.zone for unit in below}) <= 1
    return state() if one_day and scope.part is None and scope.official is None else None


def is_stored(scope: Scope, below: Sequence[UnitRow]) -> bool:
    """Whether a question is answered from the cells."""
    return _readable(scope, below) is not None


def _whole(scope: Scope) -> ColumnElement[bool]:
    return and_(FigureCell.unit_id == scope.unit.id, FigureCell.reach == scope.reach)


def changed_since(event_id: int) -> Collection[int]:
    """Reports with an event that may not be in the cells yet."""
    recent = select(TicketEvent.ticket_id).where(TicketEvent.id > event_id - OVERLAP).distinct()
    return frozenset(db.session.execute(recent).scalars())


def fact_of(row: Row[Any]) -> Fact:
    """A stored fact as the rules want it."""
    return Fact(
        cycle_id=row.cycle_id,
        ticket_id=row.ticket_id,
        unit_id=row.unit_id,
        confidential=row.confidential,
        delicate=row.delicate,
        received_on=row.received_on,
        answered_on=row.answered_on,
        amounts=dict(row.amounts),
        parts=tuple(
            Part(Dimension(name), value, None if amounts is None else dict(amounts))
            for name, value, amounts in row.parts
        ),
    )


def _may_know(scope: Scope, actor: Actor) -> bool:
    """Whether figures for this actor include confidential and hidden reports: those who watch over the unit."""
    return actor.reaches(scope.unit.path, *WATCHERS)


def _cells(
    spans: Sequence[str], scope: Scope, actor: Actor, dimension: Dimension, wanted: ColumnElement[bool]
) -> Iterable[Row[Any]]:
    asked = select(FigureCell.span, FigureCell.unit_id, FigureCell.value, FigureCell.lanes).where(
        FigureCell.dimension == dimension, FigureCell.basis == scope.basis, FigureCell.span.in_(spans), wanted
    )
    sealed = _may_know(scope, actor)
    return db.session.execute(asked if sealed else asked.where(FigureCell.confidential.is_(False)))


def _asked_each_time(changed: Collection[int]) -> Any:
    """The ids of reports that are counted from their rows: open ones, delicate ones, and what changed."""
    # By unit, because that is how the index finds the open ones.
    open_ = select(Ticket.id).where(Ticket.unit_id.in_(select(Unit.id)), Ticket.is_open)
    delicate = select(FigureFact.ticket_id).where(FigureFact.delicate)
    return open_.union(delicate, select(Ticket.id).where(Ticket.id.in_(changed)))


def _live(scope: Scope, actor: Actor, which: Any = None) -> list[Fact]:
    """Rounds from their rows. The reports asked for are the way in: the period has as many rounds as were closed."""
    wanted = cohort(scope, actor)
    return facts(wanted if which is None else and_(TicketCycle.ticket_id.in_(which), only(wanted)), scope.now)


def _stale(changed: Collection[int], scope: Scope, units: Collection[int], *, sealed: bool) -> list[Fact]:
    """What the cells hold of reports that have changed since."""
    on = FigureFact.received_on if scope.basis is Basis.RECEIVED else FigureFact.answered_on
    within = and_(on >= scope.period.first, on <= scope.period.last)
    rows = db.session.execute(
        select(*FigureFact.__table__.c).where(FigureFact.ticket_id.in_(changed), FigureFact.delicate.is_(False), within)
    )
    return [fact_of(row) for row in rows if row.unit_id in units and (sealed or not row.confidential)]


def _placed(found: dict[str, Whole], these: Iterable[Fact], basis: Basis, sign: int) -> dict[str, Whole]:
    for fact in these:
        on = fact.received_on if basis is Basis.RECEIVED else fact.answered_on
        span = None if on is None else next((each for each in (week_span(on), month_span(on)) if each in found), None)
        if span is not None:
            pour(found[span], fact.amounts.items(), sign)
    return found
