"""A new key of the vault: seals to the old one are carried to the custodians, sealed anew there, and carried back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark
from feedback.vault.rules.sealing import Part, WrongSeal, key_id, open_seal, public_of, record_name, seal

_NONE = mark("Baris %(line)s bukan catatan untuk disegel ulang.")


@dataclass(frozen=True, slots=True)
class Carried:
    """One seal on its way: to which key, and for one that comes back the fingerprint of the seal it replaces."""

    ticket_id: int
    key: str
    sealed: bytes
    replaces: str = ""

    def as_json(self) -> str:
        """One line of the file that is carried."""
        kept = {"ticket": self.ticket_id, "key": self.key, "sealed": self.sealed.hex(), "replaces": self.replaces}
        return json.dumps(kept)

    def anew(self, private: bytes, public: bytes) -> Carried:
        """The same identity sealed to another key. Raises Invalid for a seal this private key does not open."""
        record = record_name(self.ticket_id, Part.IDENTITY)
        if key_id(public_of(private)) != self.key:
            raise Invalid(mark("Catatan ini disegel dengan kunci lain."), field="half")
        try:
            found = open_seal(self.sealed, private, record)
        except WrongSeal:
            raise Invalid(mark("Catatan ini rusak atau diubah."), field="record") from None
        return Carried(self.ticket_id, key_id(public), seal(found, public, record), fingerprint(self.sealed))


def fingerprint(sealed: bytes) -> str:
    """By which a seal is known, so that one that changed meanwhile is not overwritten."""
    return hashlib.sha256(sealed).hexdigest()


def read_carried(text: str, line: int) -> Carried:
    """The seal in a line. Raises Invalid when it is none."""
    try:
        found = json.loads(text)
        return Carried(int(found["ticket"]), str(found["key"]), bytes.fromhex(found["sealed"]), str(found["replaces"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Invalid(_NONE, field="record", values={"line": line}) from None
