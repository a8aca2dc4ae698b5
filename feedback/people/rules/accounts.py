"""What an account and its password must be like, and where a sign-in may lead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from feedback.kernel.addresses import PLAIN_LETTERS, is_plain
from feedback.kernel.errors import Invalid
from feedback.kernel.text import has_words, mark
from feedback.people.rules.common import COMMON

CITIZEN_LENGTH = 12
STAFF_LENGTH = 15
LONGEST = 128

LONGEST_EMAIL = 254
LONGEST_NAME = 120
_EMAIL = re.compile(r"[^@\s,;<>()\[\]\\\"]{1,64}@[^@\s,;<>()\[\]\\\"]+\.[^@\s.,;<>()\[\]\\\"]+")

_LOOKALIKES = str.maketrans("0134578@$", "oieastbas")
_MIXED = (str.isupper, str.islower, str.isdigit, lambda sign: not sign.isalnum())


def check_account(*, email: str, name: str) -> None:
    """Raise Invalid for an address nobody can write to, or a name nobody can read."""
    check_email(email)
    check_name(name)


def check_email(email: str) -> None:
    """Raise Invalid for an address nobody can write to, or that only looks like another."""
    if not is_plain(email):
        raise Invalid(PLAIN_LETTERS, field="email")
    if len(email) > LONGEST_EMAIL or not email.isprintable() or _EMAIL.fullmatch(email) is None:
        raise Invalid(mark("Alamat surel ini tidak lengkap atau salah tulis. Contoh: nama@contoh.id."), field="email")


def check_name(name: str) -> None:
    """Raise Invalid for a name without letters or too long to keep."""
    if not has_words(name):
        raise Invalid(mark("Bagian ini wajib diisi."), field="name")
    if len(name) > LONGEST_NAME:
        raise Invalid(mark("Nama paling banyak %(max)s karakter."), field="name", values={"max": LONGEST_NAME})


def check_password(
    password: str, *, email: str, name: str, staff: bool, places: Iterable[str] = (), mixed: bool = False
) -> None:
    """Raise Invalid for a password too short, too long or easily guessed; no composition rules (SECURITY.md 3).

    ``places`` are names of units, which add nothing to a password; ``mixed`` asks for four kinds of signs all the same.
    """
    shortest = STAFF_LENGTH if staff else CITIZEN_LENGTH
    if len(password) < shortest:
        raise Invalid(mark("Kata sandi paling sedikit %(min)s karakter."), field="password", values={"min": shortest})
    if len(password) > LONGEST:
        raise Invalid(mark("Kata sandi paling banyak %(max)s karakter."), field="password", values={"max": LONGEST})
    if _is_guessable(password, [email.split("@")[0], *email.split("@")[-1:], name, *places]):
        raise Invalid(
            mark("Kata sandi ini mudah ditebak. Pakai beberapa kata yang tidak berhubungan dengan Anda."),
            field="password",
        )
    if mixed and not is_mixed(password):
        raise Invalid(mark("Pakai huruf besar, huruf kecil, angka, dan tanda baca."), field="password")


def is_mixed(password: str) -> bool:
    """Whether it has capital and small letters, digits and punctuation."""
    return all(any(kind(sign) for sign in password) for kind in _MIXED)


def is_too_old(set_at: datetime, now: datetime, days: int) -> bool:
    """Whether a password has been in use for more than so many days."""
    return now - set_at > timedelta(days=days)


def _is_guessable(password: str, own: Iterable[str]) -> bool:
    """Whether little is left of it without common words, those of the account, counting and repeating."""
    words = {word for text in own for word in re.split(r"\W+", text.casefold()) if len(word) > 3} | COMMON
    plain = "".join(sign for sign in password.casefold() if sign.isalnum())
    if len(set(password)) < 5 or _is_run(plain):
        return True
    signs = "".join(sign for sign in password.casefold() if sign.isalnum() or sign in "@$")
    left = [_without(one, words) for one in (plain, signs.translate(_LOOKALIKES))]
    return any(len(one) < 6 or _is_run(one) for one in left)


def _without(text: str, words: Iterable[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return text


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
