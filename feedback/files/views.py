"""The preview of a file whose form has not been sent yet. Files of tickets are served by the tickets shelf."""

from __future__ import annotations

from flask import Blueprint, Response

from feedback.files.queries import content, pending_file
from feedback.files.rules.kinds import Kind
from feedback.kernel.errors import NotFound
from feedback.web.guard import public
from feedback.web.served import picture

files = Blueprint("files", __name__)


@files.get("/lampiran/<token>/<part>")
@public
def pending(token: str, part: str) -> Response:
    """Only who wrote the form knows the token, until it is sent or a day has passed; then this address is gone."""
    line = pending_file(token)
    if line.kind is not Kind.IMAGE:
        raise NotFound
    return picture(content(line, part))
