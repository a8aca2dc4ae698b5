"""Passwords: made for others, hashed, checked."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from feedback.kernel.references import code_from

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked when the account is unknown, so that the answer takes as long as for a known one.
_DUMMY = HASHER.hash(secrets.token_urlsafe(16))


def new_password() -> str:
    """A password of 80 random bits for somebody else to use first; long enough for staff, easy to read out."""
    return code_from(secrets.token_bytes(10))


def hashed(password: str) -> str:
    """How a password is stored. Takes 30 ms: call it before a transaction."""
    return HASHER.hash(password)


def is_right(password: str, stored: str | None) -> bool:
    """Whether this is the password of a stored hash; an unknown account takes as long to refuse."""
    try:
        return HASHER.verify(stored or _DUMMY, password[:1024]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def rehashed(password: str, stored: str) -> str | None:
    """A stronger hash of the right password, when the stored one is outdated."""
    return HASHER.hash(password) if HASHER.check_needs_rehash(stored) else None
