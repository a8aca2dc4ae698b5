"""An address was asked, and its owner answers; what they said outlives the key it is kept under."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import aliased

from feedback.kernel.errors import NotFound
from feedback.notices.models import AddressConsent
from feedback.notices.queries.consent import link_token, token_hash
from feedback.notices.rules.consent import Consent
from feedback.storage.session import db, transaction
from feedback.vault.actions.contacts import retire_contact_key
from feedback.vault.actions.rotation import Outcome
from feedback.vault.queries import address_digest, contact_addresses


def note_asked(address: str) -> None:
    """The first letter went out. After it, not before: a mail server that refuses must not silence an address."""
    with transaction():
        _add(address_digest("consent", address), link_token(address), Consent.ASKED)


def say(token: str, consent: Consent) -> None:
    """The owner of an address says yes or no, as often as they like. Raises NotFound for a link no letter carried."""
    known = select(func.coalesce(AddressConsent.carried_to, AddressConsent.address_hash))
    with transaction():
        one = db.session.scalar(known.where(AddressConsent.token_hash == token_hash(token)))
        if one is None:
            raise NotFound
        db.session.execute(update(AddressConsent).where(_of(one)).values(state=consent))


def retire_key() -> Outcome:
    """Destroy the worker's old key of contacts once nothing needs it. Raises as `retire_contact_key` does."""
    return retire_contact_key(_carry_all)


def _carry_all() -> None:
    """What the owners of addresses said is known under the new key, too: a no holds, and old links go on."""
    for address in contact_addresses():
        old, new = address_digest("consent", address), address_digest("consent", address, new=True)
        with transaction():
            said = db.session.scalar(select(AddressConsent.state).where(AddressConsent.address_hash == old))
            if said is None:
                continue
            _add(new, address_digest("consent-link", address, new=True), Consent(said))
            db.session.execute(update(AddressConsent).where(_of(old)).values(carried_to=new))


    _forget_what_nobody_can_look_up()


def _forget_what_nobody_can_look_up() -> None:
    """Answers of addresses that are in no seal any more: their hash is of a key that is about to be destroyed."""
    other = aliased(AddressConsent)
    goes_on = select(other.address_hash).where(other.carried_to == AddressConsent.address_hash).exists()
    with transaction():
        db.session.execute(delete(AddressConsent).where(AddressConsent.carried_to.is_(None), ~goes_on))


def _of(address_hash: str) -> ColumnElement[bool]:
    return or_(AddressConsent.address_hash == address_hash, AddressConsent.carried_to == address_hash)


def _add(address_hash: str, token: str, state: Consent) -> None:
    insert = sqlite_insert if db.session.get_bind().dialect.name == "sqlite" else postgresql_insert
    row = insert(AddressConsent).values(address_hash=address_hash, token_hash=token_hash(token), state=state)
    db.session.execute(row.on_conflict_do_nothing())
