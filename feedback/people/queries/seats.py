"""Who works where, and who is away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from feedback.kernel.permissions import Role
from feedback.people.models import Deputy, MembershipRow, Person
from feedback.people.rules import Absence, Seat
from feedback.storage.session import db
from feedback.units.models import Unit
from feedback.units.rules import path_ids

_ONE_DAY = timedelta(days=1)


def seats_at(unit_path: str, roles: Sequence[Role], since: date) -> list[Seat]:
    """The roles held by active people at the unit of a path and above it, with absences that last to ``since`` or on.

    Who sits there on a date is `Seat.on`.
    """
    deputy = aliased(Person)
    absence = and_(
        Deputy.absent_id == Person.id,
        or_(Deputy.unit_id.is_(None), Deputy.unit_id == MembershipRow.unit_id),
        Deputy.valid_to >= since - _ONE_DAY,
    )
    statement = (
        select(
            MembershipRow.id, Person.id.label("holder_id"), MembershipRow.role, MembershipRow.unit_id,
            MembershipRow.valid_from, MembershipRow.valid_to, Deputy.valid_from.label("absent_from"),
            Deputy.valid_to.label("absent_to"), deputy.id.label("deputy_id"),
        )
        .join(MembershipRow, MembershipRow.person_id == Person.id)
        .outerjoin(Deputy, absence)
        .outerjoin(deputy, and_(deputy.id == Deputy.deputy_id, deputy.is_active))
        .where(MembershipRow.unit_id.in_(path_ids(unit_path)), Person.is_active, MembershipRow.role.in_(roles))
        .order_by(Person.name, Person.id, MembershipRow.id, Deputy.id)
    )  # fmt: skip
    found: dict[int, Seat] = {}
    for row in db.session.execute(statement):
        seat = Seat(row.holder_id, Role(row.role), row.unit_id, row.valid_from, row.valid_to)
        seat = found.setdefault(row.id, seat)
        if row.absent_from is not None:
            away = Absence(row.absent_from, row.absent_to, row.deputy_id)
            found[row.id] = seat._replace(absences=(*seat.absences, away))
    return list(found.values())


def people_within(unit_id: int | None, today: date) -> frozenset[int]:
    """Everybody who holds a role at a unit or under it on a date; nobody for None."""
    if unit_id is None:
        return frozenset()
    path = select(Unit.path).where(Unit.id == unit_id).scalar_subquery()
    held = (
        select(MembershipRow.person_id)
        .join(Unit, Unit.id == MembershipRow.unit_id)
        .where(
            func.substr(Unit.path, 1, func.length(path)) == path,
            MembershipRow.valid_from <= today + _ONE_DAY,
            or_(MembershipRow.valid_to.is_(None), MembershipRow.valid_to >= today - _ONE_DAY),
        )
    )
    return frozenset(db.session.scalars(held))


@dataclass(frozen=True, slots=True)
class AbsenceView:
    """An absence as the account's page and the terminal show it; empty names: every role, nobody stands in."""

    id: int
    valid_from: date
    valid_to: date
    unit_name: str
    deputy_name: str


def absences_of(person_id: int, since: date) -> list[AbsenceView]:
    """The absences of somebody that are not over before a local date."""
    statement = (
        select(Deputy.id, Deputy.valid_from, Deputy.valid_to, Unit.name, Person.name)
        .outerjoin(Unit, Unit.id == Deputy.unit_id)
        .outerjoin(Person, Person.id == Deputy.deputy_id)
        .where(Deputy.absent_id == person_id, Deputy.valid_to >= since)
        .order_by(Deputy.valid_from, Deputy.id)
    )
    rows = db.session.execute(statement)
    return [AbsenceView(row[0], row[1], row[2], row[3] or "", row[4] or "") for row in rows]
