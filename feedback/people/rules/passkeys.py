"""Passkeys: for which site they are made, how many, and how long a question to the browser may wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from feedback.kernel.errors import Conflict, Invalid
from feedback.kernel.text import clean, has_words, mark

MOST_PASSKEYS = 10
LONGEST_PASSKEY_NAME = 60
LONGEST_ANSWER = 20_000
CHALLENGE_LASTS = timedelta(minutes=5)
WRONG = mark("Kunci sandi ini tidak dapat diperiksa. Coba lagi, atau pakai cara lain.")
TOO_LATE = mark("Waktunya habis. Coba lagi.")


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The site as browsers know it; a passkey made for one works at no other."""

    id: str
    origin: str


def relying_party(public_url: str) -> RelyingParty | None:
    """The site at this address; None where browsers refuse passkeys: an IP address, or neither https nor localhost."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        is_name = bool(host)
    else:
        is_name = False
    return RelyingParty(host, public_url) if is_name and (parts.scheme == "https" or host == "localhost") else None


def check_challenge(asked_at: datetime | None, now: datetime) -> None:
    """Raise Invalid when this browser was asked nothing, or longer than five minutes ago."""
    if asked_at is None or not timedelta(0) <= now - asked_at < CHALLENGE_LASTS:
        raise Invalid(TOO_LATE)


def checked_name(name: str) -> str:
    """What a passkey is called, as it is kept. Raises Invalid for a name nobody can read."""
    name = clean(name, lines=False)
    if not has_words(name):
        raise Invalid(mark("Bagian ini wajib diisi."), field="name")
    if len(name) > LONGEST_PASSKEY_NAME:
        values = {"max": LONGEST_PASSKEY_NAME}
        raise Invalid(mark("Nama paling banyak %(max)s karakter."), field="name", values=values)
    return name


def check_room(held: int) -> None:
    """Raise Conflict for more passkeys than anybody has devices."""
    if held >= MOST_PASSKEYS:
        raise Conflict(mark("Sudah ada sepuluh kunci sandi. Hapus satu yang tidak dipakai lagi."))
