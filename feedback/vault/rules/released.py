"""One sealed record on its way to the custodians: a file that tells them why, and is worthless without both halves."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark
from feedback.vault.rules.sealing import Identity, WrongSeal, key_id, open_seal, public_of


@dataclass(frozen=True, slots=True)
class Released:
    """A record that two people agreed to have opened: who asked and agreed, why, and until when it may be opened."""

    number: str
    record: str
    key: str
    sealed: bytes
    basis: str
    case: str
    requested_by: str
    agreed_by: tuple[str, str]
    until: datetime

    def as_json(self) -> str:
        """The record as the file the custodians are given."""
        kept = {**asdict(self), "sealed": self.sealed.hex(), "until": self.until.isoformat()}
        return json.dumps(kept, ensure_ascii=False, indent=1)

    def opened(self, private: bytes, now: datetime) -> Identity:
        """Who reported. Raises Invalid when its time is over, for another key, and for anything altered."""
        if now >= self.until:
            raise Invalid(mark("Waktu untuk membuka catatan ini sudah lewat. Minta dibuka lagi."), field="record")
        if key_id(public_of(private)) != self.key:
            raise Invalid(mark("Catatan ini disegel dengan kunci lain."), field="half")
        try:
            return Identity(**open_seal(self.sealed, private, self.record))
        except WrongSeal:
            raise Invalid(mark("Catatan ini rusak atau diubah."), field="record") from None


def read_released(text: str) -> Released:
    """The record in a file. Raises Invalid when it is none."""
    try:
        found = json.loads(text)
        one, other = found.pop("agreed_by")
        sealed, until = bytes.fromhex(found.pop("sealed")), datetime.fromisoformat(found.pop("until"))
        until.astimezone()
        return Released(**found, sealed=sealed, until=until, agreed_by=(str(one), str(other)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Invalid(mark("Berkas ini bukan catatan yang dikeluarkan untuk dibuka."), field="record") from None
