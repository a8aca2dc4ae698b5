"""Accounts: made, changed, closed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from feedback.audit.actions import record
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.kernel.privacy import NOTICE
from feedback.kernel.text import clean, mark
from feedback.people.actions.credentials import drop_credentials
from feedback.people.actions.passwords import hashed
from feedback.people.actions.sessions import end_sessions
from feedback.people.models import Person
from feedback.people.rules import check_account, check_name, check_password
from feedback.storage.outbox import post
from feedback.storage.session import db, transaction


@dataclass(frozen=True, slots=True)
class CreatePerson:
    """A new account; ``staff`` asks for the longer password."""

    email: str
    name: str
    password: str
    staff: bool = False
    locale: str = "id"


def create_person(command: CreatePerson, *, by: int | None = None, by_themselves: bool = False) -> int:
    """Make an account; returns its id. Raises Invalid for a weak password or an address already known.

    ``by_themselves`` says in the log that nobody vouched for it.
    """
    email = command.email.strip().lower()
    name = clean(command.name, lines=False)
    check_account(email=email, name=name)
    check_password(command.password, email=email, name=name, staff=command.staff)
    stored = hashed(command.password)
    now = utc_now()
    known = Invalid(mark("Alamat surel ini sudah punya akun. Masuk dengan alamat itu."), field="email")
    try:
        with transaction():
            if db.session.scalar(select(Person.id).where(Person.email == email)) is not None:
                raise known
            person = Person(email=email, name=name, password_hash=stored, created_at=now, locale=command.locale)
            person.privacy_notice = NOTICE if by_themselves else None
            db.session.add(person)
            db.session.flush()
            maker, subject = person.id if by_themselves else by, f"person:{person.id}"
            record("person.created", actor_id=maker, subject=subject, at=now, coarse=by_themselves)
            return person.id
    except IntegrityError:  # two at once: the database decides who was first
        raise known from None


def set_password(person_id: int, password: str, *, by: int | None, staff: bool) -> None:
    """Change a password and end every session of the account.

    Somebody else's choice of it also ends every other way in: the account may have been another's until now.
    """
    known = db.session.get(Person, person_id)
    if known is None:
        raise NotFound
    check_password(password, email=known.email, name=known.name, staff=staff)
    stored = hashed(password)
    with transaction():
        db.session.get_one(Person, person_id).password_hash = stored
        end_sessions(person_id)
        own = by == person_id
        if not own:
            drop_credentials(person_id)
        record("person.password_set", actor_id=by, subject=f"person:{person_id}", at=utc_now(), coarse=own)


def change_person(person_id: int, *, name: str, locale: str, by: int) -> None:
    """Change what an account is called and the language of its mail."""
    name = clean(name, lines=False)
    check_name(name)
    with transaction():
        person = db.session.get(Person, person_id)
        if person is None:
            raise NotFound
        person.name, person.locale = name, locale
        record("person.changed", actor_id=by, subject=f"person:{person_id}", at=utc_now())


def set_active(person_id: int, active: bool, *, by: int | None) -> None:
    """Open or close an account; a closed one is out at the next request."""
    if not active and by == person_id:
        raise Conflict(mark("Anda tidak dapat menutup akun sendiri. Minta administrator lain."))
    now = utc_now()
    with transaction():
        person = db.session.get(Person, person_id)
        if person is None:
            raise NotFound
        person.is_active = active
        if not active:
            end_sessions(person_id)
            post("person.left", f"left:{person_id}:{now.isoformat()}", {"person_id": person_id}, at=now)
        record("person.opened" if active else "person.closed", actor_id=by, subject=f"person:{person_id}", at=utc_now())
