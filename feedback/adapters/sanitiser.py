"""The one module that imports bleach: what staff type becomes html that is safe to show (DESIGN.md 3.8)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import bleach
from bleach.html5lib_shim import Filter
from bleach.sanitizer import Cleaner

from feedback.kernel.text import clean

TAGS = frozenset({"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a"})
SCHEMES = ("http://", "https://", "mailto:")
REL = "nofollow noopener noreferrer"
# Kept beside each row: raise the last part when the rules here change, then rows can be rendered again.
VERSION = f"bleach-{bleach.__version__}/1"

_OURS = re.compile(rf"</?(?:{'|'.join(sorted(TAGS))})\b[^<>]*>", re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:p|br|ul|ol|li|blockquote)\b[^<>]*>", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"'\[\]{}|\\^`]{1,500}")
_TRAILING = ".,;:!?)"
_NESTING = re.compile(r"<(/?)(?:strong|em|ul|ol|blockquote)\b", re.IGNORECASE)
# The parser looks through all open elements at each tag: a page of nothing but openings would cost quadratic time.
_DEEPEST = 50
_PASSES = 4


def clean_staff_html(raw: str) -> str:
    """Safe html of a staff member's words; plain text (none of our tags in it) gets paragraphs, line breaks and links.

    Tags outside the list lose their brackets, not their words; links keep http, https and mailto addresses only.
    Cleaning the result again gives the same text. Forms bound the length: 20,000 hostile characters cost half a second.
    """
    text = clean(raw)
    if not _OURS.search(text) or _is_deep(text):
        text = _in_paragraphs(_linked(text))
    elif not _BLOCK.search(text):
        text = _in_paragraphs(text)
    for _ in range(_PASSES):
        cleaned = clean(_new_cleaner().clean(text))
        if not _BLOCK.search(cleaned):
            cleaned = _in_paragraphs(cleaned)
        if cleaned == text:
            return cleaned
        text = cleaned
    # Words that come out different each time were made to be read in two ways: show them as they were typed.
    return clean(_new_cleaner().clean(_in_paragraphs(html.escape(clean(raw), quote=False))))


def words_of(safe_html: str) -> str:
    """The words of html that :func:`clean_staff_html` made, as plain text with line breaks, for mails and excerpts."""
    text = re.sub(r"<br ?/?>", "\n", safe_html.replace("\n", " "))
    text = re.sub(r"<li>", "\n- ", text)
    text = re.sub(r"</(?:p|ul|ol|blockquote)>", "\n\n", text)
    text = html.unescape(re.sub(r"<[^<>]*>", "", text))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in clean(text).split("\n")))


def _new_cleaner() -> Cleaner:
    """A cleaner for one call: its parser keeps state, and a shared one mixes up threads."""
    protocols = {scheme.partition(":")[0] for scheme in SCHEMES}
    return Cleaner(tags=TAGS, attributes=_is_kept, protocols=protocols, strip=True, filters=[_WithRel])


def _is_kept(tag: str, name: str, value: str) -> bool:
    return tag == "a" and name == "href" and value.strip().lower().startswith(SCHEMES)


class _WithRel(Filter):  # type: ignore[misc]  # bleach carries no types
    """Gives every link that leads somewhere its rel: the other site learns nothing and gains nothing."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for token in super().__iter__():
            if token["type"] == "StartTag" and (None, "href") in token["data"]:
                token["data"][(None, "rel")] = REL
            yield token


def _is_deep(text: str) -> bool:
    depth = 0
    for found in _NESTING.finditer(text):
        depth = depth - 1 if found.group(1) else depth + 1
        if depth > _DEEPEST:
            return True
    return False


def _linked(text: str) -> str:
    parts: list[str] = []
    end = 0
    for match in _ADDRESS.finditer(text):
        address = html.escape(match.group().rstrip(_TRAILING))
        parts += [html.escape(text[end : match.start()], quote=False), f'<a href="{address}">{address}</a>']
        end = match.start() + len(match.group().rstrip(_TRAILING))
    return "".join([*parts, html.escape(text[end:], quote=False)])


def _in_paragraphs(text: str) -> str:
    blocks = [block for block in re.split(r"\n{2,}", text) if block.strip()]
    return "".join(f"<p>{'<br>'.join(block.split(chr(10)))}</p>" for block in blocks)
