"""The vault's private key in two halves, one for each custodian: either alone is random bytes (docs/adr)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark
from feedback.vault.rules.sealing import key_id, public_of

SHORTEST_PASSPHRASE = 14
# 64 MiB and about 0.2 s for each guess; kept in the file, so that a later version can ask for more.
SCRYPT_N = 2**16


@dataclass(frozen=True, slots=True)
class NewKey:
    """A new key of the vault: its public half for the site, and a file for each custodian."""

    public: bytes
    halves: tuple[str, str]

    @property
    def name(self) -> str:
        """How the key is called beside what is sealed to it."""
        return key_id(self.public)


def new_key(passphrases: tuple[str, str]) -> NewKey:
    """Make a key and split it: the first half is random, the second is the key XOR the first. Raises Invalid."""
    for passphrase in passphrases:
        if len(passphrase) < SHORTEST_PASSPHRASE:
            raise Invalid(
                mark("Frasa sandi paling sedikit %(min)s karakter."), field="passphrase",
                values={"min": SHORTEST_PASSPHRASE},
            )  # fmt: skip
    if passphrases[0] == passphrases[1]:
        raise Invalid(mark("Kedua penjaga memakai frasa sandi masing-masing."), field="passphrase")
    private = X25519PrivateKey.generate().private_bytes_raw()
    first = os.urandom(32)
    second = _xor(private, first)
    public = public_of(private)
    name = key_id(public)
    halves = (_locked(first, passphrases[0], name, 1), _locked(second, passphrases[1], name, 2))
    return NewKey(public, halves)


def private_from(halves: tuple[str, str], passphrases: tuple[str, str]) -> bytes:
    """The private key from both files and both passphrases, in any order of the files. Raises Invalid."""
    opened = [_unlocked(half, passphrase) for half, passphrase in zip(halves, passphrases, strict=True)]
    if {number for _, _, number in opened} != {1, 2} or len({name for _, name, _ in opened}) != 1:
        raise Invalid(mark("Diperlukan dua bagian yang berbeda dari satu kunci yang sama."), field="half")
    private = _xor(opened[0][0], opened[1][0])
    if key_id(public_of(private)) != opened[0][1]:
        raise Invalid(mark("Diperlukan dua bagian yang berbeda dari satu kunci yang sama."), field="half")
    return private


def half_name(text: str) -> tuple[str, int]:
    """The key a file belongs to and which half it is; needs no passphrase. Raises Invalid."""
    try:
        read = json.loads(text)
        return str(read["key"]), int(read["half"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Invalid(mark("Berkas ini bukan bagian kunci brankas."), field="half") from None


def _locked(half: bytes, passphrase: str, name: str, number: int) -> str:
    salt, nonce = os.urandom(16), os.urandom(12)
    box = AESGCM(_passphrase_key(passphrase, salt, SCRYPT_N)).encrypt(nonce, half, _bound(name, number))
    kept = {
        "what": "one half of the key of sealed identities; useless without the other",
        "key": name, "half": number, "n": SCRYPT_N, "salt": salt.hex(), "nonce": nonce.hex(), "box": box.hex(),
    }  # fmt: skip
    return json.dumps(kept, indent=1) + "\n"


def _unlocked(text: str, passphrase: str) -> tuple[bytes, str, int]:
    name, number = half_name(text)
    read = json.loads(text)
    try:
        key = _passphrase_key(passphrase, bytes.fromhex(read["salt"]), int(read["n"]))
        half = AESGCM(key).decrypt(bytes.fromhex(read["nonce"]), bytes.fromhex(read["box"]), _bound(name, number))
    except InvalidTag:
        raise Invalid(mark("Frasa sandi salah, atau berkasnya rusak."), field="passphrase") from None
    except (ValueError, KeyError):
        raise Invalid(mark("Berkas ini bukan bagian kunci brankas."), field="half") from None
    return half, name, number


def _bound(name: str, number: int) -> bytes:
    return f"feedback vault half|{name}|{number}".encode()


def _passphrase_key(passphrase: str, salt: bytes, n: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=n, r=8, p=1).derive(passphrase.encode())


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
