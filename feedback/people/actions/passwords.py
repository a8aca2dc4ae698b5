"""Passwords: made for others, hashed, checked."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from feedback.kernel.errors import Unavailable
from feedback.kernel.references import code_from
from feedback.kernel.text import mark
from feedback.people.rules.accounts import is_mixed

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked when the account is unknown, so that the answer takes as long as for a known one.
_DUMMY = HASHER.hash(secrets.token_urlsafe(16))


# A hash takes 19 MB and a core for 30 ms: so many at once in one process, and the rest wait a little (SECURITY.md 3).
_ROOM = BoundedSemaphore(4)
PATIENCE = 3.0
BUSY = mark("Sedang banyak yang masuk sekaligus. Tunggu beberapa detik, lalu coba lagi.")


@contextmanager
def _room() -> Iterator[None]:
    if not _ROOM.acquire(timeout=PATIENCE):
        raise Unavailable(BUSY, retry_after=5)
    try:
        yield
    finally:
        _ROOM.release()


def new_password() -> str:
    """A password of 80 random bits for somebody else to use first; long enough for staff, easy to read out."""
    code = code_from(secrets.token_bytes(10))
    if not current_app.config["SETTINGS"].bssn_password_days:
        return code
    mixed = code[:10] + code[10:].lower()
    return mixed if is_mixed(mixed) else new_password()


def hashed(password: str) -> str:
    """How a password is stored. Takes 30 ms: call it before a transaction."""
    with _room():
        return HASHER.hash(password)


def is_right(password: str, stored: str | None) -> bool:
    """Whether this is the password of a stored hash; an unknown account takes as long to refuse."""
    try:
        with _room():
            return HASHER.verify(stored or _DUMMY, password[:1024]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def rehashed(password: str, stored: str) -> str | None:
    """A stronger hash of the right password, when the stored one is outdated."""
    return hashed(password) if HASHER.check_needs_rehash(stored) else None
