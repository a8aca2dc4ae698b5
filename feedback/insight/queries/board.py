"""The figures of the board: the cohort from roll-ups and rows, what burns now in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Integer, and_, case, func, select

from feedback.insight.queries.cohort import burning_conditions, cohort, condition, open_tickets, units_below
from feedback.insight.queries.rollup import tallies
from feedback.insight.rules.figures import Board, Reach, board_of, figures_of
from feedback.insight.rules.measures import BURNING, SLOW, Measure
from feedback.insight.rules.scope import Scope, subtree_of
from feedback.kernel.actor import Actor
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle
from feedback.units.rules import UnitRow


def board(scope: Scope, watched: Sequence[UnitRow], actor: Actor) -> Board:
    """The board of a unit the actor watches over, in as many statements whatever the number of units and tickets."""
    below = subtree_of(scope.unit, watched)
    return board_of(scope.unit, below, tallies(scope, below, actor))


def burning(scope: Scope, actor: Actor) -> Mapping[Measure, int]:
    """How many open tickets need somebody now, per reason; one statement."""
    conditions = burning_conditions(scope)
    statement = select(*(_how_many(conditions[measure]) for measure in BURNING))
    numbers = db.session.execute(statement.where(open_tickets(scope, actor))).one()
    return {measure: number or 0 for measure, number in zip(BURNING, numbers, strict=True)}


def slow_limit(measure: Measure, scope: Scope, actor: Actor) -> float | None:
    """The 90th percentile, in working minutes, that a round must exceed to count as slow; None without any times.

    It is the figure of the board.
    """
    below = units_below(scope.unit) if scope.reach is Reach.SUBTREE else (scope.unit,)
    figures = figures_of(tallies(scope, below, actor).values())
    waits = {
        Measure.VERIFY_SLOW: figures.verify,
        Measure.FIRST_RESPONSE_SLOW: figures.first_response,
        Measure.RESOLUTION_SLOW: figures.resolution,
    }
    return waits[measure].working.p90


def how_many(measure: Measure, scope: Scope, actor: Actor, limit: ColumnElement[bool] | None = None) -> int:
    """The number of rows behind a measure; ``limit`` is the condition of slowness."""
    wanted = limit if limit is not None and measure in SLOW else condition(measure, scope)
    if measure in BURNING:
        statement = select(func.count()).select_from(Ticket).where(open_tickets(scope, actor), wanted)
    else:
        rounds = select(func.count()).select_from(TicketCycle).join(Ticket, Ticket.id == TicketCycle.ticket_id)
        statement = rounds.where(and_(cohort(scope, actor), wanted))
    return db.session.execute(statement).scalar_one()


def _how_many(wanted: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((wanted, 1), else_=0), type_=Integer)
