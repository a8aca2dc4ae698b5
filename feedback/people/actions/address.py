"""Another address for an account: proven by a link to it, and told to the one before."""

from __future__ import annotations

import secrets

from sqlalchemy.exc import IntegrityError

from feedback.audit.actions import record
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid, NotFound
from feedback.kernel.text import mark
from feedback.people.actions.links import end_links, make_link, use_link
from feedback.people.actions.news import tell
from feedback.people.models import Person
from feedback.people.queries.links import open_link
from feedback.people.queries.vouching import PROVEN
from feedback.people.rules import News
from feedback.people.rules.accounts import check_email
from feedback.people.rules.links import LinkKind
from feedback.storage.outbox import post
from feedback.storage.session import db, transaction

TAKEN = mark("Alamat surel ini sudah punya akun. Pakai alamat lain.")


def ask_address(person_id: int, address: str) -> None:
    """Post a link to the new address; where it has an account, its owner is told so and the asker learns nothing.

    Raises Invalid for an address nobody can write to.
    """
    address, now, nonce = address.strip().lower(), utc_now(), secrets.token_urlsafe(32)
    check_email(address)
    with transaction():
        make_link(person_id, LinkKind.ADDRESS, nonce, at=now, address=address)
        post("mail.address", f"address:{nonce}", {"person_id": person_id, "nonce": nonce}, at=now)


def change_address(person_id: int, token: str) -> None:
    """The new address is proven: use it from now on, and tell the one before.

    Raises NotFound for a link that does not work or is somebody else's, Invalid when another got the address meanwhile.
    """
    now = utc_now()
    found = open_link(token, LinkKind.ADDRESS, now)
    if found is None or found.person_id != person_id or found.address is None:
        raise NotFound
    try:
        with transaction():
            use_link(token, LinkKind.ADDRESS, at=now)
            end_links(person_id, at=now)
            tell(person_id, News.ADDRESS, at=now, address=found.email)
            db.session.get_one(Person, person_id).email = found.address
            record(PROVEN, actor_id=person_id, subject=f"person:{person_id}", at=now, coarse=True)
            db.session.flush()
    except IntegrityError:
        raise Invalid(TAKEN, field="email") from None
