"""Where to write to a reporter, which only the worker can open: it alone holds that private key. Counts of seals."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import suppress

from flask import current_app
from sqlalchemy import func, select

from feedback.kernel.addresses import mailbox
from feedback.storage.session import db
from feedback.vault.contact_key import digest_key, private_keys
from feedback.vault.keys import private_key
from feedback.vault.models import SealedIdentity
from feedback.vault.rules.sealing import Identity, Part, WrongSeal, open_seal, record_name

_PAGE = 500


def contact_of(ticket_id: int) -> Identity | None:
    """Where to write to whoever reported, with the account if sealed the old way; None when nothing was given."""
    row = db.session.execute(_CONTACTS.where(SealedIdentity.ticket_id == ticket_id)).first()
    if row is None:
        return None
    private = private_keys(current_app.config["SETTINGS"].instance).get(row.key_id)
    if private is None:
        raise WrongSeal
    found = open_seal(row.sealed, private, record_name(ticket_id, Part(row.part)))
    return Identity(email=found["email"], person_id=found.get("person_id"))


def contact_addresses() -> Iterator[str]:
    """Every address that this host can open, for what has to be done to each when their key changes."""
    keys, last = private_keys(current_app.config["SETTINGS"].instance), 0
    while rows := db.session.execute(_CONTACTS.where(SealedIdentity.ticket_id > last).limit(_PAGE)).all():
        last = rows[-1].ticket_id
        for row in rows:
            with suppress(WrongSeal, KeyError):
                found = open_seal(row.sealed, keys[row.key_id], record_name(row.ticket_id, Part(row.part)))
                yield from filter(None, (found["email"],))


_CONTACTS = (
    select(SealedIdentity.ticket_id, SealedIdentity.part, SealedIdentity.key_id, SealedIdentity.sealed)
    .where(SealedIdentity.part.in_([Part.CONTACT, Part.TOGETHER]))
    .order_by(SealedIdentity.ticket_id, SealedIdentity.part)
)


def sealed_by_key() -> list[tuple[str, str, int]]:
    """How many seals there are of each part and key."""
    grouped = SealedIdentity.part, SealedIdentity.key_id
    counted = select(*grouped, func.count()).group_by(*grouped).order_by(*grouped)
    return list(db.session.execute(counted).tuples())


def address_digest(purpose: str, address: str, *, new: bool = False) -> str:
    """How an address is known without naming it. The site's own key would let whoever breaks in try addresses out.

    ``new``: how it will be known when the old key, if there still is one, is destroyed.
    """
    instance = current_app.config["SETTINGS"].instance
    private = private_key(instance) if new else digest_key(instance)
    return hmac.digest(private, f"{purpose}:{mailbox(address)}".encode(), hashlib.sha256).hex()
