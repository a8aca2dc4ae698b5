"""Ways into an account besides its password."""

from __future__ import annotations

from sqlalchemy import delete

from feedback.people.models import Authenticator, Passkey, ProviderIdentity, RecoveryCode
from feedback.storage.session import db, transaction


def drop_credentials(person_id: int) -> None:
    """Forget every other way into an account: who set them up may not be whose address it has."""
    with transaction():
        drop_ways_in(person_id)
        for table in (Authenticator, RecoveryCode):
            db.session.execute(delete(table).where(table.person_id == person_id))


def drop_ways_in(person_id: int) -> None:
    """Forget what opens an account without its password; what is asked besides the password stays."""
    with transaction():
        for table in (Passkey, ProviderIdentity):
            db.session.execute(delete(table).where(table.person_id == person_id))
