"""The chain: how a row is written down to be hashed, what may stand in it, and what an anchor says.

A row's text is the JSON array ``[1, sequence, previous, at, deed, subject, actor, detail]`` in UTF-8: no spaces, keys
sorted, letters not escaped; ``at`` is UTC with six decimals (``2026-03-02T02:00:00.000000+00:00``), ``previous`` the
hash of the row before (64 zeros before the first), ``actor`` a number or null. Its hash is SHA-256 of that text, in
hexadecimal.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FIRST = "0" * 64
FORMAT = 1
# Ids, codes and counts; a blank or an @ makes it words or an address. Dots and colons alone are a network address.
_CODE = re.compile(r"[^\s@]{0,120}")
_NETWORK = re.compile(r"\d{1,3}(\.\d{1,3}){3}|[0-9a-f]{0,4}(:[0-9a-f]{0,4}){3,7}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed as the chain knows it."""

    sequence: int
    at: datetime
    deed: str
    subject: str
    actor_id: int | None
    detail: dict[str, Any]
    previous: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the chain stood at an instant; kept elsewhere it proves that nobody rewrote what came before."""

    sequence: int
    hash: str
    at: datetime

    def as_json(self) -> str:
        """The anchor as a line of JSON."""
        return json.dumps({"sequence": self.sequence, "hash": self.hash, "at": self.at.isoformat()})


def read_anchor(text: str) -> Anchor:
    """The anchor in a file. Raises ValueError when it is none."""
    try:
        found = json.loads(text)
        anchor = Anchor(int(found["sequence"]), str(found["hash"]), datetime.fromisoformat(found["at"]))
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("not an anchor") from error
    if anchor.sequence < 0 or not re.fullmatch("[0-9a-f]{64}", anchor.hash):
        raise ValueError("not an anchor")
    return anchor


def hash_of(entry: Entry) -> str:
    """The hash of one row over its content and the row before."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    values = [
        FORMAT, entry.sequence, entry.previous, at, entry.deed, entry.subject, entry.actor_id, entry.detail,
    ]  # fmt: skip
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plain_detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    """The detail as JSON gives it back. Raises ValueError for words, addresses and fractions.

    The chain is for ever, so nothing that a person may ask to be erased goes into it: words live in their own tables,
    where they can be destroyed, and the row names them by id (docs/adr: words stay out of the audit chain).
    """
    found: dict[str, Any] = json.loads(json.dumps(detail))
    _refuse_words(found)
    return found


def _refuse_words(value: Any) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _refuse_words(name)
            _refuse_words(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_words(inner)
    elif isinstance(value, str):
        if not _CODE.fullmatch(value) or _NETWORK.fullmatch(value):
            raise ValueError("an audit detail holds ids, codes and counts; words belong in a table of their own")
    elif isinstance(value, float):
        raise ValueError("an audit detail holds no fractions: they are not written alike everywhere")
