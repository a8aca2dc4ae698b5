"""Accounts: made, changed, closed."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from feedback.audit.actions import record
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.kernel.privacy import NOTICE
from feedback.kernel.text import clean, mark
from feedback.people.actions.credentials import drop_credentials
from feedback.people.actions.links import end_links
from feedback.people.actions.news import tell
from feedback.people.actions.passwords import hashed
from feedback.people.actions.sessions import end_sessions
from feedback.people.models import Person
from feedback.people.queries.vouching import PROVEN
from feedback.people.rules import News, check_account, check_name, check_password, noted
from feedback.storage.outbox import post
from feedback.storage.session import db, transaction
from feedback.units.queries import all_units


@dataclass(frozen=True, slots=True)
class CreatePerson:
    """A new account; ``staff`` asks for the longer password."""

    email: str
    name: str
    password: str
    staff: bool = False
    locale: str = "id"


def create_person(
    command: CreatePerson, *, by: int | None = None, by_themselves: bool = False, proven: bool = False
) -> int:
    """Make an account; returns its id. Raises Invalid for a weak password or an address already known.

    ``by_themselves`` says in the log that nobody else made it, ``proven`` that its address showed whose it is.
    """
    email = command.email.strip().lower()
    name = clean(command.name, lines=False)
    check_account(email=email, name=name)
    _check_password(command.password, email=email, name=name, staff=command.staff)
    stored = hashed(command.password)
    now = utc_now()
    begun = noted(now, works=not by_themselves)
    known = Invalid(mark("Alamat surel ini sudah punya akun. Masuk dengan alamat itu."), field="email")
    try:
        with transaction():
            if db.session.scalar(select(Person.id).where(Person.email == email)) is not None:
                raise known
            person = Person(email=email, name=name, password_hash=stored, created_at=begun, locale=command.locale)
            person.privacy_notice = NOTICE if by_themselves else None
            db.session.add(person)
            db.session.flush()
            maker, subject = person.id if by_themselves else by, f"person:{person.id}"
            record("person.created", actor_id=maker, subject=subject, at=now, coarse=by_themselves)
            if proven:
                record(PROVEN, actor_id=maker, subject=subject, at=now, coarse=by_themselves)
            return person.id
    except IntegrityError:  # two at once: the database decides who was first
        raise known from None


def _check_password(password: str, *, email: str, name: str, staff: bool) -> None:
    """The rules, with the names of this site's units and what this installation asks of its staff."""
    places = [text for unit in all_units() for text in (unit.name, unit.short_name)]
    mixed = staff and bool(current_app.config["SETTINGS"].bssn_password_days)
    check_password(password, email=email, name=name, staff=staff, places=places, mixed=mixed)


def set_password(person_id: int, password: str, *, by: int | None, staff: bool) -> None:
    """Change a password and end every session of the account.

    Somebody else's choice of it also ends every other way in: the account may have been another's until now.
    """
    store_password(person_id, check_new_password(person_id, password, staff=staff), by=by)


def check_new_password(person_id: int, password: str, *, staff: bool) -> str:
    """The hash to store for a new password of this account. Raises Invalid for a weak one."""
    known = db.session.get(Person, person_id)
    if known is None:
        raise NotFound
    _check_password(password, email=known.email, name=known.name, staff=staff)
    return hashed(password)


def store_password(person_id: int, stored: str, *, by: int | None, news: News = News.PASSWORD) -> None:
    """Use a new password from now on: sessions end, and links sent by mail are worthless."""
    with transaction():
        person = db.session.get_one(Person, person_id)
        person.password_hash, person.password_set_at = stored, noted(utc_now(), works=False)
        end_sessions(person_id)
        own = by == person_id
        if not own:
            drop_credentials(person_id)
        end_links(person_id, at=utc_now())
        now = utc_now()
        record("person.password_set", actor_id=by, subject=f"person:{person_id}", at=now, coarse=own)
        tell(person_id, news, at=now)


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
