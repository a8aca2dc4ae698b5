"""Opening a seal: who may ask, who may agree, and how long each step lasts (docs/adr: two from outside open a seal)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from feedback.kernel.actor import Actor, Membership
from feedback.kernel.errors import Conflict, Forbidden, Invalid
from feedback.kernel.permissions import Role
from feedback.kernel.text import clean, has_words, mark

# Who oversees without answering reports; whoever handles the report is sorted out by `outsider`.
OVERSEERS = (Role.SUPERVISOR, Role.INSPECTOR)
# How long a request waits for its two approvals, and how long each step after them may take.
WAITS = timedelta(days=7)
LASTS = timedelta(hours=24)
LONGEST_BASIS = 1000
LONGEST_CASE = 120


class Stage(StrEnum):
    """Where a request stands; time alone ends one (``EXPIRED``), no process has to."""

    WAITING = "waiting"
    AGREED = "agreed"
    REFUSED = "refused"
    EXPIRED = "expired"
    RELEASED = "released"


STAGE_LABELS = {
    Stage.WAITING: mark("Menunggu persetujuan"),
    Stage.AGREED: mark("Disetujui dua orang"),
    Stage.REFUSED: mark("Ditolak"),
    Stage.EXPIRED: mark("Lewat waktu"),
    Stage.RELEASED: mark("Dibuka"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the rules see it."""

    requested_by: int
    requested_at: datetime
    first: int | None = None
    second: int | None = None
    second_at: datetime | None = None
    refused_at: datetime | None = None
    released_at: datetime | None = None

    def stage(self, now: datetime) -> Stage:
        """Where it stands now."""
        if self.released_at is not None:
            return Stage.RELEASED
        if self.refused_at is not None:
            return Stage.REFUSED
        ends = self.requested_at + WAITS if self.second_at is None else self.second_at + LASTS
        if now >= ends:
            return Stage.EXPIRED
        return Stage.WAITING if self.second_at is None else Stage.AGREED

    def check_decision(self, person_id: int | None, now: datetime) -> None:
        """Raise unless this person may agree or refuse now: not who asked, and nobody twice."""
        if self.stage(now) is not Stage.WAITING:
            raise Conflict(mark("Permintaan ini sudah diputus atau lewat waktu."))
        if person_id is None or person_id == self.requested_by:
            raise Forbidden(mark("Permintaan diputus orang lain, bukan yang memintanya."))
        if person_id == self.first:
            raise Conflict(mark("Anda sudah menyetujui permintaan ini; masih diperlukan orang kedua."))

    def check_release(self, now: datetime) -> None:
        """Raise Conflict unless two people agreed within the last day and nothing was handed out yet."""
        stage = self.stage(now)
        if stage is Stage.RELEASED:
            raise Conflict(mark("Segel ini sudah dikeluarkan atas permintaan ini; tiap permintaan berlaku satu kali."))
        if stage is not Stage.AGREED:
            raise Conflict(mark("Permintaan ini belum disetujui dua orang, ditolak, atau lewat waktu."))


def outsider(actor: Actor, holding: str, involved: Collection[str]) -> Membership | None:
    """The role in which somebody may agree: they oversee, and work in no agency that handled the report or is in it.

    ``holding`` is the path of the unit that has the report, ``involved`` those of the units that had it and of the one
    it is about. An agency counts with all its units. A government counts while it has the report; its inspectors, whose
    role reaches everywhere because it is held there, do not work on reports and stay outside.
    """
    root = _agency(holding, 1)
    handling = {_agency(path, 2) for path in (holding, *involved)} - {root}
    for one in actor.memberships:
        if any(one.path.startswith(agency) for agency in handling):
            return None
        if holding == root and one.path == root and one.role is not Role.INSPECTOR:
            return None
    own = (one for one in actor.memberships if one.acting_for is None and one.role in OVERSEERS)
    return next((one for one in own if one.path.startswith(root)), None)


def _agency(path: str, depth: int) -> str:
    return "".join(f"{part}." for part in path.split(".")[:-1][:depth])


def check_words(basis: str, case_number: str) -> tuple[str, str]:
    """The cleaned words of a request. Raises Invalid for the first that says nothing or too much."""
    return _words("basis", clean(basis), LONGEST_BASIS), _words("case", clean(case_number, lines=False), LONGEST_CASE)


def _words(field: str, text: str, longest: int) -> str:
    if not has_words(text):
        raise Invalid(mark("Bagian ini wajib diisi."), field=field)
    if len(text) > longest:
        raise Invalid(mark("Paling banyak %(max)s karakter."), field=field, values={"max": longest})
    return text
