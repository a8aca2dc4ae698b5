"""Private data that is public already, from before the shield: found, and masked when told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import func, select

from feedback.adapters import sanitiser
from feedback.audit.actions import record
from feedback.files.queries import words_of_files
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid
from feedback.kernel.private import find
from feedback.kernel.text import mark
from feedback.storage.session import db, transaction
from feedback.tickets.actions.moves import make_system_move
from feedback.tickets.actions.work import MakeMove
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.rules.shield import MOST_PASSAGES
from feedback.tickets.rules.words import MoveName, RedactReason

BATCH = 200
REASON = mark("Data pribadi yang sudah tampil disamarkan.")
_TITLED = (MoveName.VERIFY_AND_ASSIGN, MoveName.RETITLE)


@dataclass(slots=True)
class Sweep:
    """What was found: how many of each kind, in which reports; ``kept`` is what a writer chose to leave in public."""

    reports: int = 0
    found: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    numbers: dict[str, int] = field(default_factory=dict)
    masked: int = 0


@dataclass(slots=True)
class _Report:
    """Public words of one report, each with the kinds of private data its writer left there knowingly."""

    number: str
    parts: list[tuple[str, frozenset[str]]]

    def look(self) -> tuple[dict[str, str], dict[str, str]]:
        """Words and kinds that nobody decided about, and those that somebody did."""
        undecided: dict[str, str] = {}
        decided: dict[str, str] = {}
        for text, kept in self.parts:
            for one in find(text):
                words = " ".join(one.words.split())
                (decided if one.kind.value in kept else undecided)[words] = one.kind.value
        return {words: kind for words, kind in undecided.items() if words not in decided}, decided


def sweep(progress: Callable[[int, int], None], *, apply: bool) -> Sweep:
    """Look through every report that is not confidential; with ``apply`` mask what nobody decided about.

    Safe to stop and run again: each report is masked in its own transaction, and what is masked is not found again.
    """
    outcome = Sweep()
    total = db.session.scalar(select(func.count()).select_from(Ticket).where(~Ticket.confidential)) or 0
    for batch in _batches():
        for report in batch:
            undecided, decided = report.look()
            outcome.kept.update(decided.values())
            if undecided:
                outcome.found.update(undecided.values())
                outcome.numbers[report.number] = len(undecided)
                outcome.masked += apply and _mask(report.number, list(undecided))
        outcome.reports += len(batch)
        progress(outcome.reports, max(total, outcome.reports))
    if apply:
        with transaction():
            detail = {"reports": outcome.masked, "found": outcome.found.total(), "kept": outcome.kept.total()}
            record("tickets.shielded", actor_id=None, subject="tickets", at=utc_now(), detail=detail)
    return outcome


def _mask(number: str, passages: list[str]) -> bool:
    changed = False
    for start in range(0, len(passages), MOST_PASSAGES):
        command = MakeMove(
            number=number, move=MoveName.REDACT, version=None, text=REASON,
            passages="\n".join(passages[start : start + MOST_PASSAGES]), redact_reason=RedactReason.PRIVATE_DATA,
        )  # fmt: skip
        try:
            changed = make_system_move(command, utc_now()) or changed
        except Invalid:  # its words changed since they were read: the next run sees the new ones
            return changed
    return changed


def _batches() -> Iterator[list[_Report]]:
    after = 0
    while True:
        wanted = select(Ticket.id, Ticket.number, Ticket.title, Ticket.text, Ticket.place).where(
            ~Ticket.confidential, Ticket.id > after
        )
        rows = db.session.execute(wanted.order_by(Ticket.id).limit(BATCH)).all()
        if not rows:
            return
        after = rows[-1].id
        ids = [row.id for row in rows]
        said, files = _events(ids), words_of_files(ids)
        yield [
            _Report(row.number, [
                *_own(row.title, row.text, row.place, said.get(row.id, [])),
                *((words, kept) for _, words, kept in said.get(row.id, [])),
                *((words, frozenset()) for words in files.get(row.id, [])),
            ])
            for row in rows
        ]  # fmt: skip


_Said = tuple[MoveName, str, frozenset[str]]


def _events(ids: list[int]) -> dict[int, list[_Said]]:
    """Public events: which move, its words as people read them, and what was left there knowingly."""
    found: dict[int, list[_Said]] = {}
    wanted = select(
        TicketEvent.ticket_id, TicketEvent.move, TicketEvent.text, TicketEvent.html, TicketEvent.detail
    ).where(TicketEvent.ticket_id.in_(ids), TicketEvent.is_public)
    for ticket_id, move, text, html, detail in db.session.execute(wanted.order_by(TicketEvent.id)):
        words = sanitiser.words_of(html) if html else text
        found.setdefault(ticket_id, []).append((MoveName(move), words, frozenset(detail.get("kept", ()))))
    return found


def _own(title: str | None, text: str, place: str, said: Iterable[_Said]) -> Iterator[tuple[str, frozenset[str]]]:
    written = frozenset().union(*(kept for move, _, kept in said if move is MoveName.SUBMIT))
    titled = frozenset().union(*(kept for move, _, kept in said if move in _TITLED))
    yield title or "", titled
    yield text, written
    yield place, written
