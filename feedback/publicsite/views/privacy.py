"""The privacy notice: the version in force, and every one before it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flask import render_template
from flask_babel import get_locale

from feedback.kernel.errors import NotFound
from feedback.kernel.privacy import NOTICE, NOTICES
from feedback.publicsite.rules import Section, read_notice
from feedback.publicsite.views.blueprint import publicsite
from feedback.web.guard import public

_FOLDER = Path(__file__).parents[1] / "privacy"


def notice_of(version: str) -> list[Section]:
    """A version in the reader's language."""
    language = str(get_locale())
    file = _FOLDER / f"{version}.{language if language in NOTICES[version] else 'id'}.txt"
    return read_notice(file.read_text(encoding="utf-8"))


@publicsite.get("/privasi")
@public
def privacy() -> str:
    """The version in force."""
    return _page(NOTICE)


@publicsite.get("/privasi/<version>")
@public
def privacy_version(version: str) -> str:
    """A version by the day it took effect."""
    if version not in NOTICES:
        raise NotFound
    return _page(version)


def _page(version: str) -> str:
    return render_template(
        "publicsite/privacy.html",
        sections=notice_of(version),
        since=date.fromisoformat(version),
        is_current=version == NOTICE,
        versions=[(one, date.fromisoformat(one)) for one in sorted(NOTICES, reverse=True)],
        version=version,
    )
