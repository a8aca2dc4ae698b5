"""What an account and its password must be like, and where a sign-in may lead."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import urlsplit

from feedback.kernel.errors import Invalid
from feedback.kernel.text import has_words, mark

CITIZEN_LENGTH = 12
STAFF_LENGTH = 15
LONGEST = 128

LONGEST_EMAIL = 254
LONGEST_NAME = 120
_EMAIL = re.compile(r"[^@\s,;<>()\[\]\\\"]{1,64}@[^@\s,;<>()\[\]\\\"]+\.[^@\s.,;<>()\[\]\\\"]+")

COMMON = frozenset(
    [
        "password",
        "passw0rd",
        "katasandi",
        "rahasia",
        "admin",
        "administrator",
        "qwerty",
        "indonesia",
        "merdeka",
        "garuda",
        "pancasila",
        "bismillah",
        "sayang",
        "cintaku",
        "jakarta",
        "tanjungpinang",
        "sibolga",
        "sofifi",
        "malukuutara",
        "masyarakatbicara",
        "masyarakat",
        "bicara",
        "lapor",
    ]
)


def check_account(*, email: str, name: str) -> None:
    """Raise Invalid for an address nobody can write to, or a name nobody can read."""
    check_email(email)
    check_name(name)


def check_email(email: str) -> None:
    """Raise Invalid for an address nobody can write to."""
    if len(email) > LONGEST_EMAIL or not email.isprintable() or _EMAIL.fullmatch(email) is None:
        raise Invalid(mark("Alamat surel ini tidak lengkap atau salah tulis. Contoh: nama@contoh.id."), field="email")


def check_name(name: str) -> None:
    """Raise Invalid for a name without letters or too long to keep."""
    if not has_words(name):
        raise Invalid(mark("Bagian ini wajib diisi."), field="name")
    if len(name) > LONGEST_NAME:
        raise Invalid(mark("Nama paling banyak %(max)s karakter."), field="name", values={"max": LONGEST_NAME})


def check_password(password: str, *, email: str, name: str, staff: bool) -> None:
    """Raise Invalid for a password too short, too long or easily guessed; no composition rules (SECURITY.md 3)."""
    shortest = STAFF_LENGTH if staff else CITIZEN_LENGTH
    if len(password) < shortest:
        raise Invalid(mark("Kata sandi paling sedikit %(min)s karakter."), field="password", values={"min": shortest})
    if len(password) > LONGEST:
        raise Invalid(mark("Kata sandi paling banyak %(max)s karakter."), field="password", values={"max": LONGEST})
    folded = "".join(character for character in password.casefold() if character.isalnum())
    own = [email.casefold().split("@")[0], *name.casefold().split()]
    guessable = [word for word in (*COMMON, *own) if len(word) > 3]
    left = folded
    for word in sorted(guessable, key=len, reverse=True):
        left = left.replace("".join(character for character in word if character.isalnum()), "")
    if len(set(password)) < 5 or len(left) < 6 or _is_run(folded):
        raise Invalid(
            mark("Kata sandi ini mudah ditebak. Pakai beberapa kata yang tidak berhubungan dengan Anda."),
            field="password",
        )


def _is_run(text: str) -> bool:
    """Whether it only counts up or repeats: 123456789012, abcdefghijkl."""
    steps = {(ord(after) - ord(before)) % 10 for before, after in pairwise(text)}
    return len(steps) <= 1


def own_path(text: str | None) -> str | None:
    """The text when it is a path of this site, else None: somebody else's link must not lead away after sign-in.

    Browsers drop control characters and read a backslash as a slash, so both refuse the whole text.
    """
    if not text or len(text) > 2000 or not text.startswith("/") or "\\" in text or not text.isprintable():
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc or text.startswith("//") else text
