"""Absences, and who sits in a seat meanwhile."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from feedback.kernel.errors import Invalid
from feedback.kernel.permissions import Role
from feedback.kernel.text import mark
from feedback.people.rules.roles import is_current

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
