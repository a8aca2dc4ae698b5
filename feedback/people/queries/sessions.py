"""Who is signed in on a browser, and what else is kept for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_login import AnonymousUserMixin
from sqlalchemy import or_, select

from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.people.models import Authenticator, BrowserSession, Person
from feedback.people.queries.held import held_now, with_roles
from feedback.people.rules import Limits, limits_for, still_waits
from feedback.storage.keyring import keyed_hash, lock, unlock
from feedback.storage.session import db

PROVEN = "proven_at"
BLOCK = 1024


class Visitor(AnonymousUserMixin):
    """Nobody is signed in."""

    actor = Actor()
    name = ""
    locale = "id"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The account behind a session, in the shape Flask-Login asks for."""

    name: str
    email: str
    locale: str
    actor: Actor
    is_active: bool = True
    is_authenticated: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """The account's id; nothing is found by it, since a session knows its person."""
        return str(self.actor.person_id)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that is still good; `person` is None for a visitor.

    `waiting` gave the right password but not yet the second factor, which who works here or has an app (`protected`)
    must show: until then they are a visitor; `strong` says that it was shown. It is decided anew at each request, so
    a role begun meanwhile counts.
    """

    id: int
    token: str
    data: dict[str, Any]
    seen_at: datetime
    limits: Limits
    person: SignedIn | None = None
    protected: bool = False
    waiting: SignedIn | None = None
    strong: bool = False

    @property
    def proven_at(self) -> datetime | None:
        """When the person last showed who they are."""
        told = self.data.get(PROVEN)
        return datetime.fromisoformat(told) if told else None

    @property
    def outlives_browser(self) -> bool:
        """Citizens stay signed in on their own phone; who works here signs in again each day."""
        return self.person is not None and not self.person.actor.memberships

    @property
    def works(self) -> bool:
        """Whether its person holds a role."""
        return self.person is not None and bool(self.person.actor.memberships)

    @property
    def should_note(self) -> bool:
        """Whether it is time to write down that it is in use."""
        return self.limits.should_note(self.seen_at, utc_now())


def token_hash(token: str) -> str:
    """How the token of a session is stored."""
    return keyed_hash("session", token)


def locked(token: str, data: Mapping[str, Any]) -> bytes:
    """What is kept for a browser, as it is stored: of one length, which does not tell who opened a report."""
    words = json.dumps(data).encode()
    return lock("session-data", token, words + b" " * (-len(words) % BLOCK))


def unlocked(token: str, data: bytes) -> dict[str, Any]:
    """What is kept for a browser."""
    words = unlock("session-data", token, data)
    return json.loads(words) if words else {}


def open_session(token: str) -> Opened | None:
    """The session of a token with its person and the roles of today, in one statement; None when it has ended."""
    columns = select(
        BrowserSession.id.label("session_id"), BrowserSession.data, BrowserSession.created_at.label("begun_at"),
        BrowserSession.seen_at, BrowserSession.strong, Person.id.label("owner_id"), Person.name, Person.email,
        Person.locale, Authenticator.person_id.label("protected"),
    )  # fmt: skip
    sessions = columns.select_from(BrowserSession).outerjoin(Person, Person.id == BrowserSession.person_id)
    statement = with_roles(sessions.outerjoin(Authenticator, Authenticator.person_id == Person.id))
    alive = or_(BrowserSession.person_id.is_(None), Person.is_active)
    rows = db.session.execute(statement.where(BrowserSession.token_hash == token_hash(token), alive)).all()
    if not rows:
        return None
    now, first = utc_now(), rows[0]
    person, data = _person(rows, now), unlocked(token, first.data)
    limits = limits_for({one.role for one in person.actor.memberships} if person else ())
    protected, waits = first.protected is not None, False
    if person is not None and not first.strong:
        waits = protected or bool(person.actor.memberships)
    inside, waiting = (None, person) if waits else (person, None)
    found = Opened(first.session_id, token, data, first.seen_at, limits, inside, protected, waiting, first.strong)
    if not limits.admit(first.begun_at, first.seen_at, now) or (waits and not still_waits(found.proven_at, now)):
        return None
    return found


@dataclass(frozen=True, slots=True)
class SessionView:
    """A browser somebody is signed in on, as they see it."""

    id: int
    device: str
    begun_at: datetime
    seen_at: datetime
    here: bool


def sessions_of(person_id: int, *, here: int, limits: Limits) -> list[SessionView]:
    """Where somebody is signed in now, this browser first, then the last used; at most a hundred."""
    now = utc_now()
    columns = select(BrowserSession.id, BrowserSession.device, BrowserSession.created_at, BrowserSession.seen_at)
    known = columns.where(BrowserSession.person_id == person_id)
    rows = db.session.execute(known.order_by(BrowserSession.seen_at.desc(), BrowserSession.id.desc()).limit(100))
    open_ones = [row for row in rows if limits.admit(row.created_at, row.seen_at, now)]
    found = [SessionView(row.id, row.device, row.created_at, row.seen_at, row.id == here) for row in open_ones]
    return sorted(found, key=lambda one: not one.here)


def _person(rows: Sequence[Any], now: datetime) -> SignedIn | None:
    first = rows[0]
    if first.owner_id is None:
        return None
    return SignedIn(
        first.name, first.email, first.locale, Actor(first.owner_id, first.name, held_now(rows, first.owner_id, now))
    )


def signed_in_person(token: str) -> SignedIn | None:
    """The account signed in by a token; None when that has ended."""
    found = open_session(token)
    return found.person if found else None
