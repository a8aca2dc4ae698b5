"""Acknowledged means stored, once, and told: a hundred `kill -9` while people report, and controls that must fail."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from feedback.app import create_app
from feedback.storage.session import db
from tests.conftest import DATABASES, make_settings
from tests.factories import World, make_world
from tests.faults.ledger import Ledger, environment, free_port, kill_one, running
from tests.journeys.conftest import ROOT

WEB_KILLS, WORKER_KILLS = 80, 20
WRITERS = 4
Process = subprocess.Popen[bytes]

pytestmark = pytest.mark.slow


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("database")
        metafunc.parametrize("kind", (chosen,) if chosen else DATABASES)


class Installation:
    """An empty province on a database of its own, its processes, and the ledger of what people were told."""

    def __init__(self, folder: Path, url: str, *, form_again: bool = False) -> None:
        self.folder, self.url, port = folder, url, free_port()
        self.port, self.env = port, environment(folder, url, port)
        app = create_app(make_settings(folder, url))
        with app.app_context():
            self.world: World = make_world()
            db.session.remove()
            db.engine.dispose()
        self.ledger = Ledger(f"http://127.0.0.1:{port}", form_again=form_again)
        self.engine = create_engine(url)

    def done(self) -> int:
        """How many side effects the worker has behind it."""
        with self.engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM outbox WHERE state = 'done'")).scalar_one())

    def run(self, web: int, worker: int, *, site: str = "wsgi", hand: str = "wsgi") -> None:
        """People write; the site's processes and its worker are killed so often; then nothing is killed any more."""
        given = (self.world.topic, self.world.village)
        writers = [threading.Thread(target=self.ledger.write_reports, args=given) for _ in range(WRITERS)]
        with running(self.env, self.folder, site, self.port) as served, running(self.env, self.folder, hand) as working:
            for writer in writers:
                writer.start()
            try:
                self._suffer(served, working, web, worker)
            finally:
                self.ledger.stop.set()
                for writer in writers:
                    writer.join(120)

    def _suffer(self, served: Process, working: Process, web: int, worker: int) -> None:
        before, deadline = self.done(), time.monotonic() + 120
        while not self.ledger.promised:  # before the first promise nothing can be broken
            assert time.monotonic() < deadline, "nobody was served"
            time.sleep(0.05)
        enough = web
        while web > 0 or worker > 0 or len(self.ledger.promised) <= enough:
            assert time.monotonic() < deadline, f"{web} and {worker} kills are left: too slow a machine"
            time.sleep(random.uniform(0.1, 0.4))
            if web > 0 and kill_one(served.pid):
                web -= 1
            # One that has begun its work; to kill it before would prove nothing.
            if worker > 0 and self.done() > before and kill_one(working.pid):
                before, worker = self.done(), worker - 1

    def five_minutes_later(self) -> None:
        """What dying workers had in hand is free again, and one that lives does everything."""
        with self.engine.begin() as connection:
            connection.execute(text("UPDATE outbox SET claimed_until = '2020-01-01 00:00:00+00' WHERE state = 'claimed'"))
        words = [sys.executable, "-m", "flask", "--app", "wsgi", "worker", "--once"]
        with (self.folder / "worker.log").open("ab") as log:
            subprocess.run(words, cwd=ROOT, env=self.env, stdout=log, stderr=subprocess.STDOUT, check=True, timeout=120)

    def untold(self) -> list[str]:
        """Promised numbers that no letter named."""
        letters = (self.folder / "worker.log").read_text(errors="replace")
        return [number for number in self.ledger.promised if number not in letters]


def _database(kind: str, folder: Path, request: pytest.FixtureRequest) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder / 'ledger.sqlite3'}"
    server = request.getfixturevalue("postgres_url")
    with create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS ledger WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE ledger TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"))
    return make_url(server).set(database="ledger").render_as_string(hide_password=False)


def test_what_was_acknowledged_is_there_once_and_told(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    site = Installation(tmp_path, _database(kind, tmp_path, request))
    site.run(WEB_KILLS, WORKER_KILLS)
    ledger = site.ledger
    assert ledger.sent > WEB_KILLS, "people were hardly served at all"
    assert ledger.tries > ledger.sent, "nobody met a dead process: the kills proved nothing"
    assert len(set(ledger.promised)) == len(ledger.promised) == ledger.sent
    assert ledger.judge(site.url) == ([], 0)
    site.five_minutes_later()
    with site.engine.connect() as connection:
        left = connection.execute(text("SELECT kind, state, last_error FROM outbox WHERE state <> 'done'")).all()
    assert [row for row in left if row.state != "pending" or row.last_error] == []
    assert site.untold() == []
    site.engine.dispose()


def _sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'ledger.sqlite3'}"


def test_a_site_that_acknowledges_before_it_stores_is_found_out(tmp_path: Path) -> None:
    site = Installation(tmp_path, _sqlite(tmp_path))
    site.run(30, 0, site="tests.faults.hasty")
    time.sleep(3)
    lost, _ = site.ledger.judge(site.url)
    assert lost, "the ledger did not see what this site lost"


def test_a_resend_without_its_key_is_found_out(tmp_path: Path) -> None:
    site = Installation(tmp_path, _sqlite(tmp_path), form_again=True)
    site.run(3, 0, site="tests.faults.silent")
    _, doubled = site.ledger.judge(site.url)
    assert doubled > 0, "the ledger did not see a report that was stored twice"


def test_a_worker_that_settles_before_it_acts_is_found_out(tmp_path: Path) -> None:
    site = Installation(tmp_path, _sqlite(tmp_path))
    site.run(1, 4, hand="tests.faults.careless")
    site.five_minutes_later()
    assert site.ledger.judge(site.url) == ([], 0)
    assert site.untold(), "the ledger did not see a letter that was never sent"
