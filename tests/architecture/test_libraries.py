"""What is locked is used, and what is used is locked (SECURITY.md: a library nobody needs is a hole somebody keeps)."""

from __future__ import annotations

import ast
import re
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
# Found by name at run time, or asked for by another library of ours when it is there.
NOT_IMPORTED = {
    "werkzeug": "pinned beside flask", "tzdata": "read by zoneinfo", "python-dotenv": "read by flask",
    "email-validator": "wtforms' Email", "psycopg": "sqlalchemy's driver", "requests": "authlib's client",
}  # fmt: skip


def _wanted(file: str) -> set[str]:
    lines = (ROOT / file).read_text().splitlines()
    return {canonicalize_name(Requirement(line).name) for line in lines if line and not line.startswith(("#", "-"))}


def _locked(file: str) -> set[str]:
    return {canonicalize_name(name) for name in re.findall(r"(?m)^([A-Za-z0-9._-]+)==", (ROOT / file).read_text())}


def _imported() -> set[str]:
    found: set[str] = set()
    for file in [*(ROOT / "feedback").rglob("*.py"), *(ROOT / "migrations").rglob("*.py"), ROOT / "config.py", ROOT / "wsgi.py"]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    known = packages_distributions()
    return {canonicalize_name(name) for module in found for name in known.get(module, ())}


def test_every_library_that_is_asked_for_is_used() -> None:
    assert _wanted("requirements.in") - _imported() - set(NOT_IMPORTED) == set()
    assert set(NOT_IMPORTED) <= _wanted("requirements.in"), "an excuse for a library that is gone"


@pytest.mark.parametrize("name", ["requirements", "requirements-scale", "requirements-dev"])
def test_the_lock_is_whole_and_holds_nothing_else(name: str) -> None:
    locked, needed = _locked(f"{name}.txt"), set[str]()
    lines = [line for file in ("requirements.in", f"{name}.in") for line in (ROOT / file).read_text().splitlines()]
    asked = [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]
    waiting = [(canonicalize_name(one.name), frozenset(one.extras)) for one in asked]
    while waiting:
        library, extras = waiting.pop()
        needed.add(library)
        for line in _requires(library):
            one = Requirement(line)
            holds = one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in {"", *extras})
            if holds and canonicalize_name(one.name) not in needed:
                waiting.append((canonicalize_name(one.name), frozenset(one.extras)))
    assert needed - locked == set(), "needed, and not in the lock"
    if name == "requirements":
        assert locked - needed - ONLY_ELSEWHERE == set(), "in the lock, and nothing needs it"


# For another Python or system than the one the tests run on.
ONLY_ELSEWHERE = {"colorama"}


def _requires(library: str) -> list[str]:
    try:
        return requires(library) or []
    except PackageNotFoundError:
        return []
