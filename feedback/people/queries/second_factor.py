"""What is known of a second factor."""

from __future__ import annotations

from sqlalchemy import func, select

from feedback.people.models import Authenticator, RecoveryCode
from feedback.storage.keyring import keyed_hash, lock, unlock
from feedback.storage.session import db


def sealed_secret(person_id: int, secret: str) -> bytes:
    """The secret of an app as it is stored."""
    return lock("authenticator", str(person_id), secret.encode())


def secret_of(person_id: int) -> tuple[str, int] | None:
    """The secret of somebody's app and the last step accepted; None without an app."""
    columns = select(Authenticator.secret, Authenticator.last_step)
    row = db.session.execute(columns.where(Authenticator.person_id == person_id)).one_or_none()
    secret = unlock("authenticator", str(person_id), row.secret) if row else None
    return (secret.decode(), row.last_step) if row and secret else None


def code_hash(person_id: int, code: str) -> str:
    """How a recovery code is stored."""
    return keyed_hash("recovery-code", f"{person_id}:{code}")


def codes_left(person_id: int) -> int:
    """How many recovery codes somebody has not used."""
    counted = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.person_id == person_id)
    return int(db.session.scalar(counted) or 0)
