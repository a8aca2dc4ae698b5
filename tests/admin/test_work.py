from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from feedback.admin.actions.heartbeat import beat, last_beat
from feedback.admin.actions.work import Worker, do_one
from feedback.kernel.clock import utc_now
from feedback.storage.outbox import Hopeless, Job, Outbox, census, post
from feedback.storage.session import db, transaction

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def put(*keys: str, kind: str = "mail") -> None:
    with transaction():
        for key in keys:
            post(kind, key, {"key": key}, at=utc_now())


def counted() -> dict[str, int]:
    db.session.rollback()
    return census()


class SMTPRefused(Exception):
    smtp_code = 550


def test_jobs_are_done_once_and_in_order(app: Flask, tmp_path: Path) -> None:
    put("a", "b", "c")
    done: list[str] = []
    worker = Worker({"mail": lambda job: done.append(job.key)}, (), tmp_path)
    assert worker.drain() == 3
    assert done == ["a", "b", "c"]
    assert worker.drain() == 0
    assert counted() == {"done": 3}


def test_a_failing_job_is_tried_later_and_the_others_go_on(app: Flask, tmp_path: Path) -> None:
    put("a", "poison", "c")
    done: list[str] = []

    def handle(job: Job) -> None:
        if job.key == "poison":
            raise SMTPRefused("siti.rahasia@contoh.example refused")
        done.append(job.key)

    assert Worker({"mail": handle}, (), tmp_path).drain() == 3
    assert done == ["a", "c"]
    row = db.session.query(Outbox).filter_by(key="poison").one()
    assert (row.state, row.attempts) == ("pending", 1)
    assert row.available_at > utc_now()
    assert row.last_error == "SMTPRefused 550"


def test_a_kind_nobody_handles_is_put_aside_at_once(app: Flask) -> None:
    put("a", kind="unknown")
    assert do_one({})
    assert counted() == {"dead": 1}


def test_what_a_failed_handler_wrote_is_undone(app: Flask) -> None:
    put("a")

    def handle(_job: Job) -> None:
        with transaction():
            post("mail", "half", {}, at=NOW)
            raise OSError

    assert do_one({"mail": handle})
    db.session.rollback()
    assert db.session.query(Outbox).filter_by(key="half").all() == []


def test_what_a_failed_handler_finished_before_stays(app: Flask) -> None:
    """Handlers are idempotent by key; only the transaction that failed is undone."""
    put("a")

    def handle(_job: Job) -> None:
        with transaction():
            post("mail", "whole", {}, at=NOW)
        raise OSError

    assert do_one({"mail": handle})
    db.session.rollback()
    assert len(db.session.query(Outbox).filter_by(key="whole").all()) == 1


def test_a_broken_timer_does_not_stop_the_others(app: Flask, tmp_path: Path) -> None:
    seen: list[str] = []

    def broken(_now: datetime) -> None:
        raise RuntimeError

    worker = Worker({}, (broken, lambda _now: seen.append("ran")), tmp_path)
    worker.run_timers(NOW)
    assert seen == ["ran"]


def test_stopping_finishes_the_job_in_hand_and_takes_no_other(app: Flask, tmp_path: Path) -> None:
    put("a", "b")
    worker: Worker
    done: list[str] = []

    def handle(job: Job) -> None:
        worker.stop()
        done.append(job.key)

    worker = Worker({"mail": handle}, (), tmp_path)
    worker.run()
    assert done == ["a"]
    assert counted() == {"done": 1, "pending": 1}


def test_a_running_worker_leaves_a_sign_and_ends_quickly(app: Flask, tmp_path: Path) -> None:
    ran = threading.Event()
    worker = Worker({}, (lambda _now: ran.set(),), tmp_path)

    def work() -> None:
        with app.app_context():
            worker.run()

    thread = threading.Thread(target=work)
    thread.start()
    assert ran.wait(10)
    worker.stop()
    thread.join(10)
    assert not thread.is_alive()
    seen = last_beat(tmp_path)
    assert seen is not None
    assert abs(seen - utc_now()) < timedelta(minutes=1)


def test_the_worker_survives_a_database_that_goes_away(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("a")
    calls: list[int] = []

    def gone_once(handlers: object) -> bool:
        calls.append(1)
        if len(calls) == 1:
            raise ConnectionError
        worker.stop()
        return False

    monkeypatch.setattr("feedback.admin.actions.work.do_one", gone_once)
    monkeypatch.setattr("feedback.admin.actions.work.AFTER_FAULT", 0.01)
    worker = Worker({}, (), tmp_path)
    worker.run()
    assert len(calls) == 2


@pytest.mark.parametrize("written", ["", "bukan tanggal", "\x00"])
def test_a_broken_sign_of_life_counts_as_none(tmp_path: Path, written: str) -> None:
    assert last_beat(tmp_path) is None
    (tmp_path / "worker.seen").write_text(written)
    assert last_beat(tmp_path) is None
    beat(tmp_path, NOW)
    assert last_beat(tmp_path) == NOW


def test_a_hopeless_job_is_put_aside_at_once(app: Flask, tmp_path: Path) -> None:
    put("a")

    def handle(_job: Job) -> None:
        raise Hopeless

    assert Worker({"mail": handle}, (), tmp_path).drain() == 1
    assert counted() == {"dead": 1}
