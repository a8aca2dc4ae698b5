"""Every message has an English text with the same places to fill (DESIGN.md 3.10)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import polib
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "feedback/translations/en/LC_MESSAGES/messages.po"
_PLACES = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


@cache
def _messages() -> frozenset[str | tuple[str, ...]]:
    with (ROOT / "feedback/translations/babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, "mark": None, "lazy_gettext": None, "ngettext": (1, 2)}
    found: set[str | tuple[str, ...]] = set()
    for folder in ("feedback", "templates"):
        # The mapping names paths from the project's root.
        for _file, _line, message, _comments, _context in extract_from_dir(
            str(ROOT), methods, options, keywords, directory_filter=lambda path, only=folder: _inside(path, only)
        ):
            found.add(message if isinstance(message, str) else tuple(message))
    return frozenset(found)


def _inside(path: str, only: str) -> bool:
    relative = Path(path).absolute().relative_to(ROOT)  # not resolved: an environment may be a link
    return relative.parts[:1] == (only,) or relative == Path()


def _places(text: str) -> set[str]:
    return {one or other for one, other in _PLACES.findall(text)}


def test_every_message_is_translated() -> None:
    known = {entry.msgid: entry for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete and "fuzzy" not in entry.flags}
    missing = []
    for message in _messages():
        entry = known.get(message if isinstance(message, str) else message[0])
        texts = [] if entry is None else (list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr])
        if not texts or not all(texts):
            missing.append(message)
    assert len(_messages()) > 800
    assert sorted(map(str, missing)) == []


def test_translations_fill_the_same_places() -> None:
    for entry in polib.pofile(str(CATALOGUE)):
        if entry.obsolete:
            continue
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                allowed = _places(entry.msgid) | _places(entry.msgid_plural or "")
                assert _places(text) <= allowed, entry.msgid
                if not entry.msgid_plural:
                    assert _places(text) == allowed, entry.msgid


def test_no_translation_is_left_over() -> None:
    wanted = {one if isinstance(one, str) else one[0] for one in _messages()}
    over = [entry.msgid for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete and entry.msgid not in wanted]
    assert over == []
