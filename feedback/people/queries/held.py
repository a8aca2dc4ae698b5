"""Which roles somebody holds today, their own and in the place of others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import aliased

from feedback.kernel.actor import Actor, Membership
from feedback.kernel.clock import local_date, utc_now
from feedback.kernel.permissions import Role
from feedback.people.models import Deputy, MembershipRow, Person
from feedback.people.rules import LENT, is_current
from feedback.storage.session import db
from feedback.units.models import Unit

_ONE_DAY = timedelta(days=1)
_Absent = aliased(Person)


def with_roles(statement: Select[Any]) -> Select[Any]:
    """A person with a row for each role held, and for each role held in the place of somebody absent.

    The dates are compared roughly here, so that years of absences are not read, and in the unit's zone afterwards.
    """
    today = utc_now().date()
    absence = and_(
        Deputy.deputy_id == Person.id,
        Deputy.valid_from <= today + _ONE_DAY,
        Deputy.valid_to >= today - _ONE_DAY,
    )
    return (
        statement.add_columns(
            MembershipRow.person_id, MembershipRow.unit_id, MembershipRow.role, MembershipRow.valid_from,
            MembershipRow.valid_to, Unit.path, Unit.zone, Unit.name.label("unit_name"),
            Deputy.absent_id, Deputy.unit_id.label("absent_unit_id"), Deputy.valid_from.label("absent_from"),
            Deputy.valid_to.label("absent_to"), _Absent.is_active.label("absent_is_active"),
        )
        .outerjoin(Deputy, absence)
        .outerjoin(_Absent, _Absent.id == Deputy.absent_id)
        .outerjoin(MembershipRow, MembershipRow.person_id.in_([Person.id, Deputy.absent_id]))
        .outerjoin(Unit, Unit.id == MembershipRow.unit_id)
        .order_by(MembershipRow.id)
    )  # fmt: skip


def held_now(rows: Sequence[Any], person_id: int, now: datetime) -> tuple[Membership, ...]:
    """The roles of today, the person's own first; each role in somebody's place names that person."""
    own, lent = [], []
    for row in rows:
        if not row.unit_id or not is_current(row.valid_from, row.valid_to, local_date(now, row.zone)):
            continue
        if row.person_id == person_id:
            own.append(Membership(row.unit_id, row.path, Role(row.role), row.unit_name))
        elif _is_lent(row, local_date(now, row.zone)):
            lent.append(Membership(row.unit_id, row.path, Role(row.role), row.unit_name, row.absent_id))
    return tuple(dict.fromkeys([*own, *lent]))


def _is_lent(row: Any, today: date) -> bool:
    covers = row.absent_unit_id is None or row.absent_unit_id == row.unit_id
    return bool(
        covers and row.absent_is_active and Role(row.role) in LENT and row.absent_from <= today <= row.absent_to
    )


def actor_of(person_id: int) -> Actor | None:
    """Somebody with the roles of today, for what is sent to them; None for a closed account."""
    rows = db.session.execute(
        with_roles(select(Person.id, Person.name)).where(Person.id == person_id, Person.is_active)
    ).all()
    if not rows:
        return None
    return Actor(rows[0].id, rows[0].name, held_now(rows, rows[0].id, utc_now()))
