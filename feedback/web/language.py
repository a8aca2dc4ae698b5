"""The reader's language: asked for (`?bahasa=`), remembered, Indonesian otherwise (docs/adr/0003)."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, request
from flask_babel import Babel, gettext

from feedback.kernel.errors import Refusal

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
COOKIE = "bahasa"


def chosen_language() -> str:
    """``id`` or ``en`` for this request."""
    asked = request.args.get(COOKIE, "")
    if asked in LANGUAGES:
        g.remember_language = asked
        return asked
    kept = request.cookies.get(COOKIE, "")
    return kept if kept in LANGUAGES else "id"


def remember_language(response: Response) -> Response:
    """Keep an asked-for language in a cookie that says nothing else."""
    asked = g.get("remember_language")
    if asked and request.cookies.get(COOKIE) != asked:
        response.set_cookie(COOKIE, asked, max_age=31536000, httponly=True, samesite="Lax")
    return response


def told(refusal: Refusal) -> str:
    """A refusal in the reader's language."""
    return gettext(refusal.message, **refusal.values)


def init_language(app: Flask, translations: str) -> None:
    """Indonesian is the language of the sources; the others are catalogues."""
    options: dict[str, Any] = {"default_locale": "id", "default_translation_directories": translations}
    Babel(app, locale_selector=chosen_language, **options)
    app.after_request(remember_language)
