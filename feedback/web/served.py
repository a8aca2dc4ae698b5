"""Answers that carry an attached file: sandboxed, never sniffed, kept by nobody without asking again."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, request
from werkzeug.http import quote_header_value

HEADERS = {"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'"}
ASK_AGAIN = "private, no-cache"


def picture(data: bytes, *, mark: str | None = None) -> Response:
    """A re-encoded picture for a page. ``mark`` names its bytes, which never change, so that 304 is possible."""
    return _served(data, "image/jpeg", mark, {})


def download(data: bytes, mimetype: str, name: str, *, mark: str | None = None) -> Response:
    """A file to save, under a name people read."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "._- ") else "_" for one in name)
    told = f"filename={quote_header_value(plain, allow_token=False)}; filename*=UTF-8''{quote(name, safe='')}"
    return _served(data, mimetype, mark, {"Content-Disposition": f"attachment; {told}"})


def _served(data: bytes, mimetype: str, mark: str | None, more: dict[str, str]) -> Response:
    """The grants were asked before; a browser that has the bytes still asks every time."""
    answer = Response(data, mimetype=mimetype, headers={**HEADERS, **more})
    answer.headers["Cache-Control"] = "no-store" if mark is None else ASK_AGAIN
    if mark is not None:
        answer.set_etag(mark)
    answer.make_conditional(request, accept_ranges=True, complete_length=len(data))
    return answer
