"""Who somebody is, and who works where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_login import AnonymousUserMixin
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import aliased

from feedback.kernel.actor import Actor, Membership
from feedback.kernel.clock import local_date, utc_now
from feedback.kernel.permissions import Role
from feedback.people.models import Deputy, MailPreference, MembershipRow, Person, SignIn
from feedback.people.rules import LENT, Absence, Seat, is_current, sign_in_lasts
from feedback.storage.keyring import keyed_hash
from feedback.storage.session import db
from feedback.units.models import Unit
from feedback.units.rules import path_ids

_ONE_DAY = timedelta(days=1)


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


_Absent = aliased(Person)


def _with_roles(statement: Select[Any]) -> Select[Any]:
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
        .where(Person.is_active)
        .order_by(MembershipRow.id)
    )  # fmt: skip


def _held(rows: Sequence[Any], person_id: int, now: datetime) -> tuple[Membership, ...]:
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


def signed_in_person(token: str) -> SignedIn | None:
    """The account of a sign-in token with the roles of today, in one statement; None when it has ended."""
    asked = select(Person.id, Person.name, Person.email, Person.locale, SignIn.created_at)
    statement = _with_roles(asked.join(Person, Person.id == SignIn.person_id))
    rows = db.session.execute(statement.where(SignIn.token_hash == token_hash(token))).all()
    if not rows:
        return None
    now = utc_now()
    first = rows[0]
    held = _held(rows, first.id, now)
    if not sign_in_lasts(first.created_at, now, staff=bool(held)):
        return None
    return SignedIn(token, first.name, first.email, first.locale, Actor(first.id, first.name, held))


def actor_of(person_id: int) -> Actor | None:
    """Somebody with the roles of today, for what is sent to them; None for a closed account."""
    rows = db.session.execute(_with_roles(select(Person.id, Person.name)).where(Person.id == person_id)).all()
    if not rows:
        return None
    return Actor(rows[0].id, rows[0].name, _held(rows, rows[0].id, utc_now()))


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


def wants_digests(person_id: int) -> tuple[bool, bool]:
    """Whether somebody wants the daily and the weekly digest; both unless they said otherwise."""
    columns = select(MailPreference.daily_digest, MailPreference.weekly_digest)
    row = db.session.execute(columns.where(MailPreference.person_id == person_id)).one_or_none()
    return (row.daily_digest, row.weekly_digest) if row else (True, True)
