"""Read the chain: whether it is whole, where it ends, and its rows by person, subject, deed and day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select, tuple_

from feedback.audit.models import AuditEntry
from feedback.audit.rules import FIRST, Anchor, Entry, hash_of
from feedback.kernel.clock import utc_now
from feedback.kernel.paging import Page, page_of, read_cursor, write_cursor
from feedback.storage.session import db

PAGE_SIZE = 50
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the chain is whole; ``broken`` is the first sequence that is not, ``why`` says in words what is wrong."""

    rows: int
    head: str
    broken: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """A row as pages show it."""

    id: int
    at: datetime
    deed: str
    subject: str
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of deeds is narrowed to; ``actors`` is a select of the ids of people whose deeds may be shown."""

    actor_id: int | None = None
    subject: str | None = None
    deed: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    actors: Select[tuple[int]] | None = None


def head() -> Anchor:
    """Where the chain ends now."""
    last = select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    sequence, hashed = db.session.execute(last).tuples().first() or (0, FIRST)
    return Anchor(sequence, hashed, utc_now())


def _rows() -> Iterator[tuple[Entry, str]]:
    last = -1
    columns = select(
        AuditEntry.id, AuditEntry.at, AuditEntry.deed, AuditEntry.subject, AuditEntry.actor_id, AuditEntry.detail,
        AuditEntry.previous, AuditEntry.hash,
    ).order_by(AuditEntry.id).limit(_BATCH)  # fmt: skip
    while rows := db.session.execute(columns.where(AuditEntry.id > last)).tuples().all():
        for row in rows:
            yield Entry(*row[:7]), row[7]
        last = rows[-1][0]


def verify(anchors: Sequence[Anchor] = ()) -> Verdict:
    """Walk the whole chain, and compare it with anchors that were kept elsewhere."""
    kept = {anchor.sequence: anchor.hash for anchor in anchors if anchor.sequence}
    count, previous = 0, FIRST
    for entry, hashed in _rows():
        why = ""
        if entry.sequence != count + 1:
            why = f"row {count + 1} is missing"
        elif entry.previous != previous:
            why = "it does not follow from the row before"
        elif hash_of(entry) != hashed:
            why = "its content is not what was written"
        elif kept.get(entry.sequence, hashed) != hashed:
            why = "an anchor knew another row here: the chain was written anew"
        if why:
            return Verdict(count, previous, count + 1, why)
        count, previous = entry.sequence, hashed
    if kept and max(kept) > count:
        return Verdict(count, previous, count + 1, f"an anchor saw {max(kept)} rows: the end was cut off")
    return Verdict(count, previous)


def deeds(wanted: Wanted, *, after: str | None = None, before: str | None = None) -> Page[Deed]:
    """Newest first, a page at a time."""
    key = tuple_(AuditEntry.at, AuditEntry.id)
    statement = _narrowed(wanted)
    back, on = _cursor(before), _cursor(after)
    if back is not None:
        statement = statement.where(key > back).order_by(AuditEntry.at, AuditEntry.id)
    else:
        statement = statement.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        if on is not None:
            statement = statement.where(key < on)
    rows = [Deed(*row) for row in db.session.execute(statement.limit(PAGE_SIZE + 1))]
    return page_of(
        rows,
        PAGE_SIZE,
        lambda row: write_cursor(row.at.isoformat(), row.id),
        backwards=back is not None,
        has_cursor=on is not None or back is not None,
    )


def _narrowed(wanted: Wanted) -> Select[tuple[int, datetime, str, str, int | None]]:
    statement = select(AuditEntry.id, AuditEntry.at, AuditEntry.deed, AuditEntry.subject, AuditEntry.actor_id)
    for column, value in (
        (AuditEntry.actor_id, wanted.actor_id),
        (AuditEntry.subject, wanted.subject),
        (AuditEntry.deed, wanted.deed),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.since is not None:
        statement = statement.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(AuditEntry.at < wanted.until)
    if wanted.actors is not None:
        statement = statement.where(AuditEntry.actor_id.in_(wanted.actors))
    return statement


def _cursor(text: str | None) -> tuple[datetime, int] | None:
    values = read_cursor(text, (str, int))
    if values is None:
        return None
    try:
        at = datetime.fromisoformat(str(values[0]))
    except ValueError:
        return None
    return (at, int(values[1])) if at.tzinfo else None
