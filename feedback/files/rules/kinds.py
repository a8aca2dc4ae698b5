"""What a file is by its first bytes, never by its name (SECURITY.md section 5), and what its name may show."""

from __future__ import annotations

from enum import StrEnum

from feedback.kernel.private import masked
from feedback.kernel.text import clean, mark

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_SENDING = 40 * 1024 * 1024
MOST_FILES = 10
# Somewhat more than one sending may have: what is a little too much is told kindly, file by file.
LARGEST_UPLOAD = 64 * 1024 * 1024
LONGEST_NAME = 80
LONGEST_ALT = 160
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


class Kind(StrEnum):
    """What is shown as a picture and what is offered as a document."""

    IMAGE = "image"
    PDF = "pdf"


class Phase(StrEnum):
    """When a photo of an official was taken; nothing for all other files."""

    NONE = ""
    BEFORE = "before"
    AFTER = "after"


class Scan(StrEnum):
    """What the virus scanner said; without a scanner a file is ready at once."""

    READY = "ready"
    WAITING = "waiting"
    INFECTED = "infected"


class Deed(StrEnum):
    """What an official did to an attachment."""

    HIDE = "hide"
    RESTORE = "restore"


PHASE_LABELS = {Phase.NONE: "", Phase.BEFORE: mark("Sebelum"), Phase.AFTER: mark("Sesudah")}


def format_of(data: bytes) -> str | None:
    """``jpeg``, ``png``, ``webp``, ``heic`` or ``pdf`` by content; None for everything else."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return "heic"
    return "pdf" if data.startswith(b"%PDF-") else None


def shown_name(given: str | None) -> str:
    """A name people may read: no folders, no control or direction signs, nothing private, short. Never a path."""
    name = masked(clean((given or "")[:1000].replace("\\", "/").rsplit("/", 1)[-1], lines=False).strip(". "))
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 8:
        return name[: LONGEST_NAME - 1] + "…"
    return stem[: LONGEST_NAME - 2 - len(ending)] + "…" + dot + ending
