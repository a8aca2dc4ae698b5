"""An address was asked, and its owner answers."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from feedback.kernel.errors import NotFound
from feedback.notices.models import AddressConsent
from feedback.notices.queries.consent import link_token, token_hash
from feedback.notices.rules.consent import Consent
from feedback.storage.session import db, transaction
from feedback.vault.queries import address_digest


def note_asked(address: str) -> None:
    """The first letter went out. After it, not before: a mail server that refuses must not silence an address."""
    insert = sqlite_insert if db.session.get_bind().dialect.name == "sqlite" else postgresql_insert
    row = insert(AddressConsent).values(
        address_hash=address_digest("consent", address), token_hash=token_hash(link_token(address)), state=Consent.ASKED
    )
    with transaction():
        db.session.execute(row.on_conflict_do_nothing())


def say(token: str, consent: Consent) -> None:
    """The owner of an address says yes or no, as often as they like. Raises NotFound for a link no letter carried."""
    mine = update(AddressConsent).where(AddressConsent.token_hash == token_hash(token)).values(state=consent)
    with transaction():
        if db.session.execute(mine.returning(AddressConsent.state)).first() is None:
            raise NotFound
