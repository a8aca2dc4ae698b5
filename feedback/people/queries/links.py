"""Links sent by mail, found by their token."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from feedback.people.models import AccountLink, Person
from feedback.people.rules.links import LinkKind
from feedback.storage.keyring import keyed_digest, keyed_hash
from feedback.storage.session import db


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link that still works, and whose it is."""

    person_id: int
    name: str
    email: str
    address: str | None


def link_token(nonce: str) -> str:
    """The 256 bits in the link: whoever reads the database without the site's key cannot make them."""
    return base64.urlsafe_b64encode(keyed_digest("account-link", nonce)).decode().rstrip("=")


def link_hash(token: str) -> str:
    """How a link's token is stored."""
    return keyed_hash("account-link-token", token[:100])


def working(token: str, kind: LinkKind, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The link of this token, while it works."""
    found = (AccountLink.token_hash == link_hash(token), AccountLink.kind == kind)
    return (*found, AccountLink.used_at.is_(None), AccountLink.expires_at > now)


def open_link(token: str, kind: LinkKind, now: datetime) -> LinkView | None:
    """What a link is about; None when it was used, replaced, is over or never was, or when the account is closed."""
    columns = select(AccountLink.person_id, Person.name, Person.email, AccountLink.address)
    joined = columns.join(Person, Person.id == AccountLink.person_id)
    row = db.session.execute(joined.where(*working(token, kind, now), Person.is_active)).one_or_none()
    return LinkView(*row) if row else None
