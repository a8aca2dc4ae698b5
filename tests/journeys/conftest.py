"""The real site for real browsers: `flask prepare`, `flask serve` and `flask worker` as processes, mail to a real server."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.conftest import DATABASES

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
# Shorter than the five minutes after which grave steps ask again.
LENT = 180


class Mailbox:
    """What the mail server took."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 taken"

    def to(self, address: str, *, about: str, within: float = 30) -> list[str]:
        """The texts of mails to an address that mention something, waiting until there is one."""
        deadline = time.monotonic() + within
        while True:
            found = [one.get_content() for one in list(self.messages) if one["To"] == address]
            found = [body for body in found if about in body]
            if found or time.monotonic() > deadline:
                return found
            time.sleep(0.2)


@dataclass
class Site:
    """A running site."""

    url: str
    passwords: dict[str, str]
    mail: Mailbox
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    known: dict[str, tuple[float, Any]] = field(default_factory=dict)

    def visitor(self, *, scripts: bool, size: dict[str, int] = PHONE, state: Any = None) -> Page:
        """A new browser window of somebody who is not signed in, unless `state` says otherwise."""
        context = self.browser.new_context(
            viewport=size, java_script_enabled=scripts, locale="id-ID", storage_state=state  # type: ignore[arg-type]
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    def staff(self, email: str, *, scripts: bool, size: dict[str, int] = DESK) -> Page:
        """A window of a seeded person, signed in.

        A sign-in of the last minutes is used again: codes are accepted once, and each is half a minute apart.
        """
        at, state = self.known.get(email, (0.0, None))
        page = self.visitor(scripts=scripts, size=size, state=state if time.monotonic() - at < LENT else None)
        page.goto(f"{self.url}/masuk")
        if "/masuk" in page.url:
            page.fill("[name=email]", email)
            page.fill("[name=password]", self.passwords[email])
            page.locator("main form button[type=submit]").first.click()
            page.wait_for_url("**/masuk/kode*")
            self.tell_code(page)
            if (kept := page.get_by_role("link", name="Sudah saya simpan")).count():  # who had no app has one now
                kept.click()
            page.wait_for_url(lambda address: "/masuk" not in address)
            self.known[email] = (time.monotonic(), page.context.storage_state())
        return page

    def tell_code(self, page: Page) -> None:
        """Write the code the page itself shows in the demonstration, waiting for one that was not used."""
        for _ in range(60):
            shown = page.locator("[data-example-code]")
            if shown.count():
                page.fill("main input[autocomplete=one-time-code]", shown.inner_text())
                page.locator("main form button[type=submit]").first.click()
                return
            time.sleep(1)
            page.reload()
        raise AssertionError("no code was shown")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _start(*words: str, env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT,
        env=env,
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the site did not start: {log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as player:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        browser = player.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


def _database(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder / 'site.sqlite3'}"
    server = request.getfixturevalue("postgres_url")
    name = f"journey_{folder.name.replace('-', '_')}".lower()
    with create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING \'UTF8\' LOCALE \'C.UTF-8\''))
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "site" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("database")
        known = getattr(metafunc.module, "SITES", DATABASES)
        metafunc.parametrize("site", (chosen,) if chosen else known, indirect=True, scope="session")


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Site]:
    """The demonstration, served by granian with a worker beside it."""
    folder = tmp_path_factory.mktemp(f"journey-{request.param}")
    mailbox, port = Mailbox(), _free_port()
    post = Controller(mailbox, hostname="127.0.0.1", port=_free_port())
    post.start()
    env = {
        **os.environ, "INSTANCE": str(folder), "DATABASE_URL": _database(request.param, request, folder),
        "PUBLIC_URL": f"http://localhost:{port}", "MAIL": "smtp", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(post.port),
        "DEMO": "1", "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "prepare"], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passwords = dict(re.findall(r"^\s+(\S+@\S+)\s+(\S+)", done.stdout, re.MULTILINE))
    server_log, worker_log = folder / "server.log", folder / "worker.log"
    server = _start("serve", "--port", str(port), "--workers", "1", env=env, log=server_log)
    worker = _start("worker", env=env, log=worker_log)
    # By name: browsers know passkeys for names alone, and without https for this one only.
    site = Site(f"http://localhost:{port}", passwords, mailbox, browser)
    try:
        _wait_for(site.url, server, server_log)
        yield site
    finally:
        for context in site.contexts:
            context.close()
        for process in (server, worker):
            os.killpg(process.pid, signal.SIGTERM)
        for process in (server, worker):
            process.wait(20)
        post.stop()
    assert "Traceback" not in server_log.read_text(), server_log.read_text()[-3000:]
    assert "Traceback" not in worker_log.read_text(), worker_log.read_text()[-3000:]


@pytest.fixture
def window(site: Site) -> Iterator[Callable[..., Page]]:
    """Opens windows that are closed after the test."""
    before = len(site.contexts)
    yield lambda email=None, **rest: site.staff(email, **rest) if email else site.visitor(**rest)
    for context in site.contexts[before:]:
        context.close()
    del site.contexts[before:]
