"""Invitations that wait, and the one a link opens."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select

from feedback.kernel.actor import Actor
from feedback.kernel.permissions import Permission, Role
from feedback.people.models import Invitation, Person
from feedback.people.rules.invitations import roles_given_by
from feedback.storage.keyring import keyed_digest, keyed_hash
from feedback.storage.session import db
from feedback.units.models import Unit
from feedback.units.rules import path_range


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation as lists, mails and its own page show it."""

    id: int
    email: str
    role: Role
    unit_name: str
    valid_to: date | None
    invited_by: str
    sent_at: datetime
    expires_at: datetime
    zone: str
    nonce: str


def invitation_token(nonce: str) -> str:
    """The 256 bits in the link: whoever reads the database without the site's key cannot make them."""
    return base64.urlsafe_b64encode(keyed_digest("invitation-link", nonce)).decode().rstrip("=")


def invitation_hash(token: str) -> str:
    """How a link's token is stored."""
    return keyed_hash("invitation", token)


def waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What holds of an invitation whose link still works."""
    return Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None), Invitation.expires_at > now


def within(actor: Actor) -> ColumnElement[bool]:
    """Whether a unit stands in a subtree this person coordinates."""
    ranges = (path_range(path) for path in actor.paths(Role.COORDINATOR))
    return or_(false(), *((Unit.path >= low) & (Unit.path < high) for low, high in ranges))


def _views() -> Select[Any]:
    return (
        select(
            Invitation.id, Invitation.email, Invitation.role, Unit.name, Invitation.valid_to, Person.name,
            Invitation.sent_at, Invitation.expires_at, Unit.zone, Invitation.nonce,
        )
        .join(Unit, Unit.id == Invitation.unit_id)
        .join(Person, Person.id == Invitation.invited_by_id)
    )  # fmt: skip


def _view(row: Any) -> InvitationView:
    return InvitationView(row[0], row[1], Role(row[2]), *row[3:])


def open_invitation(token: str, now: datetime) -> InvitationView | None:
    """The invitation of a link that still waits; None for any other."""
    mine = Invitation.token_hash == invitation_hash(token[:100])
    row = db.session.execute(_views().where(mine, *waiting(now))).first()
    return None if row is None else _view(row)


def waiting_invitation(invitation_id: int, nonce: str, now: datetime) -> InvitationView | None:
    """The invitation a mail is about, unless it was taken, withdrawn or sent anew meanwhile."""
    same = Invitation.id == invitation_id, Invitation.nonce == nonce
    row = db.session.execute(_views().where(*same, *waiting(now))).first()
    return None if row is None else _view(row)


def invitations_within(actor: Actor, limit: int = 200) -> list[InvitationView]:
    """Invitations neither taken nor withdrawn that this person may send again or withdraw, the newest first."""
    statement = _views().where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
    if not actor.may(Permission.ADMINISTER):
        statement = statement.where(within(actor), Invitation.role.in_(roles_given_by(actor)))
    return [_view(row) for row in db.session.execute(statement.order_by(Invitation.sent_at.desc()).limit(limit))]
