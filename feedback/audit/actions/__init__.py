"""Write to the audit log: deeds are gathered in the caller's transaction and chained at its very end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event, insert, select, text
from sqlalchemy.orm import Session

from feedback.audit.models import AuditEntry
from feedback.audit.rules import FIRST, Entry, hash_of, plain_detail
from feedback.kernel.clock import utc_now
from feedback.storage.session import db, transaction

_GATHERED = "audit"
# The lock's name among PostgreSQL's advisory locks; any number nobody else uses.
_CHAIN = 7_402_114


def record(
    deed: str,
    *,
    actor_id: int | None,
    subject: str,
    at: datetime,
    detail: dict[str, Any] | None = None,
    coarse: bool = False,
) -> None:
    """Append one deed; ``subject`` is like ``ticket:12``, ``detail`` holds ids, codes and counts.

    Raises ValueError for words in it. ``coarse`` keeps the day and not the hour, for what a citizen did: an hour can be
    laid beside that of a sealed report.
    """
    if coarse:
        at = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    row = {"at": at, "deed": deed, "subject": subject, "actor_id": actor_id, "detail": plain_detail(detail or {})}
    db.session().info.setdefault(_GATHERED, []).append(row)


def note_read(deed: str, *, actor_id: int, subject: str) -> None:
    """Append that somebody read something closed, once for each person, subject and day (UTC)."""
    now = utc_now()
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    same = select(AuditEntry.id).where(
        AuditEntry.subject == subject,
        AuditEntry.actor_id == actor_id,
        AuditEntry.deed == deed,
        AuditEntry.at >= today,
        AuditEntry.at < today + timedelta(days=1),
    )
    if db.session.scalar(same.limit(1)) is None:
        with transaction():
            record(deed, actor_id=actor_id, subject=subject, at=now)


@event.listens_for(db.session, "before_commit")
def _chain(session: Session) -> None:
    """Give the gathered deeds their place. The head is taken last, so that a writer holds it for its commit alone."""
    gathered = session.info.pop(_GATHERED, None)
    if not gathered:
        return
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:chain)"), {"chain": _CHAIN})
    last = select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    sequence, previous = session.execute(last).tuples().first() or (0, FIRST)
    for row in gathered:
        sequence += 1
        entry = Entry(sequence=sequence, previous=previous, **row)
        row.update(id=sequence, previous=previous, hash=(previous := hash_of(entry)))
    session.execute(insert(AuditEntry), gathered)


@event.listens_for(db.session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_GATHERED, None)
