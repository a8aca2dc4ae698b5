"""Open a sealed contact in order to write to it: only the worker can, it alone holds the private key."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import select

from feedback.storage.session import db
from feedback.vault.keys import private_key
from feedback.vault.models import SealedIdentity
from feedback.vault.rules import Identity, open_seal


def contact_of(ticket_id: int) -> Identity | None:
    """Who reported, for a message to them; None when nothing was given."""
    sealed = db.session.scalar(select(SealedIdentity.sealed).where(SealedIdentity.ticket_id == ticket_id))
    if sealed is None:
        return None
    return open_seal(sealed, private_key(current_app.config["SETTINGS"].instance), f"ticket:{ticket_id}")
