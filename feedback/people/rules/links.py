"""Links sent by mail: what they are for and how long they work."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class LinkKind(StrEnum):
    """What a link does."""

    RECOVERY = "recovery"
    ADDRESS = "address"


LASTS = {LinkKind.RECOVERY: timedelta(minutes=30), LinkKind.ADDRESS: timedelta(hours=24)}
REGISTRATION_LASTS = timedelta(hours=24)
# To an address that nobody proved yet few letters a day; to an account's own somewhat more, or its owner stays outside.
MOST_LETTERS = 3
MOST_RECOVERIES = 10
# Kept a while after their end: a letter that is tried again for a day must not make a used link anew.
KEPT = timedelta(days=3)
