"""Templates: every one parses, is used, and keeps to the content security policy (DESIGN.md 3.9)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "templates"
TEMPLATES = sorted(str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*") if file.is_file())


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_parses(plain_app: Flask, name: str) -> None:
    plain_app.jinja_env.get_template(name)


def test_every_template_is_used() -> None:
    everything = "\n".join(
        file.read_text() for folder in ("feedback", "templates") for file in (ROOT / folder).rglob("*") if file.suffix in (".py", ".html", ".txt")
    )  # fmt: skip
    unused = [name for name in TEMPLATES if f'"{name}"' not in everything and not _built(name, everything)]
    assert unused == []


def _built(name: str, everything: str) -> bool:
    """Mail templates are named by what they tell: `mail/{name}.txt`."""
    folder, _, file = name.rpartition("/")
    return folder == "mail" and f'"{Path(file).stem}"' in everything and 'f"mail/{' in everything


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name.endswith(".html")])
def test_it_keeps_to_the_policy(name: str) -> None:
    text = re.sub(r"(?s)\{#.*?#\}", "", (FOLDER / name).read_text())
    assert not re.search(r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<style", text), "inline style or handler"
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "inline script"
    assert not re.search(r"https?://(?!www\.w3\.org)", text), "a third party's address"
    if not name.startswith("components/"):
        assert not re.search(r"\|\s*safe\b", text), "|safe outside components"


def test_templates_stay_short() -> None:
    long = {name: lines for name in TEMPLATES if (lines := (FOLDER / name).read_text().count("\n")) > 150}
    assert long == {}
