"""What the documents name is there: tests, files of the project and links; the list of ASVS is whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").glob("*.md")])
PLACES = (ROOT, ROOT / "tests", ROOT / "feedback", ROOT / "templates")
NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]*\.(?:py|md|jsonl|html|yml|conf|toml|csv|service))`")
LINK = re.compile(r"\]\(((?!https?:|#)[^)#]+)[^)]*\)")
ROW = re.compile(r"^\| ([\d.]+)(?: – ([\d.]+))? \| (met|n\.a\.|deviation) \| \S.* \|$", re.MULTILINE)
# How many requirements of level 1 and 2 each section of ASVS 5.0.0 has; they come first in each. 253 in all.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2,
    "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1,
    "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4,
    "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1,
    "17.2": 4, "17.3": 2,
}  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_names_is_there(document: Path) -> None:
    text = document.read_text()
    named = {name for name in NAMED.findall(text) if not any((place / name).exists() for place in (*PLACES, document.parent))}
    links = {link for link in LINK.findall(text) if not (document.parent / link).exists()}
    assert not named | links


def test_every_requirement_of_asvs_has_its_state_and_reason() -> None:
    rows = ROW.findall((ROOT / "docs" / "asvs.md").read_text())
    told = [each for first, last, _state in rows for each in _all_of(first, last or first)]
    assert told == [f"{section}.{number + 1}" for section, count in SECTIONS.items() for number in range(count)]


def _all_of(first: str, last: str) -> list[str]:
    everything = [f"{section}.{number + 1}" for section, count in SECTIONS.items() for number in range(count)]
    return everything[everything.index(first) : everything.index(last) + 1]


def test_each_decision_has_a_number_of_its_own() -> None:
    files = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [int(file.name[:4]) for file in files]
    assert numbers == list(range(1, len(files) + 1))
    assert [int(file.read_text().split(".", 1)[0].removeprefix("# ")) for file in files] == numbers
