"""Acknowledged means stored: the web process is killed while people send photos (SECURITY.md section 8)."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from feedback.app import create_app
from feedback.files.actions.sweep import check_files
from feedback.files.models import Attachment
from feedback.storage.session import db
from feedback.tickets.models import Ticket
from tests import factories
from tests.conftest import make_settings
from tests.files import samples

ROOT = Path(__file__).resolve().parents[2]
KILLS = 6
CLERKS = 3


class Site:
    """The site as a process of its own, killed and started again."""

    def __init__(self, instance: Path, database: str, key: str, files_key: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ, "INSTANCE": str(instance), "DATABASE_URL": database, "SECRET_KEY": key, "FILES_KEY": files_key,
            "PUBLIC_URL": self.address, "DEMO": "0", "RATE_REPORT": "1000000 1000000", "RATE_UPLOAD": "1000000 1000000",
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        flask = str(Path(sys.executable).parent / "flask")
        self.process = subprocess.Popen(
            [flask, "--app", "wsgi", "serve", "--port", str(self.port)], cwd=ROOT, env=self.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        for _ in range(200):
            try:
                requests.get(f"{self.address}/healthz", timeout=1)
                return
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError("the site does not start")

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def send(site: Site, topic: int, color: tuple[int, int, int]) -> str | None:
    """One report with a photo and a document; its number when the site acknowledged it."""
    files = [("files", ("foto.jpg", samples.picture(size=(1200, 900), color=color))), ("files", ("surat.pdf", samples.document()))]
    try:
        with requests.Session() as browser:
            page = browser.get(f"{site.address}/lapor?wilayah=82.72.02.1003", timeout=20).text
            hidden = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page) for name in ("csrf_token", "form_key", "region")}
            data = {name: found[1] for name, found in hidden.items() if found}
            data |= {"langkah": "kirim", "text": "Lampu jalan di depan masjid mati.", "topic": str(topic), "kind": "complaint"}
            answer = browser.post(f"{site.address}/lapor", data=data, files=files, timeout=20)
    except requests.RequestException:
        return None
    found = re.search(r"MB-\w{4}-\w{4}", answer.text) if answer.status_code == 200 else None
    return found[0] if found else None


def _lost(acknowledged: list[str]) -> list[str]:
    """Numbers whose ticket or two files are not there, and what the check of all stored files finds."""
    statement = select(Ticket.number, func.count(Attachment.id)).outerjoin(Attachment, Attachment.ticket_id == Ticket.id)
    counted = dict(db.session.execute(statement.group_by(Ticket.number)).tuples().all())
    db.session.rollback()
    return [number for number in acknowledged if counted.get(number) != 2] + [flaw.name for flaw in check_files() if flaw]


@pytest.mark.slow
def test_no_acknowledged_photo_is_lost_when_the_site_is_killed(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "site.sqlite3")
    settings = make_settings(tmp_path, f"sqlite:///{tmp_path / 'site.sqlite3'}")
    app = create_app(settings)
    with app.app_context():
        topic = factories.make_world().topic
        db.session.remove()
        site = Site(tmp_path, settings.database_url, settings.secret_key, settings.files_key)
        acknowledged: list[str] = []
        stop = threading.Event()

        def clerk(number: int) -> None:
            dice = random.Random(number)
            while not stop.is_set():
                got = send(site, topic, (dice.randrange(256), dice.randrange(256), number))
                if got:
                    acknowledged.append(got)

        clerks = [threading.Thread(target=clerk, args=(number,)) for number in range(CLERKS)]
        site.start()
        for one in clerks:
            one.start()
        try:
            for _ in range(KILLS):
                time.sleep(random.uniform(1.5, 3.5))
                site.kill()
                site.start()
            time.sleep(3)
        finally:
            stop.set()
            for one in clerks:
                one.join()
            site.kill()
        assert len(acknowledged) >= KILLS, "too few were sent for this to prove anything"
        assert _lost(acknowledged) == []
        # the control: what this ledger would say had a file been lost
        next((tmp_path / "files").glob("??/*-pdf")).unlink()
        assert len(_lost(acknowledged)) == 1
        db.session.remove()
        db.engine.dispose()
