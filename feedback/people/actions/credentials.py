"""Ways into an account besides its password."""

from __future__ import annotations

from sqlalchemy import delete

from feedback.people.models import Passkey, ProviderIdentity
from feedback.storage.session import db, transaction


def drop_credentials(person_id: int) -> None:
    """Forget passkeys and provider of an account: who set them up may not be whose address it has."""
    with transaction():
        for table in (Passkey, ProviderIdentity):
            db.session.execute(delete(table).where(table.person_id == person_id))
