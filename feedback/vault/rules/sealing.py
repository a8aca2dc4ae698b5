"""Sealing: X25519 to one recipient, AES-256-GCM per record, padded so that lengths tell nothing (SECURITY.md 1.7)."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# Longer than the longest identity, so that all seals have one length.
BLOCK = 1024
_VERSION = b"\x02"
_INFO = {b"\x01": b"feedback identity", b"\x02": b"feedback seal"}
_HEAD = 1 + 32 + 12


class Part(StrEnum):
    """What is sealed of a reporter. ``TOGETHER``: all of it to the worker's key, from before the vault had one."""

    IDENTITY = "identity"
    CONTACT = "contact"
    TOGETHER = "together"


class WrongSeal(Exception):
    """Another key, another record, or altered bytes."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who reported and how to reach them; empty text and None where not given."""

    name: str = ""
    email: str = ""
    phone: str = ""
    person_id: int | None = None


def key_id(public: bytes) -> str:
    """A short name of a public key, stored beside what is sealed to it."""
    return hashlib.sha256(public).hexdigest()[:16]


def is_public_key(text: str) -> bool:
    """Whether a file of a public key holds one: 32 bytes in hexadecimal."""
    try:
        return len(bytes.fromhex(text)) == 32
    except ValueError:
        return False


def public_of(private: bytes) -> bytes:
    """The public half of a 32-byte private key."""
    secret = X25519PrivateKey.from_private_bytes(private)
    return secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def record_name(ticket_id: int, part: Part) -> str:
    """What a seal is bound to: one part of one ticket's reporter, so that rows cannot be swapped."""
    return f"ticket:{ticket_id}" if part is Part.TOGETHER else f"ticket:{ticket_id}|{part}"


def seal(fields: Mapping[str, Any], public: bytes, record: str) -> bytes:
    """Seal to a 32-byte X25519 public key; ``record`` binds the result to one row."""
    plain = json.dumps(dict(fields), ensure_ascii=False).encode()
    plain = len(plain).to_bytes(4, "big") + plain
    plain += b"\0" * (-len(plain) % BLOCK)
    ephemeral = X25519PrivateKey.generate()
    own = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key = _record_key(_VERSION, ephemeral.exchange(X25519PublicKey.from_public_bytes(public)), own, public)
    nonce = os.urandom(12)
    return _VERSION + own + nonce + AESGCM(key).encrypt(nonce, plain, _VERSION + record.encode())


def open_seal(sealed: bytes, private: bytes, record: str) -> dict[str, Any]:
    """Open with the 32-byte private key. Raises WrongSeal."""
    version, own, nonce, box = sealed[:1], sealed[1:33], sealed[33:_HEAD], sealed[_HEAD:]
    if version not in _INFO:
        raise WrongSeal
    secret = X25519PrivateKey.from_private_bytes(private)
    key = _record_key(version, secret.exchange(X25519PublicKey.from_public_bytes(own)), own, public_of(private))
    try:
        plain = AESGCM(key).decrypt(nonce, box, version + record.encode())
    except InvalidTag:
        raise WrongSeal from None
    length = int.from_bytes(plain[:4], "big")
    found: dict[str, Any] = json.loads(plain[4 : 4 + length])
    return found


def _record_key(version: bytes, shared: bytes, ephemeral: bytes, public: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=_INFO[version] + ephemeral + public).derive(shared)
