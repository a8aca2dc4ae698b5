"""Browsers that opened an account before: of others its owner is told, and these wait for nobody else's guesses."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Response, after_this_request, current_app, request

from feedback.storage.keyring import keyed_hash

LASTS = timedelta(days=400)
MOST = 6


def _name() -> str:
    return "__Host-kenal" if current_app.config["SETTINGS"].secure else "kenal"


def _found() -> tuple[str, list[str]]:
    """What this browser is called, and its marks, the newest first: one for each account opened here."""
    name, *marks = request.cookies.get(_name(), "")[:1000].split(".")
    return name, marks[:MOST]


def _mark(name: str, email: str) -> str:
    return keyed_hash("known-device", f"{name}:{email}")


def known_device(email: str) -> str:
    """This browser's mark for the account of an address; nothing when it never opened it."""
    name, marks = _found()
    mark = _mark(name, email.strip().lower()[:254])
    return mark if name and mark in marks else ""


def remember_device(email: str) -> None:
    """From now on this browser is known for that account."""
    name, marks = _found()
    name = name or secrets.token_urlsafe(16)
    cookie = ".".join([name, *[_mark(name, email), *marks][:MOST]])

    @after_this_request
    def _set(response: Response) -> Response:
        response.set_cookie(
            _name(), cookie, max_age=LASTS, path="/", httponly=True, samesite="Lax",
            secure=current_app.config["SETTINGS"].secure,
        )  # fmt: skip
        return response
