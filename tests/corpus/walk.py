"""Every page somebody can reach and every form on it, found by walking: a new route or field is in the corpus by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from tests.site import FoundForm, Page, Reader

SOURCES = Path(__file__).resolve().parents[2] / "feedback"
PAGES_OF_A_KIND = 2
ENDS_THE_WALK = frozenset({"people.sign_out"})
_ASKED = re.compile(r"""(?:args|_asked)(?:\.get(?:list)?)?[\[(]\s*["']([\w-]+)["']""")


@dataclass(frozen=True)
class Field:
    """One input of one form, and the rest of the form as it was found."""

    role: str
    target: str
    method: str
    name: str
    kind: str
    rest: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.role} {self.method} {urlsplit(self.target).path} {self.name}"


def rules(app: Flask) -> list[Rule]:
    """Every route."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


@cache
def query_names() -> tuple[str, ...]:
    """Every word that a view reads from the address."""
    found = {name for file in SOURCES.rglob("*.py") for name in _ASKED.findall(file.read_text())}
    return tuple(sorted(found))


def fields_of(app: Flask, role: str, reader: Reader) -> Iterator[Field]:
    """Every input of every form that somebody finds."""
    seen: set[tuple[str, str, str]] = set()
    for page in _pages(app, reader):
        for form in page.forms:
            target = urljoin(page.path, form.action) if form.action else page.path
            endpoint = endpoint_of(app, target, form.method.upper())
            if endpoint is None or endpoint in ENDS_THE_WALK:
                continue
            for name, kind in form.kinds.items():
                if name != "csrf_token" and (endpoint, form.method, name) not in seen:
                    seen.add((endpoint, form.method, name))
                    yield Field(role, target, form.method, name, kind, _rest(form, name))


def _rest(form: FoundForm, name: str) -> tuple[tuple[str, str], ...]:
    pressed = [(word, value) for word, value, _ in form.buttons if word][:1]
    return (*(one for one in form.fields if one[0] != name), *pressed)


def _pages(app: Flask, reader: Reader) -> Iterator[Page]:
    """Pages without arguments, and those they link to: a few of each kind."""
    waiting = [rule.rule for rule in rules(app) if not rule.arguments and "GET" in (rule.methods or set())]
    count: dict[str, int] = {}
    known = set(waiting)
    while waiting:
        path = waiting.pop(0)
        endpoint = endpoint_of(app, path, "GET")
        if endpoint is None or count.get(endpoint, 0) >= PAGES_OF_A_KIND:
            continue
        count[endpoint] = count.get(endpoint, 0) + 1
        answer = reader.client.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        page = Page(answer)
        yield page
        for link in page.links:
            there = urljoin(path, link).split("#")[0]
            if there.startswith("/") and there not in known and "bahasa=" not in there:
                known.add(there)
                waiting.append(there)


def endpoint_of(app: Flask, path: str, method: str) -> str | None:
    try:
        found: Any = app.url_map.bind("localhost").match(urlsplit(path).path, method=method)
    except HTTPException:
        return None
    return str(found[0]) if found[0] != "static" else None
