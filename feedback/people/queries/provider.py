"""Whether an account may be entered through the provider."""

from __future__ import annotations

from sqlalchemy import select

from feedback.people.models import ProviderIdentity
from feedback.storage.session import db


def is_linked(person_id: int, issuer: str) -> bool:
    """Whether an account is linked to somebody at this provider."""
    mine = ProviderIdentity.person_id == person_id, ProviderIdentity.issuer == issuer
    return db.session.scalar(select(ProviderIdentity.id).where(*mine)) is not None
