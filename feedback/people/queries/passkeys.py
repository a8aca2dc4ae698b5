"""The passkeys of an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from feedback.people.models import Passkey
from feedback.storage.session import db


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """A passkey as its owner sees it."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


def passkeys_of(person_id: int) -> list[PasskeyView]:
    """The passkeys of an account, the oldest first."""
    columns = select(Passkey.id, Passkey.name, Passkey.created_at, Passkey.used_at)
    rows = db.session.execute(columns.where(Passkey.person_id == person_id).order_by(Passkey.id))
    return [PasskeyView(*row) for row in rows]


def has_passkey(person_id: int) -> bool:
    """Whether an account can be entered with a passkey."""
    return db.session.scalar(select(Passkey.id).where(Passkey.person_id == person_id).limit(1)) is not None
