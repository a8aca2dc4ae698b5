"""Hostile words in every text column of every table, and a real browser that reads the site as every role."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import Column, String, Table, update
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, make_server

from feedback.adapters.sanitiser import clean_staff_html
from feedback.storage.base import Base
from feedback.storage.session import db, transaction
from feedback.tickets.actions.notes import add_note
from feedback.tickets.rules.words import State
from tests.factories import World
from tests.matrix.people import Crowd
from tests.tickets.steps import bring

# An attribute nobody else uses: if the browser made an element of it, it came out unescaped, whatever the policy stopped.
HOSTILE = "\"'><img src=x data-hostile onerror=alert(1)>{{7*7}}"
LINK = "javascript:alert(1)"
ADDRESSES = {"url", "website"}
# Not words of people: keys that are looked up, hashes, addresses of mail.
KEYS = {
    "key", "password_hash", "token_hash", "code_hash", "form_key_hash", "value", "deed", "subject", "kind", "calendar_key",
    "email", "import_source", "import_ref", "html", "doubts",
}  # fmt: skip
ROLES = ("visitor", "citizen", "officer", "coordinator", "head", "inspector", "administrator")
# Of each kind of page so many: a list of 50 reports is one kind of page.
OF_EACH = 3
LEAST = {"visitor": 10, "citizen": 12, "officer": 12, "coordinator": 13, "head": 18, "inspector": 17, "administrator": 28}

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def _words(table: Table) -> Iterator[Column[Any]]:
    """Columns that hold words somebody wrote."""
    for column in table.columns:
        free = isinstance(column.type, String) and (column.type.length or 10_000) >= 80
        if free and not column.foreign_keys and not column.unique and column.name not in KEYS:
            yield column


def _poison() -> int:
    """Every text column of every row is hostile, whatever the forms would have refused; returns how many columns."""
    poisoned = 0
    with transaction():
        for table in Base.metadata.sorted_tables:
            if table.name in ("audit_entry", "alembic_version"):
                continue  # append-only
            values: dict[str, str] = {}
            for column in _words(table):
                given = LINK if column.name in ADDRESSES else HOSTILE
                values[column.name] = given[: column.type.length or None]  # type: ignore[attr-defined]
            if "html" in table.columns:
                values["html"] = clean_staff_html(f"<p>{HOSTILE}</p><a href='{LINK}'>x</a>")
            if values:
                db.session.execute(update(table).values(values))
                poisoned += len(values)
    return poisoned


@pytest.fixture
def server(app: Flask, world: World) -> Iterator[BaseWSGIServer]:
    for state in State:
        receipt = bring(world, state)
        if state is State.IN_PROGRESS:
            add_note(receipt.number, "Catatan", "catatan-1", world.officer)
    assert _poison() > 30
    served = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    yield served
    served.shutdown()
    thread.join()


def _window(browser: Browser, crowd: Crowd, role: str, base: str) -> BrowserContext:
    """A browser with the cookies of somebody who signed in."""
    context = browser.new_context()
    client = crowd[role].client
    cookies = [{"name": one.key, "value": one.value, "url": base} for one in client._cookies.values()]  # type: ignore[union-attr]
    if cookies:
        context.add_cookies(cookies)  # type: ignore[arg-type]
    return context


def _endpoint(app: Flask, address: str) -> str | None:
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(address).path)[0])
    except HTTPException:
        return None


def _look(page: Page, address: str, faults: list[str]) -> list[str]:
    """Open a page; what is wrong with it goes to `faults`. Returns the links on it."""
    answer = page.goto(address, wait_until="load")
    assert answer is not None
    if answer.status >= 500:
        faults.append(f"{address}: {answer.status}")
    found: dict[str, Any] = page.evaluate(
        """() => ({
            hostile: document.querySelectorAll('[data-hostile]').length,
            links: [...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href')),
            text: document.body ? document.body.innerText : '',
        })"""
    )
    if found["hostile"] or "{49}" in found["text"] or "}49" in found["text"] or ">49" in found["text"]:
        faults.append(f"{address}: words became part of the page")
    faults += [f"{address}: {link}" for link in found["links"] if link.lower().strip().startswith("javascript:")]
    return [urljoin(address, link) for link in found["links"]]


@pytest.mark.parametrize("role", ROLES)
def test_nothing_anybody_wrote_runs_anywhere(app: Flask, world: World, server: BaseWSGIServer, browser: Browser, role: str) -> None:
    base = f"http://localhost:{server.port}"
    context = _window(browser, Crowd(app, world), role, base)
    page = context.new_page()
    faults: list[str] = []
    page.on("dialog", lambda dialog: (faults.append(f"{page.url}: a script ran"), dialog.dismiss()))
    page.on("console", lambda said: faults.append(f"{page.url}: {said.text}") if "Content Security Policy" in said.text else None)
    waiting = [f"{base}/", *(f"{base}{room}" for room in ("/meja", "/pantau", "/kelola", "/akun"))]
    seen: Counter[str] = Counter()
    opened: set[str] = set()
    while waiting:
        address = waiting.pop(0).partition("#")[0]
        endpoint = _endpoint(app, address)
        outside = not address.startswith(base) or endpoint in (None, "static", "people.sign_out") or "bahasa=" in address
        if outside or address in opened or seen[endpoint or ""] >= OF_EACH or _is_file(address):
            continue
        opened.add(address)
        seen[endpoint or ""] += 1
        waiting += _look(page, address, faults)
    context.close()
    assert faults == []
    assert len(seen) >= LEAST[role], f"only {sorted(seen)}"


def _is_file(address: str) -> bool:
    path, query = urlsplit(address).path, urlsplit(address).query
    return path.rsplit(".", 1)[-1] in ("pdf", "xlsx", "csv", "xml", "txt", "svg") or "format=" in query
