"""Which accounts are known to be whose address they have."""

from __future__ import annotations

from sqlalchemy import select

from feedback.audit.models import AuditEntry
from feedback.people.queries.accounts import person_by_email
from feedback.storage.session import db

INVITED = "invitation.accepted"
RECOVERED = "person.recovered"
PROVEN = "person.address"
_PROOFS = (INVITED, RECOVERED, PROVEN)


def is_vouched_for(person_id: int) -> bool:
    """Whether an account is known to be whose address it has.

    A link sent there proves it: to register, to another password or address, or to take a role. So does an
    administrator who sets its password. Accounts of the time before registering began with a letter may be anybody's.
    """
    deeds = select(AuditEntry.deed, AuditEntry.actor_id).where(
        AuditEntry.subject == f"person:{person_id}",
        AuditEntry.deed.in_(("person.created", "person.password_set", *_PROOFS)),
    )
    known = db.session.execute(deeds).all()
    return not known or any(deed in _PROOFS or actor_id != person_id for deed, actor_id in known)


def has_vouched_account(email: str) -> bool:
    """Whether this address has an account that is known to be its owner's."""
    person = person_by_email(email)
    return person is not None and is_vouched_for(person.id)
