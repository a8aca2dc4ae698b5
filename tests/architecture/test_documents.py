"""What the documents name is there: tests, files of the project and links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").glob("*.md")])
PLACES = (ROOT, ROOT / "tests", ROOT / "feedback", ROOT / "templates")
NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]*\.(?:py|md|jsonl|html|yml|conf|toml|csv|service))`")
LINK = re.compile(r"\]\(((?!https?:|#)[^)#]+)[^)]*\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_names_is_there(document: Path) -> None:
    text = document.read_text()
    named = {name for name in NAMED.findall(text) if not any((place / name).exists() for place in (*PLACES, document.parent))}
    links = {link for link in LINK.findall(text) if not (document.parent / link).exists()}
    assert not named | links
