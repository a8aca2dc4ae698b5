"""A new key for addresses on the worker's host: each step is whole or not at all, so a kill between two loses nothing.

While it is being replaced the old private half lies beside the new one, under its own name, and both open.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from feedback.kernel.errors import Conflict
from feedback.kernel.text import mark
from feedback.storage.disk import sync
from feedback.vault.keys import PRIVATE_FILE, PUBLIC_FILE, private_key
from feedback.vault.rules.sealing import key_id, public_of

_OLD = "contact-*.private"
_OVER = "-"


def old_private_key(instance: Path) -> bytes | None:
    """The private half that is being replaced; None when none is, or it was written over already."""
    found = (file.read_text() for file in sorted(instance.glob(_OLD)))
    return next((bytes.fromhex(words) for words in found if not words.startswith(_OVER)), None)


def private_keys(instance: Path) -> dict[str, bytes]:
    """What opens addresses, by the name of its public half: the old key goes on to until it is destroyed."""
    found = (private_key(instance), old_private_key(instance))
    return {key_id(public_of(one)): one for one in found if one is not None}


def openable(instance: Path) -> frozenset[str]:
    """The names of the keys of addresses whose private half is on this host; none where only pages are served."""
    return frozenset(private_keys(instance)) if (instance / PRIVATE_FILE).exists() else frozenset()


def is_being_replaced(instance: Path) -> bool:
    """Whether an old private half is still here."""
    return any(instance.glob(_OLD))


def digest_key(instance: Path) -> bytes:
    """What addresses are known by: the old key while it is there, so that none is forgotten halfway."""
    return old_private_key(instance) or private_key(instance)


@contextmanager
def alone(instance: Path) -> Iterator[None]:
    """Nobody else changes the key meanwhile. Raises Conflict when somebody does."""
    descriptor = os.open(instance, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict(mark("Kunci ini sedang diganti oleh proses lain.")) from None
    else:
        yield
    finally:
        os.close(descriptor)


def replace_key(instance: Path) -> None:
    """Put a new pair in the place of the old. Run again after a kill, it goes on where it was; it never makes two."""
    current, old = private_key(instance), old_private_key(instance)
    if old is None:
        os.link(instance / PRIVATE_FILE, instance / f"contact-{key_id(public_of(current))}.private")
        sync(instance)
        old = current
    if old == current:
        current = X25519PrivateKey.generate().private_bytes_raw()
        _put(instance / PRIVATE_FILE, current.hex())
    public = public_of(current).hex()
    if (instance / PUBLIC_FILE).read_text() != public:
        _put(instance / PUBLIC_FILE, public)


def replaced_at(instance: Path) -> datetime:
    """Since when the site seals to the key of today."""
    return datetime.fromtimestamp((instance / PUBLIC_FILE).stat().st_mtime, UTC)


def destroy_old_key(instance: Path) -> None:
    """The private half that was replaced is written over and removed."""
    for file in instance.glob(_OLD):
        with file.open("r+b") as words:
            words.write(_OVER.encode() * file.stat().st_size)
            words.flush()
            os.fsync(words.fileno())
        file.unlink()
    sync(instance)


def _put(file: Path, words: str) -> None:
    """Replace a file whole, with the owner and mode of the one before: written beside, on the disk, then renamed."""
    before, beside = file.stat(), file.with_name(f"{file.name}.tmp")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        os.fchown(written.fileno(), before.st_uid, before.st_gid)
        os.fchmod(written.fileno(), before.st_mode & 0o777)
        written.write(words)
        written.flush()
        os.fsync(written.fileno())
    os.replace(beside, file)
    sync(file.parent)
