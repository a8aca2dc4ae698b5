"""The log of the real server: no address, no browser, no word of a report, whatever goes wrong on the way."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.journeys.conftest import ROOT, _free_port, _start, _wait_for

BROWSER = "PelaporAneh/7.1 (Zainuddin; telepon sendiri)"
ADDRESS = "203.0.113.77"
WORDS = "petugas loket meminta uang rokok"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A served site and the file that takes everything it prints."""
    port = _free_port()
    env = {
        **os.environ, "INSTANCE": str(tmp_path / "instance"), "PUBLIC_URL": f"http://127.0.0.1:{port}", "PROXY_HOPS": "1", "DEMO": "0",
        "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    prepared = subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "prepare"], cwd=ROOT, env=env, capture_output=True, check=False)
    assert prepared.returncode == 0, prepared.stderr
    log = tmp_path / "served.log"
    process = _start("serve", "--port", str(port), env=env, log=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}", log
    finally:
        process.terminate()
        process.wait(20)


def ask(url: str, method: str, path: str, body: bytes | None = None, **headers: str) -> int:
    """One request as a browser behind the proxy sends it."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    sent = {"User-Agent": BROWSER, "X-Forwarded-For": ADDRESS, "Content-Type": "application/x-www-form-urlencoded", **headers}
    try:
        with suppress(BrokenPipeError, ConnectionResetError):  # it answered before the body was through
            connection.request(method, path, body=body, headers=sent)
        return connection.getresponse().status
    except (ConnectionError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def test_the_log_tells_nobody_who_reports(site: tuple[str, Path]) -> None:
    url, log = site
    form = urlencode({"text": WORDS, "name": "Zainuddin", "langkah": "kirim"}).encode()
    met = {
        ask(url, "GET", "/lapor"),
        ask(url, "POST", "/lapor", form),  # no token
        ask(url, "POST", "/lacak", urlencode({"nomor": "MB-0000-0000", "kode": "AAAA"}).encode()),
        ask(url, "GET", "/laporan/MB-0000-0000"),
        ask(url, "POST", "/laporan/MB-0000-0000/langkah", form),
        ask(url, "POST", "/lapor", b"text=" + b"a" * 9_000_000),
        ask(url, "GET", "/lapor?" + "a" * 9_000),
        ask(url, "GET", "/meja"),
        ask(url, "GET", "/lapor", None, Host="zainuddin.example"),
        ask(url, "DELETE", "/lapor"),
    }
    assert {200, 303, 400, 404, 405, 414} <= met, met
    ask(url, "GET", "/healthz")
    told = log.read_text()
    assert "Serving on" in told, "nothing was caught"
    assert "refused" in told, "refusals are lines of the log"
    for word in (BROWSER.split("/")[0], ADDRESS, "zainuddin", WORDS, "uang rokok", "uang+rokok", "/lapor", "/lacak", "MB-0000"):
        assert word.lower() not in told.lower(), word
    later = told.split("Serving on", 1)[1].split("\n", 1)[1]
    without_own = re.sub(r"http://127\.0\.0\.1:\d+", "", later)
    assert not re.search(r"\b\d{1,3}(\.\d{1,3}){3}\b", without_own), without_own
