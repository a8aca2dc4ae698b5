"""The grants in words, made from their tests: what somebody may see is told by the one policy, never beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from feedback.kernel.permissions import Permission
from feedback.kernel.text import mark
from feedback.tickets.rules.grants import Grant, Op, Sight, Test, TicketFacts
from feedback.units.rules import path_ids

PERMISSION_WORDS = {
    Permission.DESK: mark("Meja: menangani laporan"),
    Permission.COUNTER: mark("Loket: mencatat laporan yang datang lewat surat atau tatap muka"),
    Permission.BOARD: mark("Pantau: angka, tenggat, dan laporan di baliknya"),
    Permission.STAFF: mark("Petugas: mengundang, memperpanjang, dan melihat wewenang"),
    Permission.ADMINISTER: mark("Kelola: unit, layanan, kalender, dan orang; bukan isi laporan"),
    Permission.AUDIT: mark("Audit: siapa melakukan dan membaca apa"),
}
SIGHT_WORDS = {
    Sight.WHOLE: mark("Seluruhnya, kecuali yang disegel"),
    Sight.WORDS: mark("Kata-kata laporan dan jawabannya"),
    Sight.LISTED: mark("Hanya bahwa laporan ini ada, topiknya, dan unitnya"),
}
_WORDS = {
    ("unit_path", Op.UNDER): mark("dipegang %(units)s atau unit di bawahnya"),
    ("unit_id", Op.IN): mark("dipegang %(units)s sendiri"),
    ("confidential", Op.IS): mark("tidak rahasia"),
    ("hidden", Op.IS): mark("tidak disembunyikan"),
    ("published", Op.IS): mark("sudah diverifikasi"),
    ("reporter_id", Op.IS): mark("ditulis sendiri dengan akun ini"),
    ("walled_unit_id", Op.NOT_IN): mark("bukan tentang petugas di unit sendiri yang dijaga darinya"),
    ("id", Op.IN): mark("dibuka di peramban ini dengan kode rahasianya"),
}
_NOT_ABOUT_SELF = mark("bukan tentang dirinya")
_NOT_ABOUT_ABSENT = mark("bukan tentang orang yang digantikan")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One condition of a grant; ``units`` fill its place."""

    message: str
    units: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """One grant in words: how much it shows of which reports. Without conditions it is about every report."""

    sight: Sight
    phrases: tuple[Phrase, ...]


def in_words(grant: Grant, person_id: int | None) -> Opening:
    """A grant of this person in words; a test nobody has words for is a KeyError, which a test of ours provokes."""
    return Opening(grant.sight, tuple(_phrase(test, person_id) for test in grant.tests))


def _phrase(test: Test, person_id: int | None) -> Phrase:
    if (test.field, test.op) == ("reported_person_id", Op.IS_NOT):
        return Phrase(_NOT_ABOUT_SELF if test.value == person_id else _NOT_ABOUT_ABSENT)
    message = _WORDS[test.field, test.op]
    if test.field == "unit_path":
        return Phrase(message, (path_ids(str(test.value))[-1],))
    if test.field == "unit_id":
        return Phrase(message, tuple(test.value))  # type: ignore[arg-type]
    return Phrase(message)


def without_people(facts: TicketFacts) -> TicketFacts:
    """The facts as anybody may be told them: who wrote a report and whom it is about are no answer to a question."""
    return replace(facts, reporter_id=None, reported_person_id=None, walled_unit_id=None)
