"""What the owner of an address said. Only the worker can name the address, anybody with the letter's link the row."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from feedback.notices.models import AddressConsent
from feedback.notices.rules.consent import Consent
from feedback.storage.session import db
from feedback.vault.queries import address_digest


def said_of(address: str) -> Consent | None:
    """What the owner of an address said; None when nobody was asked. For the worker, which has the key of contacts."""
    digest = address_digest("consent", address)
    state = db.session.scalar(select(AddressConsent.state).where(AddressConsent.address_hash == digest))
    return Consent(state) if state else None


def link_token(address: str) -> str:
    """The secret part of the link in letters to an address; a letter that is sent again has the same."""
    return address_digest("consent-link", address)


def token_hash(token: str) -> str:
    """How a link is known without letting anybody use it: the token is 256 random-looking bits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def said_by_link(token: str) -> Consent | None:
    """What was said by whoever holds this link; None for a link that no letter carried."""
    state = db.session.scalar(select(AddressConsent.state).where(AddressConsent.token_hash == token_hash(token)))
    return Consent(state) if state else None
