"""Mail addresses: which are plain, and which lead to the same mailbox."""

from __future__ import annotations

from feedback.kernel.text import mark

PLAIN_LETTERS = mark("Tulis alamat surel dengan huruf Latin biasa, tanpa aksen.")

# One mailbox whatever dots are typed, and two names of one house.
_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


def is_plain(address: str) -> bool:
    """Whether it has plain Latin letters only: ``kоrban`` with a Cyrillic letter looks like somebody else's."""
    return address.isascii()


def mailbox(address: str) -> str:
    """One spelling for all addresses that reach the same mailbox, to count and to compare; letters go as typed."""
    local, at, domain = address.strip().lower().rpartition("@")
    local = local[:1] + local[1:].partition("+")[0]
    if domain in _DOTLESS:
        local, domain = local.replace(".", ""), _DOTLESS[domain]
    return f"{local}{at}{domain}"
