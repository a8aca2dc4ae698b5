"""Who holds a role within somebody's reach, and whose role is about to end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, select, tuple_

from feedback.kernel.actor import Actor
from feedback.kernel.paging import Page, page_of, read_cursor, write_cursor
from feedback.kernel.permissions import Permission, Role
from feedback.people.models import MembershipRow, Person
from feedback.people.queries.invitations import within
from feedback.people.rules.invitations import ENDING, is_ending, may_give
from feedback.storage.session import db
from feedback.units.models import Unit
from feedback.units.queries import today

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class StaffLine:
    """A role held by somebody, as the list of staff shows it."""

    id: int
    person_id: int
    name: str
    email: str
    role: Role
    unit: str
    valid_to: date | None
    is_ending: bool
    may_extend: bool


def _lines(actor: Actor) -> Select[Any]:
    statement = (
        select(
            MembershipRow.id, MembershipRow.person_id, Person.name, Person.email, MembershipRow.role,
            Unit.name.label("unit"), Unit.path, MembershipRow.valid_to,
        )
        .join(Person, Person.id == MembershipRow.person_id)
        .join(Unit, Unit.id == MembershipRow.unit_id)
        .where(Person.is_active, MembershipRow.valid_to.is_(None) | (MembershipRow.valid_to >= today()))
    )  # fmt: skip
    return statement if actor.may(Permission.ADMINISTER) else statement.where(within(actor))


def _line(row: Any, actor: Actor) -> StaffLine:
    role, day = Role(row.role), today()
    extends = row.valid_to is not None and may_give(actor, role, row.path)
    ending = is_ending(row.valid_to, day)
    return StaffLine(row.id, row.person_id, row.name, row.email, role, row.unit, row.valid_to, ending, extends)


def staff_page(
    actor: Actor, *, ending: bool, text: str = "", after: str | None = None, before: str | None = None
) -> Page[StaffLine]:
    """Roles within reach by name of the holder, or only those that end within two weeks."""
    statement = _lines(actor)
    if ending:
        statement = statement.where(MembershipRow.valid_to <= today() + ENDING)
    for word in text.split()[:8]:
        statement = statement.where(
            Person.name.icontains(word, autoescape=True) | Person.email.icontains(word, autoescape=True)
        )
    key = (Person.name, MembershipRow.id)
    backwards = read_cursor(before, (str, int))
    cursor = backwards or read_cursor(after, (str, int))
    statement = statement.order_by(*(one.desc() for one in key)) if backwards else statement.order_by(*key)
    if cursor is not None:
        statement = statement.where(tuple_(*key) < cursor if backwards else tuple_(*key) > cursor)
    rows = [_line(row, actor) for row in db.session.execute(statement.limit(PAGE_SIZE + 1))]
    return page_of(
        rows,
        PAGE_SIZE,
        lambda line: write_cursor(line.name, line.id),
        backwards=backwards is not None,
        has_cursor=cursor is not None,
    )


def staff_line(actor: Actor, membership_id: int) -> StaffLine | None:
    """One role within reach."""
    row = db.session.execute(_lines(actor).where(MembershipRow.id == membership_id)).first()
    return None if row is None else _line(row, actor)


def count_ending(actor: Actor) -> int:
    """How many roles within reach end within two weeks."""
    ending = _lines(actor).where(MembershipRow.valid_to <= today() + ENDING)
    return len(db.session.execute(ending.with_only_columns(MembershipRow.id)).all())


@dataclass(frozen=True, slots=True)
class EndingRole:
    """A role as the letter about its end tells it."""

    person_id: int
    name: str
    role: Role
    unit: str
    valid_to: date
    zone: str


def ending_role(membership_id: int, valid_to: date) -> EndingRole | None:
    """The role a letter is about; None when it was extended or ended meanwhile."""
    row = db.session.execute(
        select(Person.id, Person.name, MembershipRow.role, Unit.name, MembershipRow.valid_to, Unit.zone)
        .join(Person, Person.id == MembershipRow.person_id)
        .join(Unit, Unit.id == MembershipRow.unit_id)
        .where(MembershipRow.id == membership_id, MembershipRow.valid_to == valid_to, Person.is_active)
    ).first()
    return None if row is None else EndingRole(row[0], row[1], Role(row[2]), row[3], row[4], row[5])


def roles_to_warn_of(first: date) -> list[Any]:
    """Roles that end within two weeks of a date and about which nobody was written to yet."""
    until = first + ENDING
    statement = (
        select(MembershipRow.id, MembershipRow.person_id, MembershipRow.valid_to, Unit.path, Unit.zone)
        .join(Unit, Unit.id == MembershipRow.unit_id)
        .where(MembershipRow.valid_to >= first - timedelta(days=1), MembershipRow.valid_to <= until + timedelta(days=1))
        .where(MembershipRow.warned_of.is_(None) | (MembershipRow.warned_of != MembershipRow.valid_to))
        .order_by(MembershipRow.id)
        .limit(200)
    )
    return list(db.session.execute(statement).all())


def roles_that_ended(day: date) -> list[Any]:
    """Roles whose last day is before a date, and whose end was not acted on yet."""
    statement = (
        select(MembershipRow.id, MembershipRow.valid_to, Unit.zone)
        .join(Unit, Unit.id == MembershipRow.unit_id)
        .where(MembershipRow.valid_to < day, MembershipRow.ended_at.is_(None))
        .order_by(MembershipRow.id)
        .limit(200)
    )
    return list(db.session.execute(statement).all())
