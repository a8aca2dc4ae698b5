"""Words of a move as the public will read them, made by their writer's choices before anything is stored."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from feedback.adapters import sanitiser
from feedback.kernel.errors import Invalid
from feedback.kernel.text import clean, mark
from feedback.tickets.actions.work import MakeMove
from feedback.tickets.rules.lifecycle import MOVES, PROTECTING
from feedback.tickets.rules.report import LONGEST_TEXT
from feedback.tickets.rules.shield import Choices, Shielded, Spoken, check_choices, shielded
from feedback.tickets.rules.words import MoveName

REPORTER_MOVES = frozenset({
    MoveName.COMPLETE, MoveName.CONFIRM, MoveName.DISPUTE, MoveName.REOPEN, MoveName.WITHDRAW, MoveName.ADD_INFORMATION,
})  # fmt: skip
# Words that are kept as plain text: a citizen's, those that only officials read, and titles.
PLAIN_WORDS = REPORTER_MOVES | PROTECTING | {MoveName.SET_REPORTED, MoveName.RETITLE}
LONGEST_TITLE = 160


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody typed in a move: as the public reads it, and as the people of a confidential report do."""

    parts: dict[str, str]
    choices: Choices
    public: Spoken
    sealed: Spoken

    def on(self, *, confidential: bool) -> Spoken:
        """The words for a ticket. Raises Unshielded for private data in public words that nobody decided about."""
        if confidential:
            return self.sealed
        check_choices(self.parts, self.choices)
        return self.public


def say(command: MakeMove) -> Said:
    """Everything slow about the words of a move, done before the write transaction begins."""
    text, title = clean(command.text), clean(command.title, lines=False)[:LONGEST_TITLE]
    if len(text) > LONGEST_TEXT:
        raise Invalid(mark("Paling banyak %(max)s karakter."), field="text", values={"max": LONGEST_TEXT})
    plain = Shielded(text, None), Shielded(title, None)
    sealed = Spoken(plain[0], _html(command.move, text), plain[1])
    if not command.is_public or MOVES[command.move].internal or MOVES[command.move].quiet:
        return Said({}, {}, sealed, sealed)
    words, titled = shielded("text", text, command.shield), shielded("title", title, command.shield)
    html = sealed.html if words.original is None else _html(command.move, words.text)
    return Said({"text": text, "title": title}, command.shield, Spoken(words, html, titled), sealed)


def _html(move: MoveName, text: str) -> str | None:
    """Sanitised html of an official's words."""
    return sanitiser.clean_staff_html(text) if text and move not in PLAIN_WORDS else None


def kept_kinds(*parts: Shielded) -> dict[str, Any]:
    """For the detail of an event: what its writer knowingly left for everybody, by kinds, never by words."""
    kinds = sorted({kind.value for part in parts for kind in part.kept})
    return {"kept": kinds} if kinds else {}


def entrusted_rows(*parts: Shielded) -> list[dict[str, Any]] | None:
    """What was given to the unit only, as it is stored; None when nothing was."""
    return [asdict(one) for part in parts for one in part.entrusted] or None
