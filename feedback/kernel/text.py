"""Plain text as citizens write it: kept as written, without what cannot be shown (DESIGN.md 3.8)."""

from __future__ import annotations

import re
import unicodedata

_BIDI = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"))
_BLANK_LINES = re.compile(r"\n{4,}")
_MARKS_IN_A_ROW = 8
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")  # Unicode calls these letters; they are blank


def mark(message: str) -> str:
    """Mark a source text for the catalogue; it is translated where it is shown."""
    return message


def clean(text: str, *, lines: bool = True) -> str:
    """NFC text without control, bidi-override, unassigned-surrogate characters or floods of combining marks.

    ``lines=False`` folds every run of white space to one space (names, titles).
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    text = text.translate(_BIDI)
    kept = []
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if category == "Mn" or category == "Me":
            marks += 1
            if marks > _MARKS_IN_A_ROW:
                continue
        else:
            marks = 0
        if character == "\t" or (category == "Cc" and character != "\n"):
            kept.append(" " if character == "\t" else "")
        elif category != "Cs":
            kept.append(character)
    # Once more: what was taken out may have stood between a letter and its mark.
    text = unicodedata.normalize("NFC", "".join(kept))
    if not lines:
        return " ".join(text.split())
    text = "\n".join(line.rstrip() for line in text.split("\n")).strip()
    return _BLANK_LINES.sub("\n\n\n", text)


def has_words(text: str) -> bool:
    """Whether a reader would find a letter or digit in it (not only spaces, zero-width signs or emoji)."""
    return any(unicodedata.category(character)[0] in "LN" and character not in _FILLERS for character in text)


_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_AGAIN = re.compile(r"(.)\1+")


def links_in(text: str) -> int:
    """How many addresses of pages stand in it."""
    return len(_LINK.findall(text))


def skeleton(text: str) -> str:
    """Letters and digits without what a hasty copy changes: case, accents, signs, spaces, doubled letters."""
    kept = (one for one in unicodedata.normalize("NFKD", text.casefold()) if unicodedata.category(one)[0] in "LN")
    return _AGAIN.sub(r"\1", "".join(kept))


def excerpt(text: str, length: int = 160) -> str:
    """The beginning of a text on one line, cut at a word, with an ellipsis where something was cut."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut).rstrip(" ,.;:") + "…"
