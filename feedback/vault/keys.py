"""Where the keys of sealed contacts are kept: the web process reads the public file, the worker the private one."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

PUBLIC_FILE = "contact.public"
PRIVATE_FILE = "contact.private"


def make_keys(instance: Path) -> bool:
    """Make the pair of files if there is none; returns whether it did. The private one is 0600."""
    instance.mkdir(parents=True, exist_ok=True)
    secret = X25519PrivateKey.generate()
    try:
        descriptor = os.open(instance / PRIVATE_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w") as file:
        file.write(secret.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()).hex())
    public = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    (instance / PUBLIC_FILE).write_text(public.hex())
    return True


def public_key(instance: Path) -> bytes:
    """The key to seal with; made on first use where there is none yet."""
    file = instance / PUBLIC_FILE
    if not file.exists():
        make_keys(instance)
    return bytes.fromhex(file.read_text())


def private_key(instance: Path) -> bytes:
    """The key to open with, for the worker only."""
    return bytes.fromhex((instance / PRIVATE_FILE).read_text())
