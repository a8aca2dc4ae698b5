"""The reader's language: asked for (`?bahasa=`), remembered, Indonesian otherwise (docs/adr/0003)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, Response, g, request
from flask_babel import Babel, Domain, get_locale, get_translations, gettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

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


@lru_cache(maxsize=10_000)
def _words(language: str, message: str) -> str:
    """A message in a language; there are some thousand, and a page shows hundreds of them."""
    return str(get_translations().gettext(message))


class _Messages(Domain):
    """Finds a message in one look-up; the library asks four layers each time, a fifth of what a list costs."""

    def gettext(self, string: str, **variables: Any) -> str:
        """The message in the reader's language, with the variables in their places."""
        locale = get_locale()
        text = _words(locale.language, string) if locale else string
        return text % variables if variables else text


_MESSAGES = _Messages()


class _Babel(Babel):
    """Flask-Babel with our way of finding messages."""

    @property
    def domain_instance(self) -> Domain:
        """Where messages are found."""
        return _MESSAGES


@pass_eval_context
def _shown(context: EvalContext, message: str, /, **values: Any) -> str:
    """What ``_()`` says in templates; values are escaped there unless it is a mail."""
    locale = get_locale()
    text = _words(locale.language, message) if locale else message
    if context.autoescape:
        text = Markup(text)  # noqa: S704  (messages are ours)
    return text % values if values or "%" in text else text


def init_language(app: Flask, translations: str) -> None:
    """Indonesian is the language of the sources; the others are catalogues."""
    options: dict[str, Any] = {"default_locale": "id", "default_translation_directories": translations}
    _Babel(app, locale_selector=chosen_language, **options)
    app.jinja_env.globals.update(_=_shown, gettext=_shown)
    app.after_request(remember_language)
