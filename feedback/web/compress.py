"""Fewer bytes for visitors with a slow network (docs/adr/0007)."""

from __future__ import annotations

import gzip

from flask import Response, current_app, request, session

KINDS = frozenset({"text/html", "text/plain", "application/xml"})
SHORTEST = 1000
LEVEL = 4  # nearly as small as 9 for a page, at a quarter of the time


def compress(response: Response) -> Response:
    """Gzip a page that holds nothing of a session's: beside a secret, the length of what is typed tells about it."""
    if response.mimetype not in KINDS or request.endpoint == "static":
        return response
    response.vary.add("Accept-Encoding")
    private = current_app.config["SESSION_COOKIE_NAME"] in request.cookies or session.modified
    if private or response.is_streamed or not request.accept_encodings.quality("gzip"):
        return response
    body = response.get_data()
    if len(body) >= SHORTEST and "Content-Encoding" not in response.headers:
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
