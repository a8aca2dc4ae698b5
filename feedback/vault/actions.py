"""Seal who reported, inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from feedback.storage.session import db
from feedback.vault.keys import public_key
from feedback.vault.models import SealedIdentity
from feedback.vault.rules import Identity, key_id, seal


def seal_identity(ticket_id: int, identity: Identity, *, at: datetime) -> None:
    """Keep an identity sealed beside its ticket."""
    public = public_key(current_app.config["SETTINGS"].instance)
    row = SealedIdentity(
        ticket_id=ticket_id, sealed=seal(identity, public, f"ticket:{ticket_id}"), key_id=key_id(public), created_at=at
    )
    db.session.add(row)
