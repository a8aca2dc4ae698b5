"""Side effects as rows: written with the change that causes them, done later by the worker (DESIGN.md 3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Index, String, Text, UniqueConstraint, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column

from feedback.kernel.clock import utc_now
from feedback.storage.base import Base, one_of
from feedback.storage.session import db, transaction

CLAIM = timedelta(minutes=5)
LIMIT = timedelta(hours=24)
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)
ABANDONED = "The worker stopped in the middle of it, again and again."


class OutboxState(StrEnum):
    """Where a side effect stands; ``dead`` ones are shown to administrators."""

    PENDING = "pending"
    CLAIMED = "claimed"
    DONE = "done"
    DEAD = "dead"


class Outbox(Base):
    """One side effect; ``key`` makes writing it twice one row, handlers make doing it twice harmless."""

    __tablename__ = "outbox"
    __table_args__ = (
        one_of("state", OutboxState),
        UniqueConstraint("key"),
        Index(None, "state", "available_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(200))
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    available_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), default=OutboxState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(default=None)
    last_error: Mapped[str | None] = mapped_column(Text, default=None)


class Hopeless(Exception):
    """Raised by a handler when trying again cannot help; the worker then fails the job with ``hopeless=True``."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed side effect."""

    id: int
    kind: str
    key: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime


def post(kind: str, key: str, payload: dict[str, Any], *, at: datetime) -> None:
    """Write a side effect inside the caller's transaction; one with the same key already there is kept.

    The database decides which came first: of two writers at once neither sees the other's row.
    """
    insert = sqlite_insert if db.session.get_bind().dialect.name == "sqlite" else postgresql_insert
    values = {"created_at": at, "available_at": at, "state": OutboxState.PENDING, "attempts": 0}
    row = insert(Outbox).values(kind=kind, key=key, payload=payload, **values)
    db.session.execute(row.on_conflict_do_nothing(index_elements=[Outbox.key]))


def claim(now: datetime) -> Job | None:
    """Take the oldest side effect whose worker died, else the oldest that is due, for five minutes.

    One that outlived its 24 hours in the hands of dying workers is put aside: it may be what kills them.
    """
    abandoned = (Outbox.state == OutboxState.CLAIMED) & (Outbox.claimed_until < now)
    waiting = (Outbox.state == OutboxState.PENDING) & (Outbox.available_at <= now)
    # Two questions, each answered by the index: one with OR would read every row ever done.
    with transaction():
        while (job := _take(abandoned, now)) is not None:
            if job.created_at >= now - LIMIT:
                return job
            aside = {"state": OutboxState.DEAD, "available_at": now, "claimed_until": None, "last_error": ABANDONED}
            db.session.execute(update(Outbox).where(Outbox.id == job.id).values(aside))
        return _take(waiting, now)


def _take(which: ColumnElement[bool], now: datetime) -> Job | None:
    oldest = select(Outbox.id).where(which).order_by(Outbox.available_at, Outbox.id).limit(1)
    found = db.session.scalar(oldest.with_for_update(skip_locked=True))
    if found is None:
        return None
    row = db.session.execute(
        update(Outbox)
        .where(Outbox.id == found, which)
        .values(state=OutboxState.CLAIMED, claimed_until=now + CLAIM, attempts=Outbox.attempts + 1)
        .returning(Outbox.id, Outbox.kind, Outbox.key, Outbox.payload, Outbox.attempts, Outbox.created_at)
    ).first()
    return Job(*row) if row else None


def settle(job: Job) -> None:
    """The side effect happened, even if the claim ran out meanwhile; ``available_at`` then says when."""
    with transaction():
        db.session.execute(
            update(Outbox)
            .where(Outbox.id == job.id)
            .values(state=OutboxState.DONE, available_at=utc_now(), claimed_until=None, last_error=None, payload={})
        )


def wait_after(attempts: int) -> timedelta:
    """How long to wait after the n-th failed attempt: 15 s, doubling, an hour at most."""
    return min(FIRST_WAIT * (1 << min(attempts - 1, 20)), LONGEST_WAIT)


def fail(job: Job, error: str, now: datetime, *, hopeless: bool = False) -> OutboxState:
    """It failed: try again later, or after 24 hours (or when hopeless) put it visibly aside.

    Changes nothing when the claim ran out and somebody else has the job by now, or has done it.
    """
    again = now + wait_after(job.attempts)
    dead = hopeless or again > job.created_at + LIMIT
    state = OutboxState.DEAD if dead else OutboxState.PENDING
    with transaction():
        db.session.execute(
            update(Outbox)
            .where(Outbox.id == job.id, Outbox.state == OutboxState.CLAIMED, Outbox.attempts == job.attempts)
            .values(state=state, available_at=again, claimed_until=None, last_error=error[:500])
        )
        return OutboxState(db.session.scalars(select(Outbox.state).where(Outbox.id == job.id)).one())


def revive() -> int:
    """Send every dead side effect round again, at once and with 24 hours before it; returns how many."""
    now = utc_now()
    with transaction():
        result = db.session.execute(
            update(Outbox)
            .where(Outbox.state == OutboxState.DEAD)
            .values(state=OutboxState.PENDING, attempts=0, created_at=now, available_at=now)
            .returning(Outbox.id)
        )
        return len(result.all())


def purge(before: datetime, *, limit: int = 500) -> int:
    """Forget side effects done before an instant, the oldest first; returns how many. Dead ones stay."""
    old = select(Outbox.id).where(Outbox.state == OutboxState.DONE, Outbox.available_at < before)
    with transaction():
        oldest = old.order_by(Outbox.available_at, Outbox.id).limit(limit)
        result = db.session.execute(delete(Outbox).where(Outbox.id.in_(oldest)).returning(Outbox.id))
        return len(result.all())


def census() -> dict[str, int]:
    """How many side effects stand in each state."""
    rows = db.session.execute(select(Outbox.state, func.count()).group_by(Outbox.state))
    return dict(rows.tuples().all())
