"""What a request may carry. Too much is refused before it is read, on every route (SECURITY.md 1.8, 1.9)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar, cast
from urllib.parse import unquote_to_bytes

from flask import abort, current_app, request

View = TypeVar("View", bound=Callable[..., Any])
LONGEST_ADDRESS = 8000
LARGEST_BODY = 256 * 1024
MOST_FIELDS = 300
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"


def takes_json(view: View) -> View:
    """This view reads its body by `read_json()`, and no form."""
    cast(Any, view).body = JSON
    return view


def takes_files(largest: int) -> Callable[[View], View]:
    """This view takes files: a multipart body of up to `largest` bytes; typed text in it stays at the usual limit."""

    def set_limit(view: View) -> View:
        cast(Any, view).largest_body = largest
        return view

    return set_limit


def check_body() -> None:
    """Before every request, and before anything reads the form: 414, 413, 415, or 400 for what is no text."""
    if len(request.path) + len(request.query_string) > LONGEST_ADDRESS:
        abort(414)
    view = current_app.view_functions.get(request.endpoint or "")
    if request.mimetype == MULTIPART:
        request.max_content_length = getattr(view, "largest_body", LARGEST_BODY)
    if (request.content_length or 0) > (request.max_content_length or LARGEST_BODY):
        abort(413)
    has_body = bool(request.content_length or request.mimetype)
    if has_body and request.method not in ("GET", "HEAD", "OPTIONS"):
        _check_kind(getattr(view, "body", None))


def _check_kind(wanted: str | None) -> None:
    accepted = (wanted,) if wanted else (URLENCODED, MULTIPART)
    if request.mimetype not in accepted:
        abort(415)
    if request.mimetype == URLENCODED:
        body = _read()
        if body.count(b"&") >= MOST_FIELDS:  # counting is cheap, taking 100,000 fields apart is not
            abort(413)
        try:
            unquote_to_bytes(body).decode()
        except UnicodeDecodeError:
            abort(400)
    elif request.mimetype == MULTIPART and (None in request.form or None in request.files):
        abort(400)  # a part without a name, which no browser sends and no view expects


def _read() -> bytes:
    """The whole body: one whose length was not told is cut off at the limit without a word."""
    body = request.get_data()
    if request.content_length is None and len(body) >= LARGEST_BODY:
        abort(413)
    return body


def read_json() -> dict[str, Any]:
    """The object in the body of a view that `takes_json`; 400 for anything else, however it is broken or nested."""
    try:
        found = json.loads(_read().decode(), parse_constant=_refuse_constant)
        # Half a surrogate pair is valid JSON, but no text that a database or page can take.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        abort(400)
    if not isinstance(found, dict):
        abort(400)
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
