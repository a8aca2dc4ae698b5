"""Whether an address that somebody typed may be written to: once to ask, then only when its owner said yes."""

from __future__ import annotations

from enum import StrEnum


class Consent(StrEnum):
    """What the owner of a typed address said."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    STOPPED = "stopped"


def may_write(said: Consent | None) -> bool:
    """The first letter asks; after it nothing goes to an address that did not confirm."""
    return said in (None, Consent.CONFIRMED)
