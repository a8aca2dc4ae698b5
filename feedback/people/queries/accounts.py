"""Accounts and the roles they hold or held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from feedback.kernel.permissions import Role
from feedback.people.models import MailPreference, MembershipRow, Person
from feedback.storage.session import db
from feedback.units.models import Unit


@dataclass(frozen=True, slots=True)
class PersonRow:
    """An account as administrators and mails see it."""

    id: int
    email: str
    name: str
    locale: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class MembershipView:
    """A role somebody holds or held."""

    id: int
    person_id: int
    unit_id: int
    unit_name: str
    role: Role
    valid_from: date
    valid_to: date | None


def _people(*conditions: object) -> Sequence[PersonRow]:
    columns = select(Person.id, Person.email, Person.name, Person.locale, Person.is_active)
    rows = db.session.execute(columns.where(*conditions).order_by(Person.name, Person.id))  # type: ignore[arg-type]
    return [PersonRow(*row) for row in rows]


def people_by_ids(ids: Iterable[int]) -> dict[int, PersonRow]:
    """Accounts by id."""
    return {row.id: row for row in _people(Person.id.in_(set(ids)))}


def who_holds(role: Role, today: date) -> list[int]:
    """Open accounts that hold a role on a date."""
    held = select(MembershipRow.person_id).where(
        MembershipRow.role == role,
        MembershipRow.valid_from <= today,
        MembershipRow.valid_to.is_(None) | (MembershipRow.valid_to >= today),
    )
    return list(db.session.scalars(select(Person.id).where(Person.is_active, Person.id.in_(held)).order_by(Person.id)))


def person_by_email(email: str) -> PersonRow | None:
    """The account with this address."""
    return next(iter(_people(Person.email == email.strip().lower())), None)


def list_people(text: str = "", after: str = "", size: int = 50) -> list[PersonRow]:
    """Accounts by address, a page at a time."""
    statement = select(Person.id, Person.email, Person.name, Person.locale, Person.is_active).where(
        Person.email > after
    )
    if text:
        like = f"%{text.replace('%', '').replace('_', '')}%"
        statement = statement.where(Person.email.ilike(like) | Person.name.ilike(like))
    return [PersonRow(*row) for row in db.session.execute(statement.order_by(Person.email).limit(size))]


def memberships_of(person_ids: Iterable[int]) -> list[MembershipView]:
    """Roles of these people, past ones too."""
    statement = (
        select(
            MembershipRow.id, MembershipRow.person_id, MembershipRow.unit_id, Unit.name, MembershipRow.role,
            MembershipRow.valid_from, MembershipRow.valid_to,
        )
        .join(Unit, Unit.id == MembershipRow.unit_id)
        .where(MembershipRow.person_id.in_(set(person_ids)))
        .order_by(MembershipRow.id)
    )  # fmt: skip
    return [
        MembershipView(row[0], row[1], row[2], row[3], Role(row[4]), row[5], row[6])
        for row in db.session.execute(statement)
    ]


def wants_digests(person_id: int) -> tuple[bool, bool]:
    """Whether somebody wants the daily and the weekly digest; both unless they said otherwise."""
    columns = select(MailPreference.daily_digest, MailPreference.weekly_digest)
    row = db.session.execute(columns.where(MailPreference.person_id == person_id)).one_or_none()
    return (row.daily_digest, row.weekly_digest) if row else (True, True)
