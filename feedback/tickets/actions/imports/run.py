"""Import a file: look through all of it first, then write what is good, a batch at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from feedback.audit.actions import record
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict
from feedback.kernel.text import mark
from feedback.storage.session import transaction
from feedback.tickets.actions.imports.places import check_roots, create_wanted, load_directory
from feedback.tickets.actions.imports.source import RefusedRows, open_source
from feedback.tickets.actions.imports.writing import Entry, Writer, refs_of
from feedback.tickets.rules.imports import REASON_LABELS, Draft, ImportMap, Reason, RowReader, Unfit
from feedback.tickets.rules.imports.places import WANT_REASONS, Directory, Missing, Sort, Want

BATCH = 500
# Told after each batch: what is being done, how much is done and how much there is (bytes, then reports).
Progress = Callable[[str, int, int], None]
READING, WRITING = "reading", "writing"


@dataclass(frozen=True, slots=True)
class ImportTickets:
    """Import ``path`` by ``given``; names of the sorts in ``create`` are made when they are unknown."""

    path: Path
    given: ImportMap
    create: frozenset[Sort] = frozenset()


@dataclass(slots=True)
class Outcome:
    """What an import found and did. Every row is good, bad or already here.

    ``missing`` names made rows bad, those in ``created`` are made (or would be). ``rejected`` is the file of bad rows.
    """

    rows: int = 0
    good: int = 0
    already: int = 0
    bad: Counter[Reason] = field(default_factory=Counter)
    missing: dict[Sort, list[str]] = field(default_factory=dict)
    created: dict[Sort, list[str]] = field(default_factory=dict)
    written: int = 0
    applied: bool = False
    rejected: Path | None = None


@dataclass(slots=True)
class _Survey:
    """What the first look through the file collects; ``refused`` are places of rows in the file."""

    outcome: Outcome = field(default_factory=Outcome)
    refused: set[int] = field(default_factory=set)
    wants: dict[object, Want] = field(default_factory=dict)
    unmade: dict[object, Want] = field(default_factory=dict)
    earliest: datetime | None = None


def check_import(command: ImportTickets, progress: Progress) -> Outcome:
    """Look through the file and say what an import would do; only the file of bad rows is written.

    Raises Invalid when the file cannot be read or does not go with the map.
    """
    return _survey(command, utc_now(), progress)[1].outcome


def import_tickets(command: ImportTickets, progress: Progress) -> Outcome:
    """Write the good rows of a file, each once however often it is run; bad rows go to a file beside it.

    Raises Invalid as ``check_import`` does, and Conflict when somebody else changed units, topics or regions while the
    file was read and some must be made; then nothing was written to the database.
    """
    now = utc_now()
    directory, survey = _survey(command, now, progress)
    outcome = survey.outcome
    with transaction():
        if survey.wants and load_directory(command.given, now) != directory:
            raise Conflict(mark("Unit, topik, atau wilayah berubah selama berkas dibaca; jalankan sekali lagi."))
        create_wanted(directory, survey.wants.values(), survey.earliest or now)
        # In the first transaction, so that a run that is killed later has left its trace too.
        record("tickets.imported", actor_id=None, subject=f"import:{command.given.source}", at=now, detail={
            "good": outcome.good,
            "already": outcome.already,
            "bad": outcome.bad.total(),
        })  # fmt: skip
    _write(command, now, survey, progress)
    outcome.applied = True
    return outcome


def _survey(command: ImportTickets, now: datetime, progress: Progress) -> tuple[Directory, _Survey]:
    given = command.given
    directory = load_directory(given, now)
    check_roots(directory, command.create)
    survey, known = _Survey(), refs_of(given.source)
    with open_source(command.path, given) as source:
        refused = RefusedRows(command.path, source.heading, given)
        with refused.writing():
            reader = RowReader(given, source.heading, now)
            for cells, verdict in _judged(source.rows, reader, directory, known):
                refusal = _count(survey, verdict, command.create)
                if refusal is not None:
                    refused.add(cells, refusal)
                    survey.refused.add(survey.outcome.rows)
                if survey.outcome.rows % BATCH == 0:
                    progress(READING, source.read(), source.size)
        progress(READING, source.size, source.size)
    survey.outcome.rejected = refused.path if refused.count else None
    survey.outcome.missing = _names(survey.unmade.values())
    survey.outcome.created = _names(survey.wants.values())
    return directory, survey


# What is said of a row: a report and its place, names that are unknown, why not, or None when it is here already.
_Verdict = Entry | tuple[Draft, Missing] | Reason | None


def _judged(
    rows: Iterable[list[str]], reader: RowReader, directory: Directory, known: frozenset[str]
) -> Iterator[tuple[list[str], _Verdict]]:
    seen: set[str] = set()
    for cells in rows:
        yield cells, _verdict(cells, reader, directory, known=known, seen=seen)


def _verdict(
    cells: Sequence[str], reader: RowReader, directory: Directory, *, known: frozenset[str], seen: set[str]
) -> _Verdict:
    try:
        ref = reader.ref(cells)
        if ref in seen:
            return Reason.REF_TWICE
        seen.add(ref)
        if ref in known:
            return None
        draft = reader.draft(cells)
        try:
            return Entry(draft, directory.find(draft))
        except Missing as missing:
            return draft, missing
    except Unfit as unfit:
        return unfit.reason


def _count(survey: _Survey, verdict: _Verdict, create: frozenset[Sort]) -> str | None:
    """Count a row; of a bad one, what to write beside it."""
    outcome = survey.outcome
    outcome.rows += 1
    if verdict is None:
        outcome.already += 1
        return None
    if isinstance(verdict, Reason):
        outcome.bad[verdict] += 1
        return REASON_LABELS[verdict]
    if isinstance(verdict, Entry):
        draft = verdict.draft
    else:
        draft, missing = verdict
        unmade = [want for want in missing.wants if want.sort not in create]
        if unmade:
            return _refuse_unmade(survey, unmade)
        for want in missing.wants:
            survey.wants.setdefault(want.key, want)
    outcome.good += 1
    survey.earliest = min(survey.earliest or draft.received_at, draft.received_at)
    return None


def _refuse_unmade(survey: _Survey, unmade: Sequence[Want]) -> str:
    reason = WANT_REASONS[unmade[0].sort]
    survey.outcome.bad[reason] += 1
    for want in unmade:
        survey.unmade.setdefault(want.key, want)
    return f"{REASON_LABELS[reason]} ({', '.join(want.shown for want in unmade)})"


def _names(wants: Iterable[Want]) -> dict[Sort, list[str]]:
    found: dict[Sort, list[str]] = {sort: [] for sort in Sort}
    for want in wants:
        found[want.sort].append(want.shown)
    return {sort: sorted(names) for sort, names in found.items() if names}


def _write(command: ImportTickets, now: datetime, survey: _Survey, progress: Progress) -> None:
    """The second look through the file: now every good row has its place.

    What was refused stays refused, though a place made meanwhile might suit it: a run does what its trial told.
    """
    given, outcome = command.given, survey.outcome
    directory, known = load_directory(given, now), refs_of(given.source)
    writer = Writer(given, now)
    done = 0
    with open_source(command.path, given) as source:
        reader = RowReader(given, source.heading, now)
        verdicts = enumerate((verdict for _, verdict in _judged(source.rows, reader, directory, known)), start=1)
        good = (one for place, one in verdicts if isinstance(one, Entry) and place not in survey.refused)
        for batch in _batches(good):
            outcome.written += _write_batch(writer, batch)
            done += len(batch)
            progress(WRITING, done, outcome.good)


def _write_batch(writer: Writer, batch: Sequence[Entry]) -> int:
    try:
        with transaction():
            return writer.write(batch)
    except IntegrityError:
        # Another import wrote some of these, or drew one of these numbers, meanwhile: look again, once.
        with transaction():
            return writer.write(batch)


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
