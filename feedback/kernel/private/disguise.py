"""Numbers and addresses as people disguise them: full-width, in circles, as words, with O for 0, between stars.

They are read in a plain view of the text, each sign of which knows where it stands in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import pairwise

_DROPPED = frozenset("*`~\ufe0e\ufe0f\u20e3\u00ad")
_WORDS = {
    word: str(digit)
    for digit, words in enumerate((
        "nol kosong zero", "satu one", "dua two", "tiga three", "empat four", "lima five", "enam six", "tujuh seven",
        "delapan eight", "sembilan nine",
    ))
    for word in words.split()
}  # fmt: skip
_TOKEN = re.compile(r"[^\W\d_]++|\d++")
_BETWEEN_WORDS = frozenset(" .,-/")
_FEWEST_WORDS = 3
_LOOKS_LIKE = str.maketrans("OoIl", "0011")
_ALIKE = re.compile(r"(?<![^\W_])[0-9OoIl]++(?![^\W_])")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,300}>")
_AT = re.compile(r" {0,2}[\[({<] {0,2}(?:at|et|@) {0,2}[\])}>] {0,2}", re.IGNORECASE)
_POINT = re.compile(r" {0,2}[\[({<] {0,2}(?:dot|titik|\.) {0,2}[\])}>] {0,2}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class View:
    """A text in plain signs; ``starts`` and ``ends`` tell for each where it stands in the text it is a view of."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the text that a stretch of the view stands for."""
        return self.starts[start], self.ends[end - 1]

    def replaced(self, changes: list[tuple[int, int, str]]) -> View:
        """Another view, with stretches that stand for a sign each (or for none, when it is empty)."""
        if not changes:
            return self
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        last = 0
        for start, end, sign in changes:
            text.append(self.text[last:start] + sign)
            starts += self.starts[last:start]
            ends += self.ends[last:start]
            if len(sign) == end - start:
                starts += self.starts[start:end]
                ends += self.ends[start:end]
            elif sign:
                starts.append(self.starts[start])
                ends.append(self.ends[end - 1])
            last = end
        text.append(self.text[last:])
        return View("".join(text), (*starts, *self.starts[last:]), (*ends, *self.ends[last:]))


def views_of(text: str) -> Iterator[View]:
    """The text without disguise, as far as that can be told by its shape; once more without tags, where it has any."""
    view = _decoded(_plain_signs(text))
    yield _in_digits(view)
    tags = [(one.start(), one.end(), "") for one in _TAG.finditer(view.text)]
    if tags:
        yield _in_digits(view.replaced(tags))


def _decoded(view: View) -> View:
    """With the signs that entities of html stand for: officials may write tags, and browsers show the signs."""
    found = [(one.start(), one.end(), _plain(unescape(one.group()))) for one in _ENTITY.finditer(view.text)]
    return view.replaced([one for one in found if len(one[2]) <= 1])


def _in_digits(view: View) -> View:
    if any(sign in "OoIl" for sign in view.text):
        view = view.replaced(_alike(view.text))
    return view.replaced(_spoken(view.text))


def for_addresses(view: View) -> View:
    """The same with the words that stand for the signs of an address: [at], (titik)."""
    view = view.replaced([(one.start(), one.end(), "@") for one in _AT.finditer(view.text)])
    return view.replaced([(one.start(), one.end(), ".") for one in _POINT.finditer(view.text)])


def _plain_signs(text: str) -> View:
    """Without what is not seen and what only makes letters bold; each sign in its plainest form."""
    if text.isascii() and not _DROPPED.intersection(text):
        return View(text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))
    kept = [(plain, index) for index, sign in enumerate(text) if (plain := _plain(sign))]
    places = [index for _, index in kept]
    ends = [index + 1 for index in places]
    return View("".join(plain for plain, _ in kept), tuple(places), tuple(ends))


def _plain(sign: str) -> str:
    if sign in _DROPPED:
        return ""
    if sign.isascii():
        return sign
    if len(sign) != 1:
        return sign
    category = unicodedata.category(sign)
    if category == "Cf":
        return ""
    if category in ("Pd", "Zs"):
        return "-" if category == "Pd" else " "
    plain = unicodedata.normalize("NFKC", sign)
    return plain if len(plain) == 1 else sign


def _alike(text: str) -> list[tuple[int, int, str]]:
    """Runs of digits in which letters stand for digits that look like them."""
    found = []
    for match in _ALIKE.finditer(text):
        words = match.group()
        digits = sum(sign.isdigit() for sign in words)
        if 2 <= digits < len(words):
            found.append((match.start(), match.end(), words.translate(_LOOKS_LIKE)))
    return found


def _spoken(text: str) -> list[tuple[int, int, str]]:
    """Digits that are spelled: three and more among neighbours, or right beside a digit."""
    found: list[tuple[int, int, str]] = []
    run: list[tuple[int, int, str]] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        digit = match.group() if text[start].isdigit() else _WORDS.get(match.group().lower(), "")
        gap = text[run[-1][1] : start] if run else ""
        if not digit or len(gap) > 3 or not set(gap) <= _BETWEEN_WORDS:
            found += _spelled(text, run)
            run = []
        if digit:
            run.append((start, end, digit))
    return found + _spelled(text, run)


def _spelled(text: str, run: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """What changes of a run of digits and words for them; nothing stays between two digits that are spelled."""
    words = [not text[start].isdigit() for start, _, _ in run]
    glued = any(one[1] == other[0] for one, other in pairwise(run))
    if not any(words) or (sum(words) < _FEWEST_WORDS and not glued):
        return []
    found = []
    for index, (start, end, digit) in enumerate(run):
        if words[index] and index and words[index - 1]:
            found.append((run[index - 1][1], start, ""))
        if words[index]:
            found.append((start, end, digit))
    return found
