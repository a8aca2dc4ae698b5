"""Counts of uses as rows, kept with one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, case, delete
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column

from feedback.storage.base import Base
from feedback.storage.session import db, transaction


class UseCount(Base):
    """How often something was done within a window; `key` is a keyed hash that changes every day."""

    __tablename__ = "use_count"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    until: Mapped[datetime] = mapped_column(index=True)


class DatabaseCounts:
    """The store every installation has."""

    def add(self, keys: Sequence[str], window: timedelta, now: datetime) -> Mapping[str, tuple[int, datetime]]:
        """One statement for all keys, in one order, so that two of them cannot wait for each other."""
        insert = sqlite_insert if db.session.get_bind().dialect.name == "sqlite" else postgresql_insert
        new = insert(UseCount).values([{"key": key, "count": 1, "until": now + window} for key in sorted(set(keys))])
        over = UseCount.until <= now
        counted = new.on_conflict_do_update(
            index_elements=[UseCount.key],
            set_={
                "count": case((over, 1), else_=UseCount.count + 1),
                "until": case((over, new.excluded.until), else_=UseCount.until),
            },
        ).returning(UseCount.key, UseCount.count, UseCount.until)
        with transaction(durable=False):
            return {key: (count, until) for key, count, until in db.session.execute(counted)}


def forget_counts(now: datetime) -> int:
    """Delete what counts no more; returns how many rows."""
    with transaction():
        gone = db.session.execute(delete(UseCount).where(UseCount.until <= now).returning(UseCount.key))
        return len(gone.all())
