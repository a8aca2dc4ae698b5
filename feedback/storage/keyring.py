"""Keyed hashes, which can be compared but not turned back, and words locked with a key that is not in the database."""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

_NONCE = 12


def keyed_digest(purpose: str, value: str) -> bytes:
    """32 bytes that only a holder of the site's secret key can compute; ``purpose`` keeps uses apart."""
    key = hmac.digest(current_app.config["SECRET_KEY"].encode(), purpose.encode(), hashlib.sha256)
    return hmac.digest(key, value.encode(), hashlib.sha256)


def keyed_hash(purpose: str, value: str) -> str:
    """The digest as 64 hexadecimal digits, as stored in columns."""
    return keyed_digest(purpose, value).hex()


def lock(purpose: str, owner: str, words: bytes) -> bytes:
    """Words that only a holder of the site's secret key who knows ``owner`` can read again."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(keyed_digest(purpose, owner)).encrypt(nonce, words, purpose.encode())


def unlock(purpose: str, owner: str, locked: bytes) -> bytes | None:
    """The words again; None when they were locked with another key, for something else, or were changed."""
    try:
        return AESGCM(keyed_digest(purpose, owner)).decrypt(locked[:_NONCE], locked[_NONCE:], purpose.encode())
    except (InvalidTag, ValueError):
        return None
