"""Counts of uses in Redis: shared by many machines, lost when it restarts, never waited for (SECURITY.md 1.14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE = 0.25
PREFIX = "bicara:uses:"


class RedisCounts:
    """A store for several web machines. Raises `away` instead of the driver's errors."""

    def __init__(self, url: str, away: type[Exception]) -> None:
        # Both are needed: the default client tries again after a timeout, for fifteen seconds in all.
        self._client = redis.Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        )
        self._away = away

    def add(self, keys: Sequence[str], window: timedelta, now: datetime) -> Mapping[str, tuple[int, datetime]]:
        """One round trip, all or nothing."""
        wanted = list(dict.fromkeys(keys))
        try:
            with self._client.pipeline(transaction=True) as pipe:
                for key in wanted:
                    pipe.set(PREFIX + key, 0, ex=int(window.total_seconds()), nx=True)
                    pipe.incr(PREFIX + key)
                    pipe.pttl(PREFIX + key)
                answers = pipe.execute()
        except redis.RedisError as error:
            raise self._away from error
        counts, left = answers[1::3], answers[2::3]
        return {
            key: (int(count), now + timedelta(milliseconds=max(int(wait), 0)))
            for key, count, wait in zip(wanted, counts, left, strict=True)
        }
