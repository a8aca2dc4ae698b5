"""The keys of sealed contacts, whole even after a kill between the writing of the two files."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from feedback.vault.keys import PRIVATE_FILE, PUBLIC_FILE, make_keys


def ensure_keys(instance: Path) -> None:
    """Make the pair if there is none; complete it from the private half. A private key that holds anything is kept.

    A public half alone is kept too: on two machines only the worker has the other (docs/settings.md).
    """
    private, public = instance / PRIVATE_FILE, instance / PUBLIC_FILE
    if not private.exists() and public.exists():
        return
    if private.exists() and not (public.exists() and public.read_text().strip()):
        written = private.read_text().strip()
        if written:
            secret = X25519PrivateKey.from_private_bytes(bytes.fromhex(written))
            public.write_text(secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex())
        else:  # made, but killed before a word was written: nothing was ever sealed to it
            private.unlink()
    make_keys(instance)
