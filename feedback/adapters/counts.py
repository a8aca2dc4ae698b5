"""The port that counts uses within a window: in the database, or in Redis with the database behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from config import Settings
from feedback.adapters.counts_database import DatabaseCounts, forget_counts

__all__ = ["Counts", "CountsAway", "forget_counts", "init_counts"]

AWAY = timedelta(seconds=10)


class CountsAway(Exception):
    """The store did not answer in time."""


class Store(Protocol):
    """Counts under keys of at most 64 characters."""

    def add(self, keys: Sequence[str], window: timedelta, now: datetime) -> Mapping[str, tuple[int, datetime]]:
        """One more under each key: how many since its window began, and when that ends. Raises CountsAway."""
        ...


@dataclass(slots=True)
class Counts:
    """A store with the database behind it: while it is away the same is counted there, so no limit is ever off."""

    fast: Store | None
    sure: Store
    _away_until: datetime | None = None

    def add(self, keys: Sequence[str], window: timedelta, now: datetime) -> Mapping[str, tuple[int, datetime]]:
        """See Store. After a failure the fast store is left alone for ten seconds: waiting for it costs every page."""
        if self.fast is not None and (self._away_until is None or now >= self._away_until):
            try:
                return self.fast.add(keys, window, now)
            except CountsAway:
                self._away_until = now + AWAY
        return self.sure.add(keys, window, now)


def init_counts(settings: Settings) -> Counts:
    """The counts of this installation (LIMITS=database or redis)."""
    if settings.limits == "redis":
        from feedback.adapters.counts_redis import RedisCounts  # the driver is an extra

        return Counts(RedisCounts(settings.redis_url, CountsAway), DatabaseCounts())
    return Counts(None, DatabaseCounts())
