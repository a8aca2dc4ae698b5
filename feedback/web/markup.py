"""Filters and globals of the templates: plain text to paragraphs, times in a zone, numbers, assets."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask, current_app, g, request, url_for
from flask_babel import format_decimal, get_locale, gettext, ngettext
from markupsafe import Markup, escape

from feedback.kernel.clock import zone_name
from feedback.web.language import COOKIE, LANGUAGES

_LINK = re.compile(r"https?://[^\s<>\"'\[\]{}|\\^`]{1,500}")
_TRAILING = ".,;:!?)"
DEFAULT_ZONE = "Asia/Jakarta"


def _linked(line: str) -> Markup:
    parts: list[Markup] = []
    end = 0
    for match in _LINK.finditer(line):
        address = match.group().rstrip(_TRAILING)
        parts += [escape(line[end : match.start()])]
        parts += [Markup('<a href="{0}" rel="nofollow ugc noopener noreferrer">{0}</a>').format(address)]
        end = match.start() + len(address)
    return Markup("").join([*parts, escape(line[end:])])


def paragraphs(text: str, links: bool = True) -> Markup:
    """Plain text as written: blank lines part paragraphs, web addresses become links if asked, the rest is escaped."""
    shown = _linked if links else escape
    blocks = [block for block in re.split(r"\n{2,}", text.strip()) if block]
    lines = (Markup("<br>").join(shown(line) for line in block.split("\n")) for block in blocks)
    return Markup("").join(Markup("<p>{}</p>").format(block) for block in lines)


@lru_cache(maxsize=4096)
def _in_words(value: date, language: str) -> str:
    return format_date(value, "d MMMM yyyy", locale=language)


def day(value: date | datetime, zone: str | None = None) -> str:
    """A date in words: 21 November 2026. An instant needs its zone."""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone or DEFAULT_ZONE)).date()
    return _in_words(value, str(get_locale()))


def moment(value: datetime, zone: str = DEFAULT_ZONE) -> str:
    """An instant with its hour and zone: 21 November 2026, 14.05 WIT."""
    local = value.astimezone(ZoneInfo(zone))
    language = str(get_locale())
    hour = f"{local:%H:%M}" if language == "en" else f"{local:%H.%M}"
    return f"{_in_words(local.date(), language)}, {hour} {zone_name(zone)}"


def working_time(minutes: float | None) -> str:
    """Open time of a unit in words; a working day here is the calendar's seven hours, shown only above two days."""
    if minutes is None:
        return "–"
    if minutes < 60:
        return gettext("%(number)s menit kerja", number=format_decimal(round(minutes)))
    return gettext("%(number)s jam kerja", number=format_decimal(round(minutes / 60, 1)))


def elapsed(seconds: float | None) -> str:
    """Clock time in words: minutes, hours with one decimal, or days with one decimal."""
    if seconds is None:
        return "–"
    if seconds < 3600:
        return gettext("%(number)s menit", number=format_decimal(round(seconds / 60)))
    if seconds < 172800:
        return gettext("%(number)s jam", number=format_decimal(round(seconds / 3600, 1)))
    return gettext("%(number)s hari", number=format_decimal(round(seconds / 86400, 1)))


@lru_cache(maxsize=256)
def _digest(path: Path, _changed: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file with its content's digest, so it can be kept for a year."""
    path = Path(current_app.static_folder or "") / name
    return url_for("static", filename=name, v=_digest(path, path.stat().st_mtime))


def language_links() -> list[dict[str, Any]]:
    """This page in each language."""
    current = str(get_locale())
    if request.method == "POST":
        return []  # a link would open the page anew and lose what was typed
    # Only our own values may be keywords of url_for: a reader's `_scheme` or `endpoint` would be its own.
    here = url_for(request.endpoint or "publicsite.home", **(request.view_args or {}))
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != COOKIE]
    return [
        {
            "code": code,
            "label": label,
            "current": code == current,
            "href": f"{here}?{urlencode([*asked, (COOKIE, code)])}",
        }
        for code, label in LANGUAGES.items()
    ]


def translated(labels: dict[Any, str]) -> dict[str, str]:
    """Source texts by key in the reader's language."""
    return {str(key): gettext(label) for key, label in labels.items()}


def chosen(choices: Iterable[Iterable[Any]], value: Any) -> str:
    """The words of the option that was chosen, or a dash."""
    found = next((str(label) for key, label, *_ in choices if str(key) == str(value) and key not in ("", None)), "")
    return found.strip("\u2003 ") or "–"


def init_markup(app: Flask) -> None:
    """Make the filters and globals known to every template."""
    for filter_ in (paragraphs, day, moment, working_time, elapsed, translated, chosen):
        app.add_template_filter(filter_)
    app.add_template_filter(format_decimal, "number")
    app.jinja_env.globals.update(
        asset=asset, language_links=language_links, get_locale=get_locale, zone_name=zone_name, ngettext=ngettext
    )
    demo = app.config["SETTINGS"].demo
    app.context_processor(
        lambda: {"demo": demo, "summary_of_errors": g.get("errors"), "challenge": g.get("challenge")}
    )
