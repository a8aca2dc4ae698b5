"""The privacy shield: what is found in words about to become public, what its writer chooses, what the public reads."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from feedback.kernel.errors import Invalid
from feedback.kernel.private import Finding, FindingKind, find, mask
from feedback.kernel.text import mark

# Stored in public words, whoever reads them; the language of reports is Indonesian.
MASKED = "[disamarkan]"
ENTRUSTED = "[dititipkan kepada unit]"
SHORTEST_PASSAGE, MOST_PASSAGES = 3, 50


class Treatment(StrEnum):
    """What becomes of private data in public words."""

    MASK = "mask"
    SEAL = "seal"
    KEEP = "keep"


# Of a vehicle the unit needs the number; nobody else does.
USUAL = {kind: Treatment.SEAL if kind is FindingKind.PLATE else Treatment.MASK for kind in FindingKind}
Choices = Mapping[str, Treatment]


@dataclass(frozen=True, slots=True)
class Found:
    """One question to the writer. The same words in one part are one question; ``key`` follows from the words."""

    part: str
    finding: Finding
    key: str
    sentence: tuple[str, str]  # what stands before and after it, cut short

    @property
    def masked(self) -> str:
        """What the public would read."""
        return mask(self.finding)


@dataclass(frozen=True, slots=True)
class Entrusted:
    """Private data for the handling unit only."""

    kind: FindingKind
    words: str


@dataclass(frozen=True, slots=True)
class Shielded:
    """Words as the public reads them, and what was taken out for the unit; ``original`` None: nothing was changed."""

    text: str
    original: str | None
    entrusted: tuple[Entrusted, ...] = ()
    kept: frozenset[FindingKind] = frozenset()  # what its writer knowingly left for everybody


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words of a move as they are stored, and the title it gives the report."""

    words: Shielded
    html: str | None
    title: Shielded


class Unshielded(Invalid):
    """Private data that nobody has decided about: the writer is asked before anything is stored."""

    code = "private_data_found"

    def __init__(self, found: Sequence[Found]) -> None:
        message = mark("Ada data pribadi dalam tulisan ini. Pilih apa yang dilakukan, lalu kirim lagi.")
        super().__init__(message, field=found[0].part)
        self.found = tuple(found)


def key_of(part: str, finding: Finding) -> str:
    """The name of a question in a form: it stays when other words around change."""
    digest = hashlib.sha256(finding.words.encode()).hexdigest()[:12]
    return f"{part}-{finding.kind.value}-{digest}"


def look(parts: Mapping[str, str]) -> tuple[Found, ...]:
    """Everything private in the parts of something that is to become public, each once."""
    found: dict[str, Found] = {}
    for part, text in parts.items():
        for one in find(text):
            key = key_of(part, one)
            found.setdefault(key, Found(part, one, key, _around(text, one)))
    return tuple(found.values())


def _around(text: str, one: Finding, length: int = 60) -> tuple[str, str]:
    """The line around it, cut between words."""
    before = text[: one.start].rpartition("\n")[2]
    after = text[one.end :].partition("\n")[0]
    if len(before) > length:
        before = "…" + (before[-length:].partition(" ")[2] or before[-length:])
    if len(after) > length:
        after = (after[:length].rpartition(" ")[0] or after[:length]) + "…"
    return before, after


def check_choices(parts: Mapping[str, str], choices: Choices) -> None:
    """Raise Unshielded when something private was found that no choice was made for."""
    found = look(parts)
    if any(one.key not in choices for one in found):
        raise Unshielded(found)


def shielded(part: str, text: str, choices: Choices) -> Shielded:
    """The public version of a part; whatever was not decided is treated as usual."""
    pieces: list[str] = []
    entrusted: list[Entrusted] = []
    kept: set[FindingKind] = set()
    end = 0
    for one in find(text):
        treatment = choices.get(key_of(part, one), USUAL[one.kind])
        shown = {Treatment.MASK: mask(one), Treatment.SEAL: ENTRUSTED, Treatment.KEEP: one.words}[treatment]
        if treatment is Treatment.SEAL:
            entrusted.append(Entrusted(one.kind, one.words))
        if treatment is Treatment.KEEP:
            kept.add(one.kind)
        pieces += [text[end : one.start], shown]
        end = one.end
    public = "".join([*pieces, text[end:]])
    return Shielded(public, text if public != text else None, tuple(dict.fromkeys(entrusted)), frozenset(kept))


def passages_of(typed: str) -> tuple[str, ...]:
    """The passages somebody wants masked: one on each line, as they stand in the text."""
    return tuple(dict.fromkeys(" ".join(line.split()) for line in typed.split("\n") if line.strip()))


# Signs without width between letters; never more than a few, so that no text makes the search long.
_UNSEEN = "[\u00ad\u200b-\u200d\u2060\ufeff]{0,8}"
_SIGNS = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]+")


def redacted(text: str, passages: Sequence[str]) -> str:
    """The text without these passages; case, line ends and what nobody sees do not matter. Nothing else changes."""
    for passage in sorted(passages, key=len, reverse=True):
        words = [_UNSEEN.join(map(re.escape, seen)) for word in passage.split() if (seen := _SIGNS.sub("", word))]
        if words:
            text = re.sub(rf"{_UNSEEN}\s+{_UNSEEN}".join(words), MASKED, text, flags=re.IGNORECASE)
    return text
