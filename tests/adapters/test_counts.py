"""Every store counts the same way, and no store that is away makes anybody wait or lifts a limit (SECURITY.md 1.14)."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import fakeredis
import pytest
from flask import Flask
from sqlalchemy import func, select

from config import Settings
from feedback.adapters.counts import AWAY, Counts, CountsAway, Store, forget_counts, init_counts
from feedback.adapters.counts_database import DatabaseCounts, UseCount
from feedback.adapters.counts_redis import PATIENCE, RedisCounts
from feedback.storage.session import db
from tests.adapters.mailbox import free_port

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
WINDOW = timedelta(seconds=2)


@pytest.fixture(params=["database", "redis"])
def store(request: pytest.FixtureRequest, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Each store there is."""
    if request.param == "database":
        return DatabaseCounts()
    server = fakeredis.FakeServer()

    def made(url: str, **options: Any) -> Any:
        return fakeredis.FakeRedis(server=server)

    monkeypatch.setattr("redis.Redis.from_url", made)
    return RedisCounts("redis://fake", CountsAway)


@pytest.fixture
def later(store: Store) -> Callable[[timedelta], datetime]:
    """Lets time pass for the store: by what it is told, or for Redis, which has a clock of its own, by waiting."""

    def pass_time(much: timedelta) -> datetime:
        if isinstance(store, RedisCounts):
            time.sleep(much.total_seconds())
        return NOW + much

    return pass_time


def test_it_counts_within_a_window_and_begins_anew_after_it(store: Store, later: Callable[[timedelta], datetime]) -> None:
    for expected in (1, 2, 3):
        count, until = store.add(["satu"], WINDOW, NOW)["satu"]
        assert count == expected
        assert NOW < until <= NOW + WINDOW
    assert store.add(["dua"], WINDOW, NOW)["dua"][0] == 1
    after = later(WINDOW + timedelta(milliseconds=100))
    count, until = store.add(["satu"], WINDOW, after)["satu"]
    assert count == 1
    assert after < until <= after + WINDOW


def test_several_keys_are_counted_at_once_and_one_named_twice_only_once(store: Store) -> None:
    store.add(["b"], WINDOW, NOW)
    found = store.add(["b", "a", "b"], WINDOW, NOW)
    assert {key: count for key, (count, _) in found.items()} == {"a": 1, "b": 2}


def test_nothing_is_lost_when_many_count_at_once(app: Flask, store: Store) -> None:
    def add(number: int) -> int:
        with app.app_context():
            try:
                keys = ["satu", "dua"] if number % 2 else ["dua", "satu"]
                return store.add(keys, timedelta(minutes=1), NOW)["satu"][0]
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(add, range(40)))
    assert sorted(counts) == list(range(1, 41))


def test_what_counts_no_more_is_deleted(app: Flask) -> None:
    store = DatabaseCounts()
    store.add(["alt"], WINDOW, NOW)
    store.add(["neu"], WINDOW, NOW + WINDOW)
    assert forget_counts(NOW + WINDOW) == 1
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(UseCount)) == 1


@pytest.fixture
def frozen() -> Iterator[str]:
    """A Redis that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def test_a_frozen_redis_hangs_nobody_and_the_database_counts_on(
    app: Flask, settings: Settings, frozen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def add(self: RedisCounts, *given: Any) -> Any:
        start = time.perf_counter()
        try:
            return real(self, *given)
        finally:
            waits.append(time.perf_counter() - start)

    real = RedisCounts.add
    monkeypatch.setattr(RedisCounts, "add", add)
    counts = init_counts(replace(settings, limits="redis", redis_url=frozen))
    assert counts.add(["satu"], WINDOW, NOW)["satu"][0] == 1
    assert len(waits) == 1
    assert counts.add(["satu"], WINDOW, NOW + AWAY / 20)["satu"][0] == 2
    assert len(waits) == 1, "it is left alone for a while"
    assert counts.add(["lain"], WINDOW, NOW + AWAY)["lain"][0] == 1
    assert len(waits) == 2, "and then asked again"
    # Without a limit of ours the client tries for fifteen seconds.
    assert all(PATIENCE <= waited < 10 for waited in waits)


def test_a_redis_that_is_not_there_is_done_without(app: Flask, settings: Settings) -> None:
    counts = init_counts(replace(settings, limits="redis", redis_url=f"redis://127.0.0.1:{free_port()}/0"))
    assert [counts.add(["satu"], WINDOW, NOW)["satu"][0] for _ in range(3)] == [1, 2, 3]


def test_the_settings_choose(settings: Settings) -> None:
    assert isinstance(init_counts(settings), Counts)
    assert init_counts(settings).fast is None
    assert isinstance(init_counts(replace(settings, limits="redis", redis_url="redis://127.0.0.1:1/0")).fast, RedisCounts)
