"""Who somebody is, and who works where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_login import AnonymousUserMixin
from sqlalchemy import select

from feedback.kernel.actor import Actor, Membership
from feedback.kernel.clock import local_date, utc_now
from feedback.kernel.permissions import Role
from feedback.people.models import MembershipRow, Person, SignIn
from feedback.people.rules import is_current, sign_in_lasts
from feedback.storage.keyring import keyed_hash
from feedback.storage.session import db
from feedback.units.models import Unit
from feedback.units.rules import path_ids


class Visitor(AnonymousUserMixin):
    """Nobody is signed in."""

    actor = Actor()
    name = ""
    locale = "id"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The account behind a sign-in, in the shape Flask-Login asks for."""

    token: str
    name: str
    email: str
    locale: str
    actor: Actor
    is_active: bool = True
    is_authenticated: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What the cookie carries: the token, of which the database knows only the hash."""
        return self.token


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


def token_hash(token: str) -> str:
    """How a sign-in token is stored."""
    return keyed_hash("sign-in", token)


_SIGNED_IN = (
    select(
        Person.id, Person.name, Person.email, Person.locale, SignIn.created_at,
        MembershipRow.unit_id, MembershipRow.role, MembershipRow.valid_from, MembershipRow.valid_to,
        Unit.path, Unit.zone, Unit.name.label("unit_name"),
    )
    .join(Person, Person.id == SignIn.person_id)
    .outerjoin(MembershipRow, MembershipRow.person_id == Person.id)
    .outerjoin(Unit, Unit.id == MembershipRow.unit_id)
    .where(Person.is_active)
    .order_by(MembershipRow.id)
)  # fmt: skip


def signed_in_person(token: str) -> SignedIn | None:
    """The account of a sign-in token with the roles held today, in one statement; None when it has ended."""
    rows = db.session.execute(_SIGNED_IN.where(SignIn.token_hash == token_hash(token))).all()
    if not rows:
        return None
    now = utc_now()
    held = tuple(
        Membership(row.unit_id, row.path, Role(row.role), row.unit_name)
        for row in rows
        if row.unit_id and is_current(row.valid_from, row.valid_to, local_date(now, row.zone))
    )
    first = rows[0]
    if not sign_in_lasts(first.created_at, now, staff=bool(held)):
        return None
    return SignedIn(token, first.name, first.email, first.locale, Actor(first.id, first.name, held))


def _people(*conditions: object) -> Sequence[PersonRow]:
    columns = select(Person.id, Person.email, Person.name, Person.locale, Person.is_active)
    rows = db.session.execute(columns.where(*conditions).order_by(Person.name, Person.id))  # type: ignore[arg-type]
    return [PersonRow(*row) for row in rows]


def people_by_ids(ids: Iterable[int]) -> dict[int, PersonRow]:
    """Accounts by id."""
    return {row.id: row for row in _people(Person.id.in_(set(ids)))}


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


def staff_at(
    unit_path: str, roles: Sequence[Role], today: date, *, above: bool = False
) -> list[tuple[PersonRow, Role, int]]:
    """Active people holding one of the roles at the unit of a path (or, with ``above``, at it or any unit over it)."""
    ids = path_ids(unit_path)
    reach = MembershipRow.unit_id.in_(ids) if above else MembershipRow.unit_id == ids[-1]
    statement = (
        select(
            Person.id, Person.email, Person.name, Person.locale, Person.is_active,
            MembershipRow.role, MembershipRow.unit_id, MembershipRow.valid_from, MembershipRow.valid_to,
        )
        .join(MembershipRow, MembershipRow.person_id == Person.id)
        .where(reach, Person.is_active, MembershipRow.role.in_(roles))
        .order_by(Person.name, Person.id)
    )  # fmt: skip
    return [
        (PersonRow(*row[:5]), Role(row[5]), row[6])
        for row in db.session.execute(statement)
        if is_current(row[7], row[8], today)
    ]
