"""Where to write to a reporter, which only the worker can open: it alone holds that private key. Counts of seals."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app
from sqlalchemy import func, select

from feedback.kernel.addresses import mailbox
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


def sealed_by_key() -> list[tuple[str, str, int]]:
    """How many seals there are of each part and key."""
    grouped = SealedIdentity.part, SealedIdentity.key_id
    counted = select(*grouped, func.count()).group_by(*grouped).order_by(*grouped)
    return list(db.session.execute(counted).tuples())


def address_digest(purpose: str, address: str) -> str:
    """How an address is known without naming it. The site's own key would let whoever breaks in try addresses out."""
    private = private_key(current_app.config["SETTINGS"].instance)
    return hmac.digest(private, f"{purpose}:{mailbox(address)}".encode(), hashlib.sha256).hex()
