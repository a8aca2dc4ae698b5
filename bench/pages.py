"""What the pages cost under load, beside a floor measured in the same run.

    python -m bench.pages INSTANCE [--database URL] [--seconds 5] [--only list detail ...]

INSTANCE is what bench.seed filled. Serves it with two workers, asks for each page on 16 connections, the floor before
and after it, and prints requests a second, their ratio to the floor, and times in milliseconds.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode
from urllib.request import urlopen

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text

from bench.load import Result, load, request_of
from bench.seed import settings_of
from config import ROOT, Settings
from feedback.app import create_app
from feedback.people.actions import begin_sign_in
from feedback.people.queries import person_by_email
from feedback.storage.session import db
from feedback.tickets.models import Ticket
from feedback.web.form import new_form_key

FLOOR_PORT, PORT = 8941, 8942
CONNECTIONS = 16
# What PERFORMANCE asks for: the share of the floor, statements, and the best peer's requests a second.
TARGETS = {
    "list": (0.5, 4), "list gzip": (0.5, 4), "detail": (0.4, 5), "desk": (0.3, 6), "desk coordinator": (0.3, 6),
    "staff": (0.25, 10), "search": (None, 5), "search rare": (None, 5), "submit": (None, 20),
}  # fmt: skip
Ask = Callable[[], bytes]


@contextmanager
def serving(command: list[str], port: int, path: str, settings: Settings) -> Iterator[None]:
    """A server process that answers before this goes on, and is gone afterwards."""
    environment = {
        **os.environ, "INSTANCE": str(settings.instance), "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key, "PUBLIC_URL": settings.public_url, "DEMO": "0", "MAIL": "console",
        "RATE_REPORT": "1000000 1000000",  # one address sends them all: neither a limit nor a proof is measured
    }  # fmt: skip
    with open(os.devnull, "w") as sink:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=sink, stderr=sink)
    try:
        for _ in range(100):
            try:
                urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).read()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(20)


class Site:
    """The application in this process signs in, finds a ticket and counts statements; the load goes to the server."""

    def __init__(self, settings: Settings) -> None:
        self.app: Flask = create_app(settings)
        with self.app.app_context():
            self.long = db.session.scalar(select(Ticket.number).where(Ticket.import_ref == "long")) or ""
            self.place = db.session.scalar(select(Ticket.region_code).where(Ticket.import_ref == "long"))
            self.tickets = db.session.scalar(text("SELECT count(*) FROM ticket"))
            db.session.remove()
        self.staff = {name: self._signed_in(name) for name in ("officer", "coordinator")}
        self.visitor = self.app.test_client()

    def _signed_in(self, name: str) -> FlaskClient:
        client = self.app.test_client()
        with self.app.app_context():
            person = person_by_email(f"{name}@contoh.id")
            assert person is not None
            client.set_cookie("sesi", begin_sign_in(person.id, strong=True))
        return client

    @staticmethod
    def _token(client: FlaskClient, path: str) -> str:
        page = client.get(path).get_data(as_text=True)
        return page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]

    def get(self, path: str, client: FlaskClient | None = None, *, gzip: bool = False) -> Ask:
        """Always the same page."""
        cookie = self._cookie(client) if client else ""
        same = request_of("GET", path, port=PORT, cookie=cookie, gzip=gzip)
        return lambda: same

    def submit(self) -> Ask:
        """A new report each time, written by a visitor."""
        token = self._token(self.visitor, "/lapor")
        cookie, serial = self._cookie(self.visitor), count()
        with self.app.test_request_context():
            keys = iter([new_form_key() for _ in range(20_000)])

        def ask() -> bytes:
            fields = {
                "csrf_token": token, "form_key": next(keys), "kind": "complaint", "topic": "1", "region": self.place,
                "text": f"Lampu jalan di depan pasar nomor {next(serial)} mati sejak minggu lalu.", "langkah": "kirim",
            }  # fmt: skip
            return request_of("POST", "/lapor", port=PORT, cookie=cookie, body=urlencode(fields).encode())

        return ask

    @staticmethod
    def _cookie(client: FlaskClient) -> str:
        found = client.get_cookie("sesi", domain="127.0.0.1") or client.get_cookie("sesi")
        assert found is not None
        return f"sesi={found.value}"

    def statements(self, ask: Ask, client: FlaskClient) -> int:
        """How many statements a page sends."""
        head, _, body = ask().partition(b"\r\n\r\n")
        method, path, _ = head.split(b"\r\n")[0].decode().split(" ")
        sent: list[str] = []
        with self.app.app_context():
            engine = db.engine

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("PRAGMA", "BEGIN", "ROLLBACK", "COMMIT")):
                sent.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        kind = "application/x-www-form-urlencoded" if body else None
        client.open(path, method=method, data=body or None, content_type=kind)
        event.remove(engine, "before_cursor_execute", note)
        return len(sent)


def pages_of(site: Site) -> dict[str, tuple[Ask, FlaskClient]]:
    """Every page that is measured, and who opens it."""
    officer, coordinator = site.staff["officer"], site.staff["coordinator"]
    words = ["lampu pasar", "selokan mampet", "jembatan kayu sekolah", "sampah", "dermaga gelap"]
    searches = [request_of("GET", f"/laporan?q={quote_plus(one)}", port=PORT) for one in words]
    return {
        "list": (site.get("/laporan"), site.visitor),
        "list gzip": (site.get("/laporan", gzip=True), site.visitor),
        "detail": (site.get(f"/laporan/{site.long}"), site.visitor),
        "desk": (site.get("/meja", officer), officer),
        "desk coordinator": (site.get("/meja", coordinator), coordinator),
        "staff": (site.get(f"/laporan/{site.long}", officer), officer),
        "search": (lambda: random.choice(searches), site.visitor),
        "search rare": (site.get("/laporan?q=pohon+4711"), site.visitor),
        "submit": (site.submit(), site.visitor),
    }


def durable_commits(settings: Settings, folder: Path, seconds: float = 2.0) -> float:
    """Commits a second that the disk takes: one row each, WAL and FULL; of PostgreSQL on one connection."""
    if settings.database_url.startswith("sqlite"):
        file = folder / "commits.sqlite3"
        connection: Any = sqlite3.connect(file, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    else:
        import psycopg

        connection = psycopg.connect(settings.database_url.replace("+psycopg", ""), autocommit=True)
    connection.execute("CREATE TABLE IF NOT EXISTS bench_commits (words text)")
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        connection.execute("INSERT INTO bench_commits VALUES ('Lampu jalan di depan pasar mati.')")
        done += 1
    connection.execute("DROP TABLE bench_commits")
    connection.close()
    return done / seconds


def _show(name: str, got: Result, floor: float, statements: int) -> None:
    target, most = TARGETS[name]
    ratio, wanted = got.rate / floor, f">= {target}" if target else ""
    print(
        f"{name:17} {got.rate:8.0f} /s {ratio:6.2f} {wanted:8} {statements:4} <= {most:<3} "
        f"{got.at(0.5):8.1f} {got.at(0.95):8.1f} {got.at(0.99):8.1f} {got.size / 1000:7.1f} KB"
        + (f"  {got.faults} FAULTS" if got.faults else ""),
        flush=True,
    )


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance", type=Path)
    parser.add_argument("--database")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--only", nargs="+", choices=TARGETS, default=list(TARGETS))
    chosen = parser.parse_args()
    settings = settings_of(chosen.instance, chosen.database, PORT)
    site = Site(settings)
    serve = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--workers", "2", "--port", str(PORT)]
    pages, plain = pages_of(site), request_of("GET", "/", port=FLOOR_PORT)
    with ExitStack() as stack:
        stack.enter_context(serving([sys.executable, "-m", "bench.floor", str(FLOOR_PORT)], FLOOR_PORT, "/", settings))
        stack.enter_context(serving(serve, PORT, "/healthz", settings))
        print(f"{site.tickets:,} tickets; durable commits {durable_commits(settings, chosen.instance):,.0f} /s")
        print(f"{'':17} {'rate':>8}    {'ratio':>6} {'':8} {'SQL':>4} {'':7}{'p50':>8} {'p95':>8} {'p99':>8}")
        for name in chosen.only:
            ask, client = pages[name]
            sent = site.statements(ask, client)
            load(PORT, ask, seconds=1, connections=CONNECTIONS)
            floors = [load(FLOOR_PORT, lambda: plain, seconds=1.5, connections=CONNECTIONS).rate]
            got = load(PORT, ask, seconds=chosen.seconds, connections=CONNECTIONS)
            floors.append(load(FLOOR_PORT, lambda: plain, seconds=1.5, connections=CONNECTIONS).rate)
            _show(name, got, sum(floors) / len(floors), sent)


if __name__ == "__main__":
    main()
