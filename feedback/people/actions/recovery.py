"""A forgotten password: a link to the account's address, and a new password by it."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from feedback.audit.actions import record
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import NotFound
from feedback.people.actions.accounts import check_new_password, store_password
from feedback.people.actions.credentials import drop_ways_in
from feedback.people.actions.links import make_link, use_link
from feedback.people.models import MembershipRow, Person
from feedback.people.queries.links import link_token, open_link
from feedback.people.queries.vouching import RECOVERED, is_vouched_for
from feedback.people.rules import News
from feedback.people.rules.links import LinkKind
from feedback.storage.outbox import post
from feedback.storage.session import db, transaction

NOBODY = 0


def ask_recovery(email: str) -> None:
    """Post the letter with the link. The same is done for an address nobody has, so that the answer tells nothing."""
    found = select(Person.id).where(Person.email == email.strip().lower()[:254], Person.is_active)
    person_id, nonce = db.session.scalar(found) or NOBODY, secrets.token_urlsafe(32)
    db.session.rollback()
    with transaction():
        post("mail.recovery", f"recovery:{nonce}", {"person_id": person_id, "nonce": nonce}, at=utc_now())


def recovery_link(person_id: int, nonce: str) -> str | None:
    """The token for a letter that is about to be sent, the same each time it is tried; None once it does not work."""
    now, token = utc_now(), link_token(nonce)
    make_link(person_id, LinkKind.RECOVERY, nonce, at=now)
    return token if open_link(token, LinkKind.RECOVERY, now) else None


def recover(token: str, password: str) -> None:
    """Set a new password by a link, which is then used up, and end every session.

    Raises NotFound for a link that does not work and Invalid for a weak password, which uses nothing up.
    """
    now = utc_now()
    found = open_link(token, LinkKind.RECOVERY, now)
    if found is None:
        raise NotFound
    held = select(MembershipRow.id).where(MembershipRow.person_id == found.person_id).limit(1)
    stored = check_new_password(found.person_id, password, staff=db.session.scalar(held) is not None)
    with transaction():
        use_link(token, LinkKind.RECOVERY, at=now)
        if not is_vouched_for(found.person_id):  # somebody else may have registered this address, and wait
            drop_ways_in(found.person_id)
        store_password(found.person_id, stored, by=found.person_id, news=News.RECOVERED)
        record(RECOVERED, actor_id=found.person_id, subject=f"person:{found.person_id}", at=now, coarse=True)
