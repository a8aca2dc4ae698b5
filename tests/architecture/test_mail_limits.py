"""Every route from which a mail can go out carries a limit of its own (SECURITY.md; docs/abuse.md).

Found by reading the code: from each view through every function it names, down to the rows of the outbox that become mail.
"""

from __future__ import annotations

import ast
import inspect
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from feedback.doors import HANDLERS
from feedback.web.limits import Rate

ROOT = Path(__file__).resolve().parents[2]
POST = ("feedback.storage.outbox", "post")
# Kinds of the outbox that send nothing themselves and whose handlers post letters.
LEADS_TO_MAIL = frozenset({"ticket.moved", "ticket.lapsing", "ticket.unsealed", "rights.copy"})
NO_MAIL = frozenset({"person.left", "retention.run", "files.forget", "files.scan", "files.sweep", "insight.check"})
Place = tuple[str, str]


@cache
def _module(name: str) -> tuple[dict[str, Place], dict[str, ast.AST]]:
    """What a module imports from our own, and what it defines, by name."""
    path = ROOT / Path(*name.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    tree = ast.parse(file.read_text()) if file.exists() else ast.Module([], [])
    imported: dict[str, Place] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("feedback"):
            imported |= {alias.asname or alias.name: (node.module, alias.name) for alias in node.names}
    defined = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        defined |= {one.id: node for one in targets if isinstance(one, ast.Name)}
    return imported, defined


def _real(place: Place) -> Place:
    """Where a name is defined, through whatever hands it on."""
    imported, defined = _module(place[0])
    return place if place[1] in defined or place[1] not in imported else _real(imported[place[1]])


@cache
def _named(place: Place) -> frozenset[Place]:
    """Every function, class and table of ours that this one names."""
    imported, defined = _module(place[0])
    node = defined.get(place[1])
    if node is None:
        return frozenset()
    names = [one for one in ast.walk(node) if isinstance(one, ast.Name)]
    local = {one.id for one in names if isinstance(one.ctx, ast.Store)} | {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)}
    words = {one.id for one in names} - local
    own = {(place[0], word) for word in words if word in defined}
    # Names of imported modules lead to every word used of them.
    used = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    modules = {".".join(imported[word]) for word in words & set(imported)}
    of_modules = {(module, word) for module in modules for word in used if word in _module(module)[1]}
    return frozenset({_real(imported[word]) for word in words if word in imported} | own | of_modules) - {place}


def _posted(place: Place) -> set[str]:
    """The kinds of rows this function puts into the outbox; "?" for one that is not written out."""
    node = _module(place[0])[1].get(place[1])
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)] if node else []
    posts = [one for one in calls if isinstance(one.func, ast.Name) and one.func.id == "post"]
    if place == POST or _real((place[0], "post")) != POST:
        return set()
    return {str(one.args[0].value) if isinstance(one.args[0], ast.Constant) else "?" for one in posts}


def kinds_from(place: Place) -> set[str]:
    """The kinds of rows that may come of calling this."""
    seen, waiting, kinds = set[Place](), [place], set[str]()
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            kinds |= _posted(here)
            waiting += _named(here)
    return kinds


def _mailing(app: Flask) -> dict[str, set[str]]:
    found = {}
    for endpoint, view in app.view_functions.items():
        if endpoint != "static":
            bare = inspect.unwrap(view)
            kinds = kinds_from((bare.__module__, bare.__name__))
            mails = {kind for kind in kinds if kind.startswith("mail") or kind in LEADS_TO_MAIL or kind == "?"}
            if mails:
                found[endpoint] = mails
    return found


def test_every_route_that_can_send_mail_has_a_limit_of_its_own(plain_app: Flask) -> None:
    mailing = _mailing(plain_app)
    bare = {
        endpoint: kinds
        for endpoint, kinds in mailing.items()
        if getattr(plain_app.view_functions[endpoint], "rate", (Rate.WRITE,))[0] is Rate.WRITE
    }
    assert bare == {}, "put @limited(Rate.…) under its guard"


@pytest.mark.parametrize(
    ("endpoint", "kind"),
    [
        ("tickets.report", "ticket.moved"), ("tickets.move", "ticket.moved"), ("rights.ask", "mail.rights"), ("rights.report_ask", "mail.farewell"),
        ("people.forgotten", "mail.recovery"), ("people.staff_invite", "mail.invitation"),
    ],
)  # fmt: skip
def test_the_walk_finds_what_is_known(plain_app: Flask, endpoint: str, kind: str) -> None:
    assert kind in _mailing(plain_app).get(endpoint, set()), sorted(_mailing(plain_app))


def test_each_kind_is_known_to_send_or_not_to() -> None:
    strange = {kind for kind in HANDLERS if not kind.startswith("mail")} - LEADS_TO_MAIL - NO_MAIL
    assert strange == set(), "say above whether its handler leads to mail"
