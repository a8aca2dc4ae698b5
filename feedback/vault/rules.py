"""Sealing: X25519 to one recipient, AES-256-GCM per record, padded so that lengths tell nothing (SECURITY.md 1.7)."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

BLOCK = 256
_VERSION = b"\x01"


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


def _record_key(shared: bytes, ephemeral: bytes, public: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"feedback identity" + ephemeral + public).derive(shared)


def seal(identity: Identity, public: bytes, record: str) -> bytes:
    """Seal to a 32-byte X25519 public key; ``record`` binds the result to one row and cannot be swapped."""
    plain = json.dumps(asdict(identity)).encode()
    plain = len(plain).to_bytes(4, "big") + plain
    plain += b"\0" * (-len(plain) % BLOCK)
    ephemeral = X25519PrivateKey.generate()
    own = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key = _record_key(ephemeral.exchange(X25519PublicKey.from_public_bytes(public)), own, public)
    nonce = os.urandom(12)
    return _VERSION + own + nonce + AESGCM(key).encrypt(nonce, plain, _VERSION + record.encode())


def open_seal(sealed: bytes, private: bytes, record: str) -> Identity:
    """Open with the 32-byte private key; raises cryptography's InvalidTag for a wrong key, record or altered bytes."""
    secret = X25519PrivateKey.from_private_bytes(private)
    public = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    own, nonce, box = sealed[1:33], sealed[33:45], sealed[45:]
    key = _record_key(secret.exchange(X25519PublicKey.from_public_bytes(own)), own, public)
    plain = AESGCM(key).decrypt(nonce, box, sealed[:1] + record.encode())
    length = int.from_bytes(plain[:4], "big")
    return Identity(**json.loads(plain[4 : 4 + length]))
