"""Files of tickets: served to whom the grants show them, and to nobody else by any address (SECURITY.md 1.1)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request, url_for
from flask_babel import gettext

from feedback.files.queries import FileLine, content
from feedback.files.rules.kinds import PHASE_LABELS
from feedback.files.rules.quota import Uploader
from feedback.kernel.errors import NotFound
from feedback.kernel.references import read_number
from feedback.tickets.queries.attached import Attached, attached
from feedback.tickets.queries.detail import EventLine
from feedback.tickets.views.blueprint import tickets
from feedback.web.guard import actor, public
from feedback.web.served import download, picture


def uploader() -> Uploader:
    """Who sends, for the daily limits."""
    return Uploader(actor().person_id, request.remote_addr or "")


def _find(number: str, token: str) -> Attached:
    canonical = read_number(number)
    if canonical is None:
        raise NotFound
    return attached(actor(), canonical, token)


@tickets.get("/laporan/<number>/lampiran/<token>")
@public
def attachment(number: str, token: str) -> Response:
    """One attachment to save."""
    found = _find(number, token)
    part = found.line.sizes[0].name
    mimetype = "application/pdf" if part == "pdf" else "image/jpeg"
    return download(content(found.line, part), mimetype, _file_name(found), mark=_mark(found, part))


@tickets.get("/laporan/<number>/lampiran/<token>/<part>")
@public
def preview(number: str, token: str, part: str) -> Response:
    """One size of a photo, for the page."""
    found = _find(number, token)
    if not found.line.is_image:
        raise NotFound
    return picture(content(found.line, part), mark=_mark(found, part))


def _mark(found: Attached, part: str) -> str | None:
    """The bytes of a name never change. What is confidential leaves no trace in a browser."""
    return None if found.confidential else f"{found.line.token}-{part}"


def _file_name(found: Attached) -> str:
    ending = "pdf" if not found.line.is_image else "jpg"
    stem = found.line.name.rpartition(".")[0] or found.line.name or gettext("lampiran")
    return f"{found.number} {stem}.{ending}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as the component wants it; ``src`` is None while it is not shown (or never will be)."""

    line: FileLine
    alt: str
    label: str
    href: str
    src: str | None
    srcset: str


def shown_files(event: EventLine, number: str) -> tuple[Shown, ...]:
    """The files of an event in the order they came; photos without words are counted."""
    shown, photos = [], 0
    for line in event.files:
        photos += line.is_image
        shown.append(_shown(line, number, line.alt or _plain_alt(event, photos)))
    return tuple(shown)


def _plain_alt(event: EventLine, number: int) -> str:
    if event.by_reporter:
        return gettext("Foto %(number)s dari pelapor", number=number)
    return gettext("Foto %(number)s dari petugas", number=number)


def _shown(line: FileLine, number: str, alt: str) -> Shown:
    href = url_for("tickets.attachment", number=number, token=line.token)
    sizes = {size: f"{href}/{size.name}" for size in line.sizes} if line.is_image and line.is_ready else {}
    return Shown(
        line=line,
        alt=alt,
        label=gettext(PHASE_LABELS[line.phase]) if line.phase else "",
        href=href,
        src=sizes[line.smallest] if sizes else None,
        srcset=", ".join(f"{address} {size.width}w" for size, address in reversed(sizes.items())),
    )
