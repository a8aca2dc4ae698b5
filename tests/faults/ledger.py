"""A ledger of what people were told: reports sent over real connections while processes die, counted afterwards."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import create_engine, text

from tests.journeys.conftest import ROOT, _free_port, _wait_for
from tests.site import _Reader

NUMBER = re.compile(r"MB-[0-9A-Z]{4}-[0-9A-Z]{4}")
PATIENCE = 60.0


@dataclass
class Ledger:
    """Who was promised what. `promised` holds the numbers people were shown, `sent` how many reports they wrote."""

    url: str
    form_again: bool = False  # the mistake of a control: a resend that looks like a new report
    promised: list[str] = field(default_factory=list)
    sent: int = 0
    tries: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def write_reports(self, topic: int, region: str) -> None:
        """Write one report after the other until told to stop; each is sent again until it is acknowledged."""
        while not self.stop.is_set():
            session = requests.Session()
            form = self._form(session)
            self.sent += 1
            alley = random.randrange(10**9)
            # Each another address: a stranger's gets one letter, however many reports name it.
            email, words = f"nur{alley}@warga.contoh.example", f"Lampu jalan mati di gang {alley}"
            filled = {"text": words, "topic": str(topic), "region": region, "email": email}
            self.promised.append(self._send(session, form, filled))

    def _form(self, session: requests.Session) -> list[tuple[str, str]]:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = session.get(f"{self.url}/lapor", timeout=10)
                if answer.status_code == 200:
                    reader = _Reader()
                    reader.feed(answer.text)
                    return next(one for one in reader.forms if any(name == "form_key" for name, _ in one.fields)).fields
            except requests.RequestException:
                pass
            assert time.monotonic() < deadline, "the site did not come back"
            time.sleep(0.05)

    def _send(self, session: requests.Session, form: list[tuple[str, str]], filled: dict[str, str]) -> str:
        deadline = time.monotonic() + PATIENCE
        while True:
            self.tries += 1
            given = [(name, value) for name, value in form if name not in filled]
            try:
                answer = session.post(f"{self.url}/lapor", data=[*given, *filled.items(), ("langkah", "kirim")], timeout=10)
                found = NUMBER.search(answer.text) if answer.status_code == 200 else None
                if found:
                    return found[0]
                assert answer.status_code in (429, 502, 503), f"{answer.status_code}: {answer.text[:2000]}"
            except requests.RequestException:
                pass
            assert time.monotonic() < deadline, "a report was never acknowledged"
            time.sleep(0.05)
            if self.form_again:
                form = self._form(session)

    def judge(self, database_url: str) -> tuple[list[str], int]:
        """The promised numbers that are not there, and how many reports there are more than people wrote."""
        engine = create_engine(database_url)
        with engine.connect() as connection:
            stored = set(connection.execute(text("SELECT number FROM ticket WHERE text LIKE 'Lampu jalan mati di gang %'")).scalars())
        engine.dispose()
        return [number for number in self.promised if number not in stored], len(stored) - self.sent


def kill_one(parent: int) -> bool:
    """`kill -9` one of the living processes a process started; False when there is none at the moment."""
    try:
        started = [Path(f"/proc/{one}/stat") for one in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
        alive = [file.parent.name for file in started if file.read_text().rpartition(")")[2].split()[0] != "Z"]
        if alive:
            os.kill(int(random.choice(alive)), signal.SIGKILL)
        return bool(alive)
    except (FileNotFoundError, ProcessLookupError):  # one ended and was replaced while we looked
        return False


@contextmanager
def running(env: dict[str, str], folder: Path, module: str, port: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """The site on a port, or without one its worker, on processes that are replaced when they die."""
    log = folder / ("served.log" if port else "worker.log")
    words = [sys.executable, "-m", "tests.faults.forking", module, str(port)]
    process = subprocess.Popen(
        words, cwd=ROOT, env=env, stdout=log.open("ab"), stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        if port:
            _wait_for(f"http://127.0.0.1:{port}", process, log)
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def environment(folder: Path, database_url: str, port: int) -> dict[str, str]:
    """The settings of an empty, prepared installation whose limits do not stand in the way."""
    env: dict[str, Any] = {
        **os.environ, "INSTANCE": str(folder), "DATABASE_URL": database_url, "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DEMO": "0", "MAIL": "console", "PYTHONUNBUFFERED": "1", "RATE_REPORT": "1000000 1000000", "RATE_WRITE": "1000000 1000000",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "prepare"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return env


def free_port() -> int:
    """A port nobody listens on."""
    return _free_port()
