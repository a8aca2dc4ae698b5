"""The grants of an actor as SQL: the same data that decides for one ticket (DESIGN.md 3.5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, false, or_, select

from feedback.files.queries import FileLine
from feedback.tickets.models import Ticket
from feedback.tickets.rules.grants import Grant, Op, Sight, Test, TicketFacts
from feedback.units.models import Unit
from feedback.units.rules import path_range

# The columns that facts_of_row needs.
FACTS = (
    Ticket.id, Ticket.unit_id, Unit.path.label("unit_path"), Ticket.confidential, Ticket.hidden, Ticket.published_at,
    Ticket.reporter_id, Ticket.reported_person_id, Ticket.walled_unit_id,
)  # fmt: skip


def facts_of_row(row: Row[Any]) -> TicketFacts:
    """What visibility depends on, from a row with the columns of FACTS."""
    return TicketFacts(
        id=row.id,
        unit_id=row.unit_id,
        unit_path=row.unit_path,
        confidential=row.confidential,
        hidden=row.hidden,
        published=row.published_at is not None,
        reporter_id=row.reporter_id,
        reported_person_id=row.reported_person_id,
        walled_unit_id=row.walled_unit_id,
    )


def under(column: Any, path: str) -> ColumnElement[bool]:
    """Whether a unit id column names a unit of the subtree at ``path``."""
    low, high = path_range(path)
    return column.in_(select(Unit.id).where(Unit.path >= low, Unit.path < high))  # type: ignore[no-any-return]


def _clause(test: Test) -> ColumnElement[bool]:
    if test.field == "unit_path":
        return under(Ticket.unit_id, str(test.value))
    if test.field == "published":
        return Ticket.published_at.is_not(None)
    column = getattr(Ticket, test.field)
    if test.op is Op.IN:
        return column.in_(test.value)  # type: ignore[no-any-return]
    if test.op is Op.NOT_IN:
        return or_(column.is_(None), column.not_in(test.value))
    if test.op is Op.IS_NOT:
        return column.is_distinct_from(test.value)  # type: ignore[no-any-return]
    return column == test.value  # type: ignore[no-any-return]


def aside(clause: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same condition in a shape that no index answers: it is only asked of rows found otherwise."""
    return case((clause, 1), else_=0) == 1


def visible(grants: tuple[Grant, ...], least: Sight = Sight.LISTED) -> ColumnElement[bool]:
    """The tickets on which these grants give at least this sight."""
    useful = [grant for grant in grants if grant.sight >= least]
    # A grant whose tests include all tests of another adds nothing; dropping it keeps the public list on its index.
    needed = [one for one in useful if not any(set(other.tests) < set(one.tests) for other in useful)]
    return or_(false(), *(and_(*(_clause(test) for test in grant.tests)) for grant in needed))


def readable(line: FileLine, *, sight: Sight, official: bool, is_public: bool) -> bool:
    """Whether somebody with this sight may have a file: as the words it came with, unless an official hid it."""
    if line.hidden and not official:
        return False
    return sight is Sight.WHOLE or (is_public and sight >= Sight.WORDS)
