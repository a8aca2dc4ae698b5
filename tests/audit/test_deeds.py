"""Whoever reads the log reads words, not codes: every deed that is written anywhere has its name."""

from __future__ import annotations

import ast
from pathlib import Path

from feedback.audit.rules.deeds import DEEDS
from feedback.files.rules.kinds import Deed
from feedback.people.queries.vouching import INVITED, PROVEN, RECOVERED
from feedback.rights.rules import RequestState

ROOT = Path(__file__).resolve().parents[2] / "feedback"
WRITERS = {"record", "_record", "note_read", "_note"}
# Put together from a beginning and a word; each beginning with the words that follow it somewhere.
BEGINNINGS = {
    "attachment.": set(Deed),
    "insight.": {"subscribed", "unsubscribed"},
    "rights.": {RequestState.DONE, RequestState.REFUSED},
    "timing.": {"drafted", "approved", "discarded", "published", "rolled_back"},
    ".imported": {"units", "regions"},
}


def _first_words() -> set[str]:
    """Every text in the first argument of a call that writes to the log."""
    found = set()
    for file in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WRITERS and node.args:
                inner = ast.walk(node.args[0])
                found |= {one.value for one in inner if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return found


def test_every_deed_has_a_name_in_words() -> None:
    found = {one for one in _first_words() if "." in one}
    assert len(found) > 60, "the walk finds them"
    beginnings = {one for one in found if one.startswith(".") or one.endswith(".")}
    assert beginnings <= set(BEGINNINGS), "say above which words follow"
    built = {f"{start}{word}" if start.endswith(".") else f"{word}{start}" for start, words in BEGINNINGS.items() for word in words}
    deeds = (found - beginnings) | built | {INVITED, PROVEN, RECOVERED}
    assert deeds - set(DEEDS) == set(), "name it in audit/rules/deeds.py"
    assert set(DEEDS) - deeds == set(), "nothing writes it any more"
