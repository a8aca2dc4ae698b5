from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, insert, select, text

from feedback.storage import outbox
from feedback.storage.outbox import Outbox, OutboxState, claim, fail, post, purge, revive, settle, wait_after
from feedback.storage.session import db, transaction

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def posted(key: str = "a", *, at: datetime = NOW, **payload: Any) -> None:
    with transaction():
        post("test", key, payload, at=at)


def rows() -> list[Outbox]:
    db.session.rollback()
    return list(db.session.scalars(select(Outbox).order_by(Outbox.id).execution_options(populate_existing=True)))


def states() -> list[str]:
    return [row.state for row in rows()]


def in_threads(app: Flask, count: int, work: Callable[[], Any]) -> list[Any]:
    """Results of the same work in as many threads at once, each with its own connection."""
    results: list[Any] = []
    start = threading.Barrier(count)

    def run() -> None:
        with app.app_context():
            try:
                start.wait()
                results.append(work())
            finally:
                db.session.remove()

    db.session.remove()
    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count, "a thread died"
    return results


# Posting


def test_what_was_posted_is_claimed_as_it_was(app: Flask) -> None:
    posted("a", words="Nur’aini", list=[1, None])
    job = claim(NOW)
    assert job is not None
    assert (job.kind, job.key, job.payload) == ("test", "a", {"words": "Nur’aini", "list": [1, None]})
    assert (job.attempts, job.created_at) == (1, NOW)


def test_the_same_key_is_one_row_and_the_first_is_kept(app: Flask) -> None:
    posted("a", number=1)
    posted("a", number=2)
    with transaction():
        post("test", "b", {"number": 3}, at=NOW)
        post("test", "b", {"number": 4}, at=NOW)
    assert [row.payload["number"] for row in rows()] == [1, 3]


def test_a_key_that_is_done_is_not_done_again(app: Flask) -> None:
    posted("a")
    job = claim(NOW)
    assert job is not None
    settle(job)
    posted("a")
    assert claim(NOW) is None
    assert states() == ["done"]


def test_two_writers_of_one_key_at_once_both_succeed(app: Flask) -> None:
    in_threads(app, 2, lambda: [posted(f"k{number}") for number in range(20)])
    assert len(rows()) == 20


