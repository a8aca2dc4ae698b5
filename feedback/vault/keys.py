"""Where keys are kept: the web process reads public files, the worker its private one, and no host the vault's."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from config import ROOT
from feedback.kernel.errors import Invalid
from feedback.vault.rules.halves import NewKey, half_name, new_key

PUBLIC_FILE = "contact.public"
PRIVATE_FILE = "contact.private"
VAULT_FILE = "vault.public"
DEMONSTRATION = "vault-demo"
HALF = "*.half"
LARGEST_HALF = 4096


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


class NoVaultKey(Exception):
    """Nothing to seal identities with: an installation is prepared with one (docs/whistleblower.md)."""


def vault_file(instance: Path) -> Path:
    """The file with the public key of the vault: the installation's own, else the demonstration's."""
    own = instance / VAULT_FILE
    return own if own.exists() else instance / DEMONSTRATION / VAULT_FILE


def vault_public_key(instance: Path) -> bytes:
    """The key that identities are sealed with. Raises NoVaultKey."""
    try:
        return bytes.fromhex(vault_file(instance).read_text())
    except (FileNotFoundError, ValueError):
        raise NoVaultKey(f"{instance / VAULT_FILE} is missing or damaged") from None


def private_vault_key_present(instance: Path) -> bool:
    """Whether a half of a private key lies on this host, where none may ever be; a demonstration's counts too."""
    return any(True for _ in halves_on_this_host(instance))


def halves_on_this_host(instance: Path) -> Iterator[Path]:
    """Files below INSTANCE, or beside the program, that are a half by name or by what they hold."""
    stored = instance / "files"  # attachments: sealed by the site itself, and many
    below = (file for file in instance.rglob("*") if not file.is_relative_to(stored))
    for file in (*below, *ROOT.iterdir()):
        if file.is_file() and (file.match(HALF) or (file.stat().st_size <= LARGEST_HALF and _is_half(file))):
            yield file


def _is_half(file: Path) -> bool:
    try:
        half_name(file.read_text())
    except (Invalid, OSError, UnicodeDecodeError):
        return False
    return True


def write_vault_key(folder: Path, key: NewKey) -> tuple[Path, ...]:
    """Write the public key and both halves (0600) into a folder; returns the files. Never overwrites one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    named = {VAULT_FILE: key.public.hex() + "\n"}
    named |= {f"vault-{key.name}-{number}.half": text for number, text in enumerate(key.halves, 1)}
    for name, text in named.items():
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
    return tuple(folder / name for name in named)


def make_demonstration_key(instance: Path) -> bool:
    """A key with both halves beside the site, for a demonstration only; False when there is a key already."""
    if vault_file(instance).exists():
        return False
    passphrases = secrets.token_urlsafe(18), secrets.token_urlsafe(18)
    folder = instance / DEMONSTRATION
    write_vault_key(folder, new_key(passphrases))
    (folder / "README.txt").write_text(
        "FOR THE DEMONSTRATION ONLY. Both halves of this key and their passphrases lie beside the site, so nothing\n"
        "sealed to it is protected. A city makes its own with `flask vault keygen` on another machine\n"
        "(docs/whistleblower.md); production refuses to start while this folder is here.\n\n"
        f"Passphrase of half 1: {passphrases[0]}\nPassphrase of half 2: {passphrases[1]}\n"
    )
    return True
