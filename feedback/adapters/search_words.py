"""The one place where text becomes search words, so that every database finds the same tickets (DESIGN.md 3.17)."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache

import snowballstemmer

LONGEST_WORD = 64
MOST_ASKED = 8
_WORD = re.compile(r"[^\W_]+")
# Words the stemmer cuts in the wrong place, or different from their relatives.
EXCEPTIONS = {
    "penerangan": "terang",
    "diterangi": "terang",
    "sekolah": "sekolah",
    "sekolahan": "sekolah",
    "bersekolah": "sekolah",
    "kendaraan": "kendara",
    "berkendara": "kendara",
    "selokan": "selokan",
    "petugas": "petugas",
    "pengurusan": "urus",
    "dimana": "mana",
}
# So frequent that a question is not narrowed by them; a report need not contain them to be found.
STOP_WORDS = frozenset(
    {
        "yang",
        "di",
        "ke",
        "dari",
        "dan",
        "atau",
        "untuk",
        "dengan",
        "pada",
        "ini",
        "itu",
        "adalah",
        "ada",
        "tidak",
        "sudah",
        "belum",
        "juga",
        "saya",
        "kami",
        "kita",
        "nya",
        "the",
        "of",
        "and",
        "to",
        "in",
        "is",
    }
)


def stems(text: str) -> list[str]:
    """The search words of a text, each once, in order; only ASCII letters and digits, so no engine splits them again.

    Letters of other scripts are written as the hexadecimal digits of their UTF-8 bytes.
    """
    return list(dict.fromkeys(_stem(word) for word in _words(text)))


class _Stemmers(threading.local):
    """One stemmer a thread: an instance keeps the word it works on."""

    def __init__(self) -> None:
        self.indonesian = snowballstemmer.stemmer("indonesian")


_STEMMERS = _Stemmers()


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    stem: str = EXCEPTIONS.get(word) or _STEMMERS.indonesian.stemWord(word)
    return stem if stem.isascii() else "u" + stem.encode().hex()


def asked_stems(text: str) -> list[str]:
    """The search words of a question: stop words left out unless it has no others, at most eight."""
    words = _words(text[:400])
    useful = [word for word in words if word not in STOP_WORDS] or words
    return stems(" ".join(useful))[:MOST_ASKED]


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(character for character in plain if unicodedata.category(character) != "Mn")
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain)]