def test_the_transaction_takes_its_side_effect_with_it(app: Flask) -> None:
    def change() -> None:
        with transaction():
            post("test", "a", {}, at=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change()
    assert rows() == []
    posted("a")
    assert states() == ["pending"]


def test_others_see_it_only_after_the_commit(app: Flask) -> None:
    seen = []
    with transaction():
        post("test", "a", {}, at=NOW)
        with db.engine.connect() as other:
            seen.append(other.execute(text("SELECT count(*) FROM outbox")).scalar())
    with db.engine.connect() as other:
        seen.append(other.execute(text("SELECT count(*) FROM outbox")).scalar())
    assert seen == [0, 1]


# Claiming


def test_nothing_to_do(app: Flask) -> None:
    assert claim(NOW) is None


def test_the_oldest_due_comes_first_and_the_future_waits(app: Flask) -> None:
    posted("later", at=NOW + SECOND)
    posted("second")
    posted("first", at=NOW - SECOND)
    taken = [claim(NOW), claim(NOW), claim(NOW)]
    assert [job.key if job else None for job in taken] == ["first", "second", None]
    job = claim(NOW + SECOND)
    assert job is not None
    assert job.key == "later"


def test_two_workers_never_take_one_job_twice(app: Flask) -> None:
    for number in range(40):
        posted(str(number))

    def drain() -> list[str]:
        taken = []
        while (job := claim(NOW)) is not None:
            taken.append(job.key)
            settle(job)
        return taken

    shares = in_threads(app, 4, drain)
    assert Counter(key for share in shares for key in share) == Counter(str(number) for number in range(40))
    assert set(states()) == {"done"}


def test_a_job_in_work_is_not_taken_until_five_minutes_passed(app: Flask) -> None:
    posted()
    assert claim(NOW) is not None
    assert claim(NOW + timedelta(minutes=5)) is None
    again = claim(NOW + timedelta(minutes=5) + SECOND)
    assert again is not None
    assert again.attempts == 2


def test_an_abandoned_job_goes_before_those_that_wait(app: Flask) -> None:
    posted("a")
    claim(NOW)
    posted("b", at=NOW - timedelta(days=1))
    job = claim(NOW + timedelta(minutes=6))
    assert job is not None
    assert job.key == "a"


def test_an_abandoned_job_is_retaken_by_one_of_many(app: Flask) -> None:
    posted()
    claim(NOW)
    taken = in_threads(app, 4, lambda: claim(NOW + timedelta(minutes=6)))
    assert sum(job is not None for job in taken) == 1


def test_a_job_that_kills_its_workers_is_put_aside_after_a_day(app: Flask) -> None:
    posted("poison")
    hours = [hour for hour in range(40) if claim(NOW + timedelta(hours=hour)) is not None]
    assert hours == list(range(25))
    (row,) = rows()
    assert (row.state, row.last_error) == ("dead", outbox.ABANDONED)
    posted("good")
    assert claim(NOW) is not None


# Failing


def test_the_waits_double_up_to_an_hour() -> None:
    seconds = [wait_after(attempts).total_seconds() for attempts in range(1, 12)]
    assert seconds == [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert wait_after(10_000) == timedelta(hours=1)


def test_a_failed_job_waits_and_comes_back(app: Flask) -> None:
    posted()
    job = claim(NOW)
    assert job is not None
    assert fail(job, "the server is away", NOW) is OutboxState.PENDING
    (row,) = rows()
    assert (row.state, row.last_error, row.claimed_until) == ("pending", "the server is away", None)
    assert claim(NOW + 14 * SECOND) is None
    again = claim(NOW + 15 * SECOND)
    assert again is not None
    assert again.attempts == 2


def test_a_job_dies_after_a_day_of_failing(app: Flask) -> None:
    posted()
    now, tries = NOW, 0
    while (job := claim(now)) is not None and tries < 99:
        tries += 1
        if fail(job, "no", now) is OutboxState.DEAD:
            break
        now += wait_after(job.attempts)
    assert states() == ["dead"]
    assert timedelta(hours=22) < now - NOW <= timedelta(hours=24)
    assert tries == 31  # eight waits that double make 64 minutes, then one an hour
    assert claim(now + timedelta(days=2)) is None


def test_a_hopeless_job_dies_at_once_and_others_go_on(app: Flask) -> None:
    posted("bad")
    posted("good")
    job = claim(NOW)
    assert job is not None
    assert fail(job, "x" * 9000, NOW, hopeless=True) is OutboxState.DEAD
    (bad, _good) = rows()
    assert bad.state == "dead"
    assert bad.last_error == "x" * 500
    other = claim(NOW)
    assert other is not None
    assert other.key == "good"


def test_a_worker_that_was_too_slow_does_not_fail_anothers_job(app: Flask) -> None:
    posted()
    slow = claim(NOW)
    later = NOW + timedelta(minutes=6)
    quick = claim(later)
    assert slow is not None
    assert quick is not None
    assert fail(slow, "too late", later, hopeless=True) is OutboxState.CLAIMED
    assert claim(later) is None
    settle(quick)
    assert fail(slow, "much too late", later) is OutboxState.DONE
    assert states() == ["done"]


def test_a_worker_that_was_slow_but_did_it_has_done_it(app: Flask) -> None:
    posted()
    slow = claim(NOW)
    later = NOW + timedelta(minutes=6)
    quick = claim(later)
    assert slow is not None
    assert quick is not None
    settle(slow)
    assert fail(quick, "no", later) is OutboxState.DONE
    assert claim(later + timedelta(days=1)) is None


def test_what_is_done_keeps_no_payload(app: Flask) -> None:
    posted("a", secret="x")
    job = claim(NOW)
    assert job is not None
    settle(job)
    (row,) = rows()
    assert (row.state, row.payload, row.claimed_until) == ("done", {}, None)


# Trying again


def test_the_dead_can_be_sent_round_again_at_once_with_a_day_before_them(app: Flask) -> None:
    posted("a")
    posted("b")
    job = claim(NOW)
    assert job is not None
    fail(job, "no", NOW, hopeless=True)
    later = NOW + timedelta(days=30)
    with time_machine.travel(later, tick=False):
        assert revive() == 1
        assert revive() == 0
    taken = {job.key: job for job in (claim(later), claim(later)) if job}
    assert set(taken) == {"a", "b"}
    assert taken["a"].attempts == 1
    assert fail(taken["a"], "no", later) is OutboxState.PENDING


def test_the_census(app: Flask) -> None:
    assert outbox.census() == {}
    for key in "abc":
        posted(key)
    job = claim(NOW)
    assert job is not None
    settle(job)
    claim(NOW)
    assert outbox.census() == {"done": 1, "claimed": 1, "pending": 1}


# Cost


@pytest.mark.plans
def test_looking_for_work_reads_no_finished_rows(app: Flask) -> None:
    values = {"kind": "test", "payload": {}, "created_at": NOW, "available_at": NOW, "state": "done", "attempts": 1}
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "outbox" in statement:
            asked.append((statement, parameters))

    with transaction():
        db.session.execute(insert(Outbox), [{**values, "key": str(number)} for number in range(3000)])
    is_postgres = db.engine.dialect.name == "postgresql"
    with transaction():
        db.session.execute(text("ANALYZE"))
    event.listen(db.engine, "before_cursor_execute", note)
    assert claim(NOW) is None
    event.remove(db.engine, "before_cursor_execute", note)
    explain = "EXPLAIN" if is_postgres else "EXPLAIN QUERY PLAN"
    with transaction():
        plans = [str(db.session.connection().exec_driver_sql(f"{explain} {one}", given).all()) for one, given in asked]
    assert len(plans) == 2
    assert all("ix_outbox_state_available_at_id" in plan for plan in plans), plans


def test_what_was_done_long_ago_is_forgotten_and_nothing_else(app: Flask) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        for key in ("done", "waiting", "dead"):
            with transaction():
                post("test", key, {}, at=NOW)
        jobs = {job.key: job for job in iter(lambda: claim(NOW), None)}
        fail(jobs["dead"], "no", NOW, hopeless=True)
        fail(jobs["waiting"], "later", NOW)
        traveller.move_to(NOW + timedelta(days=3), tick=False)
        settle(jobs["done"])
    assert purge(NOW + timedelta(days=2)) == 0
    assert purge(NOW + timedelta(days=3, seconds=1)) == 1
    assert sorted(db.session.scalars(select(Outbox.key))) == ["dead", "waiting"]
