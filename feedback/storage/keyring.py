"""Keyed hashes: what is stored of a secret can be compared but not turned back."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app


def keyed_digest(purpose: str, value: str) -> bytes:
    """32 bytes that only a holder of the site's secret key can compute; ``purpose`` keeps uses apart."""
    key = hmac.digest(current_app.config["SECRET_KEY"].encode(), purpose.encode(), hashlib.sha256)
    return hmac.digest(key, value.encode(), hashlib.sha256)


def keyed_hash(purpose: str, value: str) -> str:
    """The digest as 64 hexadecimal digits, as stored in columns."""
    return keyed_digest(purpose, value).hex()
