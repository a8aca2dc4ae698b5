"""Pure decisions about accounts: passwords, waiting after failures, how long a sign-in lasts."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urlsplit

from feedback.kernel.errors import Invalid
from feedback.kernel.permissions import Role
from feedback.kernel.text import has_words, mark

CITIZEN_LENGTH = 12
STAFF_LENGTH = 15
LONGEST = 128
FREE_TRIES = 5
NETWORK_TRIES = 100
NETWORK = "network:"
LONGEST_WAIT = 60
FORGOTTEN_AFTER = timedelta(hours=24)
STAFF_SIGN_IN = timedelta(hours=12)
CITIZEN_SIGN_IN = timedelta(days=30)

LONGEST_EMAIL = 254
LONGEST_NAME = 120
_EMAIL = re.compile(r"[^@\s,;<>()\[\]\\\"]{1,64}@[^@\s,;<>()\[\]\\\"]+\.[^@\s.,;<>()\[\]\\\"]+")

ROLE_LABELS = {
    Role.OFFICER: mark("Petugas"),
    Role.COORDINATOR: mark("Koordinator"),
    Role.SUPERVISOR: mark("Atasan"),
    Role.INSPECTOR: mark("Inspektur"),
    Role.ADMINISTRATOR: mark("Administrator"),
}

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
    if len(email) > LONGEST_EMAIL or not email.isprintable() or _EMAIL.fullmatch(email) is None:
        raise Invalid(mark("Alamat surel ini tidak lengkap atau salah tulis. Contoh: nama@contoh.id."), field="email")
    check_name(name)


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


def free_tries(source: str) -> int:
    """How many failures cost nothing: a network is an office, a village or a whole mobile operator."""
    return NETWORK_TRIES if source.startswith(NETWORK) else FREE_TRIES


def seconds_to_wait(failures: int, last_at: datetime, now: datetime, free: int = FREE_TRIES) -> int:
    """Five tries are free (more for a network), then the wait doubles from 1 s to 60 s (SECURITY.md section 3)."""
    if failures < free or now - last_at > FORGOTTEN_AFTER:
        return 0
    wait = min(2 ** min(failures - free, 10), LONGEST_WAIT)
    left = wait - (now - last_at).total_seconds()
    return max(0, -int(-left // 1))


def sign_in_lasts(created_at: datetime, now: datetime, *, staff: bool) -> bool:
    """Whether a sign-in is still good: 12 hours for staff, 30 days for citizens."""
    return now - created_at < (STAFF_SIGN_IN if staff else CITIZEN_SIGN_IN)


def is_current(valid_from: date, valid_to: date | None, today: date) -> bool:
    """Whether a membership is held on a local date."""
    return valid_from <= today and (valid_to is None or today <= valid_to)


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


# Administering the site is never handed on: another administrator gives that role.
LENT = frozenset(Role) - {Role.ADMINISTRATOR}
LONGEST_ABSENCE = timedelta(days=366)


class Absence(NamedTuple):
    """Somebody is away from one local date to another, both included; nobody stands in without ``deputy_id``."""

    valid_from: date
    valid_to: date
    deputy_id: int | None


class Seat(NamedTuple):
    """A role held at a unit, and when its holder is absent from it."""

    holder_id: int
    role: Role
    unit_id: int
    valid_from: date
    valid_to: date | None
    absences: tuple[Absence, ...] = ()

    def on(self, day: date) -> tuple[int, bool] | None:
        """Who sits there on a local date and whether somebody is there at all; None when the role is not held then.

        An absent holder without deputy is named all the same, as not there.
        """
        if not is_current(self.valid_from, self.valid_to, day):
            return None
        away = next((one for one in self.absences if one.valid_from <= day <= one.valid_to), None)
        if away is None or self.role not in LENT:
            return self.holder_id, away is None
        return (self.holder_id, False) if away.deputy_id is None else (away.deputy_id, True)


def check_absence(valid_from: date, valid_to: date, today: date) -> None:
    """Raise Invalid for an absence that ends before it begins, is over, or lasts longer than a year."""
    if valid_to < valid_from:
        raise Invalid(mark("Tanggal akhir mendahului tanggal mulai."), field="valid_to")
    if valid_to < today:
        raise Invalid(mark("Masa ini sudah lewat."), field="valid_to")
    if valid_to - valid_from > LONGEST_ABSENCE:
        raise Invalid(mark("Paling lama satu tahun. Untuk yang lebih lama, ubah perannya."), field="valid_to")
