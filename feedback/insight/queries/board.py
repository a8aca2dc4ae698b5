"""The figures of the board: the cohort from roll-ups and rows, what burns now in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Integer, and_, case, func, select

from feedback.insight.queries.cohort import burning_conditions, cohort, condition, open_tickets, units_below
from feedback.insight.queries.rollup import is_stored, split_tallies, tallies, totals
from feedback.insight.rules.compare import Compared, compared, not_in_both, to_take_out
from feedback.insight.rules.facts import Dimension
from feedback.insight.rules.figures import Board, Reach, board_of
from feedback.insight.rules.lanes import NUMBERED, Whole, number_of, together
from feedback.insight.rules.measures import BURNING, OPEN_NOW, Measure
from feedback.insight.rules.scope import Scope, subtree_of
from feedback.insight.rules.trend import before
from feedback.kernel.actor import Actor
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle
from feedback.units.rules import UnitRow


def board(scope: Scope, watched: Sequence[UnitRow], actor: Actor) -> Board:
    """The board of a unit the actor watches over, in as many statements whatever the number of units and tickets."""
    below = subtree_of(scope.unit, watched)
    return board_of(scope.unit, below, tallies(scope, below, actor)[0])


def board_beside(scope: Scope, watched: Sequence[UnitRow], actor: Actor) -> tuple[Board, Compared]:
    """The same with the period before beside it; what is open is read once for both."""
    below = subtree_of(scope.unit, watched)
    periods = scope.period, before(scope.period)
    found = tallies(scope, below, actor, *periods)
    out = not_in_both(below, before=periods[1], now=periods[0])
    aside: list[dict[int, Whole]] = [{}, {}]
    if mixed := to_take_out(scope.unit, below, out):
        own = split_tallies(scope, mixed, actor, Dimension.ALL, *periods)
        aside = [{unit_id: whole for (unit_id, _), whole in each.items()} for each in own]
    return board_of(scope.unit, below, found[0]), compared(scope.unit, below, out, found, aside)


def burning(scope: Scope, actor: Actor) -> Mapping[Measure, int]:
    """How many open tickets need somebody now, per reason; one statement."""
    conditions = burning_conditions(scope)
    statement = select(*(_how_many(conditions[measure]) for measure in BURNING))
    numbers = db.session.execute(statement.where(open_tickets(scope, actor))).one()
    return {measure: number or 0 for measure, number in zip(BURNING, numbers, strict=True)}


def how_many(measure: Measure, scope: Scope, actor: Actor) -> int:
    """The number of rows behind a measure, unless it is one of slowness (`queries.slow`).

    Taken from the cells where they hold it: to count a year's rows takes seconds.
    """
    below = units_below(scope.unit) if scope.reach is Reach.SUBTREE else (scope.unit,)
    if measure in NUMBERED and is_stored(scope, below):
        return number_of(measure, together(list(totals(scope, below, actor).values())))
    wanted = condition(measure, scope)
    if measure in OPEN_NOW:
        statement = select(func.count()).select_from(Ticket).where(open_tickets(scope, actor), wanted)
    else:
        rounds = select(func.count()).select_from(TicketCycle).join(Ticket, Ticket.id == TicketCycle.ticket_id)
        statement = rounds.where(and_(cohort(scope, actor), wanted))
    return db.session.execute(statement).scalar_one()


def _how_many(wanted: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((wanted, 1), else_=0), type_=Integer)
