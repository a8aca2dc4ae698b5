"""The figures of the board: one grouped statement for the cohort, one for what burns now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Integer, String, and_, case, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute

from feedback.insight.queries.cohort import cohort, condition, holder, minutes_of, open_tickets
from feedback.insight.rules.figures import Board, Tally, board_of
from feedback.insight.rules.measures import BURNING, COUNTED, SLOW, Measure
from feedback.insight.rules.scope import Scope, subtree_of
from feedback.insight.rules.spread import SLOWEST_TENTH, percentile
from feedback.kernel.actor import Actor
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle
from feedback.units.rules import UnitRow

# In the order of the fields of Tally.
TIMES = (
    TicketCycle.first_response_minutes, TicketCycle.first_response_seconds,
    TicketCycle.resolution_minutes, TicketCycle.resolution_seconds,
)  # fmt: skip


def board(scope: Scope, watched: Sequence[UnitRow], actor: Actor) -> Board:
    """The board of a unit the actor watches over, in one statement whatever the number of units and tickets."""
    return board_of(scope.unit, subtree_of(scope.unit, watched), _tallies(scope, actor))


def burning(scope: Scope, actor: Actor) -> Mapping[Measure, int]:
    """How many open tickets need somebody now, per reason; one statement."""
    statement = select(*(_how_many(condition(measure, scope)) for measure in BURNING))
    numbers = db.session.execute(statement.where(open_tickets(scope, actor))).one()
    return {measure: number or 0 for measure, number in zip(BURNING, numbers, strict=True)}


def slow_limit(measure: Measure, scope: Scope, actor: Actor) -> float | None:
    """The 90th percentile, in working minutes, that a round must exceed to count as slow; None without any times."""
    column = minutes_of(measure)
    minutes = (
        select(column)
        .select_from(TicketCycle)
        .join(Ticket, Ticket.id == TicketCycle.ticket_id)
        .where(cohort(scope, actor), column.is_not(None))
    )
    return percentile(sorted(db.session.execute(minutes).scalars()), SLOWEST_TENTH)


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


def _tallies(scope: Scope, actor: Actor) -> dict[int, Tally]:
    statement = (
        select(
            holder,
            *(_times(column) for column in TIMES),
            *(_how_many(condition(measure, scope)) for measure in COUNTED),
        )
        .select_from(TicketCycle)
        .join(Ticket, Ticket.id == TicketCycle.ticket_id)
        .where(cohort(scope, actor))
        .group_by(holder)
    )
    return {
        unit_id: Tally(dict(zip(COUNTED, rest[len(TIMES) :], strict=True)), *map(_numbers, rest[: len(TIMES)]))
        for unit_id, *rest in db.session.execute(statement)
    }


def _times(column: InstrumentedAttribute[int | None]) -> ColumnElement[str]:
    # One text per unit instead of one row per round: fetching every round costs more than finding it.
    return func.aggregate_strings(cast(column, String), ",")


def _numbers(listed: str | None) -> list[int]:
    return [int(number) for number in listed.split(",")] if listed else []
