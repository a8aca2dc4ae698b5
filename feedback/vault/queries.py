"""Open where to write to a reporter: only the worker can, it alone holds the private key of contacts."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import select

from feedback.storage.session import db
from feedback.vault.keys import private_key
from feedback.vault.models import SealedIdentity
from feedback.vault.rules.sealing import Identity, Part, open_seal, record_name


def contact_of(ticket_id: int) -> Identity | None:
    """Where to write to whoever reported, with the account if sealed the old way; None when nothing was given."""
    wanted = select(SealedIdentity.part, SealedIdentity.sealed).where(
        SealedIdentity.ticket_id == ticket_id, SealedIdentity.part.in_([Part.CONTACT, Part.TOGETHER])
    )
    row = db.session.execute(wanted.order_by(SealedIdentity.part)).first()
    if row is None:
        return None
    private = private_key(current_app.config["SETTINGS"].instance)
    found = open_seal(row.sealed, private, record_name(ticket_id, Part(row.part)))
    return Identity(email=found["email"], person_id=found.get("person_id"))
