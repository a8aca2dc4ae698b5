"""The questions of the privacy shield: one for each piece of private data found, with what its writer chose before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext

from feedback.kernel.private import KIND_LABELS
from feedback.kernel.text import mark
from feedback.tickets.rules.shield import USUAL, Choices, Found, Treatment

PREFIX = "samar-"
_WRITERS = {
    Treatment.MASK: mark("Samarkan. Umum membaca: %(masked)s"),
    Treatment.SEAL: mark("Titipkan kepada unit. Umum tidak melihatnya; unit yang menangani dapat membukanya."),
    Treatment.KEEP: mark("Biarkan tampil untuk umum."),
}
_OFFICIALS = {
    Treatment.MASK: mark("Samarkan. Umum membaca: %(masked)s"),
    Treatment.SEAL: mark("Hanya untuk pelapor dan unit. Umum tidak melihatnya."),
    Treatment.KEEP: mark("Tampilkan: ini nomor atau alamat layanan umum."),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One finding in its sentence, and the three answers: value, words, whether chosen."""

    name: str
    label: str
    before: str
    words: str
    after: str
    options: tuple[tuple[str, str, bool], ...]


def read_choices(data: Mapping[str, str]) -> dict[str, Treatment]:
    """The answers in what a browser sent; anything unknown is no answer."""
    known = set(Treatment)
    return {
        name.removeprefix(PREFIX): Treatment(value)
        for name, value in data.items()
        if name.startswith(PREFIX) and value in known
    }


def questions(found: Iterable[Found], choices: Choices, *, official: bool = False) -> tuple[Question, ...]:
    """What is asked about findings; what was not answered yet starts with the safe answer."""
    words = _OFFICIALS if official else _WRITERS
    return tuple(_question(one, choices.get(one.key, USUAL[one.finding.kind]), words) for one in found)


def _question(one: Found, chosen: Treatment, words: Mapping[Treatment, str]) -> Question:
    # Every text is given the masked words; only one of them has a place for it.
    options = tuple((each.value, gettext(words[each], masked=one.masked), each is chosen) for each in Treatment)
    label = gettext(KIND_LABELS[one.finding.kind])
    return Question(PREFIX + one.key, label, one.sentence[0], one.finding.words, one.sentence[1], options)
