"""At rest every file is sealed with a key of its own that follows from the site's file key (docs/adr)."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"\x01"


class Broken(Exception):
    """What was stored is not what comes back: altered, cut short, or sealed with another key."""


def _key(site_key: str, name: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"feedback file " + name.encode()).derive(site_key.encode())


def seal(data: bytes, site_key: str, name: str) -> bytes:
    """The bytes as stored; bound to their storage name, so that two files cannot be swapped."""
    nonce = os.urandom(12)
    return _VERSION + nonce + AESGCM(_key(site_key, name)).encrypt(nonce, data, _VERSION + name.encode())


def unseal(sealed: bytes, site_key: str, name: str) -> bytes:
    """The bytes as they were. Raises Broken."""
    try:
        return AESGCM(_key(site_key, name)).decrypt(sealed[1:13], sealed[13:], sealed[:1] + name.encode())
    except (InvalidTag, ValueError):
        raise Broken(name) from None
