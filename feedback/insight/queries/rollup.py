"""What every unit adds in a period: stored cells for what is settled, rows for what is open or has just changed.

The cells hold reports that were closed when they were last brought up to date. Reports with a newer event, open ones
and delicate ones are counted from their rows, and what the cells still hold of them is taken out: so the figures always
equal the lists behind them, however old the cells are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select

from feedback.insight.models import FigureCell, FigureFact, FigureState
from feedback.insight.queries.cohort import cohort, only
from feedback.insight.queries.facts import facts
from feedback.insight.rules.facts import Basis, Dimension, Fact, Part, covering, day_span, month_span, week_span
from feedback.insight.rules.figures import Reach
from feedback.insight.rules.lanes import LAYOUT, Amounts, add, unpacked
from feedback.insight.rules.scope import WATCHERS, Scope
from feedback.kernel.actor import Actor
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle, TicketEvent
from feedback.units.models import Unit
from feedback.units.rules import UnitRow

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
    """How far the cells are; None when there are none that this version can read."""
    columns = [getattr(FigureState, name) for name in StateRow.__dataclass_fields__]
    row = db.session.execute(select(*columns).where(FigureState.layout == LAYOUT)).first()
    return None if row is None else StateRow(*row)


def wrong_figures() -> StateRow | None:
    """What the last nightly check found wrong; None when nothing was."""
    known = state()
    return known if known is not None and known.wrong else None


def tallies(scope: Scope, below: Sequence[UnitRow], actor: Actor) -> dict[int, Amounts]:
    """What each unit of the subtree adds in the scope, by its id, by lane (`rules.lanes`)."""
    return {key[0]: whole for key, whole in split_tallies(scope, below, actor, Dimension.ALL).items()}


def split_tallies(
    scope: Scope, below: Sequence[UnitRow], actor: Actor, dimension: Dimension
) -> dict[tuple[int, str], Amounts]:
    """The same told apart by a value of a dimension: by (unit id, value).

    Dimensions are kept by month: outside of ``Dimension.ALL`` the period must be whole months to be read from cells.
    """
    units = {scope.unit.id} if scope.reach is Reach.OWN else {unit.id for unit in below}
    known = state() if len({unit.zone for unit in below}) == 1 else None
    spans = covering(scope.period.first, scope.period.last)
    if known is None or (dimension is not Dimension.ALL and any(not span.startswith("m") for span in spans)):
        return _added({}, _live(scope, actor), dimension, 1)
    found: dict[tuple[int, str], Amounts] = {}
    for row in _cells(spans, scope.basis, dimension, units, sealed=_may_know(scope, actor)):
        add(found.setdefault((row.unit_id, row.value), {}), unpacked(row.lanes))
    changed = changed_since(known.last_event_id)
    _added(found, _stale(changed, scope, units, sealed=_may_know(scope, actor)), dimension, -1)
    live = TicketCycle.ticket_id.in_(_asked_each_time(changed))
    return _added(found, _live(scope, actor, live), dimension, 1)


def by_span(
    spans: Mapping[str, Sequence[str]], scope: Scope, below: Sequence[UnitRow], actor: Actor
) -> dict[str, Amounts]:
    """What the whole subtree adds in each of several stretches of the scope's period, by their names.

    ``spans`` names for each stretch the stored spans it is made of.
    """
    known = state() if len({unit.zone for unit in below}) == 1 else None
    units = {scope.unit.id} if scope.reach is Reach.OWN else {unit.id for unit in below}
    place = {span: name for name, parts in spans.items() for span in parts}
    found: dict[str, Amounts] = {name: {} for name in spans}
    if known is None:
        return _placed(found, _live(scope, actor), scope.basis, place, 1)
    for row in _cells(tuple(place), scope.basis, Dimension.ALL, units, sealed=_may_know(scope, actor)):
        add(found[place[row.span]], unpacked(row.lanes))
    changed = changed_since(known.last_event_id)
    _placed(found, _stale(changed, scope, units, sealed=_may_know(scope, actor)), scope.basis, place, -1)
    live = TicketCycle.ticket_id.in_(_asked_each_time(changed))
    return _placed(found, _live(scope, actor, live), scope.basis, place, 1)


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
    spans: Sequence[str], basis: Basis, dimension: Dimension, units: Collection[int], *, sealed: bool
) -> Iterable[Row[Any]]:
    asked = select(FigureCell.span, FigureCell.unit_id, FigureCell.value, FigureCell.lanes).where(
        FigureCell.dimension == dimension,
        FigureCell.basis == basis,
        FigureCell.span.in_(spans),
        FigureCell.unit_id.in_(units),
    )
    return db.session.execute(asked if sealed else asked.where(FigureCell.confidential.is_(False)))


def _asked_each_time(changed: Collection[int]) -> Any:
    # By unit, because that is how the index finds the open ones.
    open_ = select(Ticket.id).where(Ticket.unit_id.in_(select(Unit.id)), Ticket.is_open)
    delicate = select(FigureFact.ticket_id).where(FigureFact.delicate)
    return open_.union(delicate, select(Ticket.id).where(Ticket.id.in_(changed)))


def _live(scope: Scope, actor: Actor, which: ColumnElement[bool] | None = None) -> list[Fact]:
    wanted = cohort(scope, actor)
    return facts(wanted if which is None else and_(which, only(wanted)), scope.now)


def _stale(changed: Collection[int], scope: Scope, units: Collection[int], *, sealed: bool) -> list[Fact]:
    """What the cells hold of reports that have changed since."""
    on = FigureFact.received_on if scope.basis is Basis.RECEIVED else FigureFact.answered_on
    within = and_(on >= scope.period.first, on <= scope.period.last)
    rows = db.session.execute(
        select(*FigureFact.__table__.c).where(FigureFact.ticket_id.in_(changed), FigureFact.delicate.is_(False), within)
    )
    return [fact_of(row) for row in rows if row.unit_id in units and (sealed or not row.confidential)]


def _added(
    found: dict[tuple[int, str], Amounts], these: Iterable[Fact], dimension: Dimension, sign: int
) -> dict[tuple[int, str], Amounts]:
    for fact in these:
        parts = fact.parts if dimension is not Dimension.ALL else (Part(Dimension.ALL, ""),)
        for part in parts:
            if part.dimension is dimension:
                amounts = fact.amounts if part.amounts is None else part.amounts
                add(found.setdefault((fact.unit_id, part.value), {}), amounts.items(), sign)
    return found


def _placed(
    found: dict[str, Amounts], these: Iterable[Fact], basis: Basis, place: Mapping[str, str], sign: int
) -> dict[str, Amounts]:
    for fact in these:
        on = fact.received_on if basis is Basis.RECEIVED else fact.answered_on
        name = None if on is None else _stretch(on, place)
        if name is not None:
            add(found[name], fact.amounts.items(), sign)
    return found


def _stretch(on: date, place: Mapping[str, str]) -> str | None:
    return next((place[span] for span in (day_span(on), week_span(on), month_span(on)) if span in place), None)
