"""The house rules that a linter cannot see (DESIGN.md sections 2 and 3)."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "feedback").rglob("*.py"))


def _where(pattern: str) -> set[str]:
    wanted = re.compile(pattern)
    return {str(file.relative_to(ROOT)) for file in SOURCES if wanted.search(file.read_text())}


def test_one_place_commits() -> None:
    assert _where(r"\.commit\(") == {"feedback/storage/session.py"}


def test_one_place_reads_the_clock() -> None:
    assert _where(r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(") == {"feedback/kernel/clock.py"}


def test_one_module_imports_bleach() -> None:
    assert _where(r"(?m)^\s*(import|from) bleach") == {"feedback/adapters/sanitiser.py"}


def test_the_environment_is_read_once() -> None:
    assert _where(r"os\.environ|os\.getenv") == set()


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_actions_queries_and_models_never_touch_the_request() -> None:
    asked = re.compile(r"from flask import [^\n]*\b(request|session|g|flash|render_template)\b")
    rooms = ("actions", "queries", "models")
    inside = [file for file in SOURCES if any(room in (*file.parts, file.stem) for room in rooms)]
    assert len(inside) > 20
    assert [str(file) for file in inside if asked.search(file.read_text())] == []


def test_only_the_registry_names_a_concrete_adapter() -> None:
    concrete = {file.stem for file in (ROOT / "feedback/adapters").glob("*_*.py")}
    registries = {"search", "mail_registry", "mail"}
    for file in SOURCES:
        named = {name.rsplit(".", 1)[-1] for name in _imports(file) if name.startswith("feedback.adapters.")} & concrete
        outside = file.parent.name != "adapters"
        assert not (outside and named - registries), f"{file} imports {named}"


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_functions_stay_short(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 50, f"{file.name}:{node.lineno} {node.name} has {length} lines"
