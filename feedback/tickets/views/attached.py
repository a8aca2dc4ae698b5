"""Files of tickets: served to whom the grants show them, and to nobody else by any address (SECURITY.md 1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from feedback.files.queries import FileLine, content
from feedback.files.rules.kinds import PHASE_LABELS, Deed
from feedback.files.rules.quota import Uploader
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.kernel.references import read_number
from feedback.tickets.actions.hiding import hide_file
from feedback.tickets.actions.reading import note_reading
from feedback.tickets.forms.hiding import HidingForm
from feedback.tickets.queries.attached import Attached, attached
from feedback.tickets.queries.detail import ticket_page
from feedback.tickets.queries.timeline import EventLine
from feedback.tickets.views.blueprint import tickets
from feedback.web.guard import actor, public
from feedback.web.limits import network_of_request
from feedback.web.served import download, picture


def uploader() -> Uploader:
    """Who sends, for the daily limits."""
    return Uploader(actor().person_id, network_of_request())


def _find(number: str, token: str) -> Attached:
    canonical = read_number(number)
    if canonical is None:
        raise NotFound
    found = attached(actor(), canonical, token)
    note_reading(found.ticket_id, actor(), confidential=found.confidential, is_reporter=not found.is_official)
    return found


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


@tickets.route("/laporan/<number>/lampiran", methods=["GET", "POST"])
@public
def attachments(number: str) -> Any:
    """Officials of a ticket hide what must not be shown, and show it again."""
    canonical = read_number(number)
    page = ticket_page(actor(), canonical, utc_now()) if canonical else None
    if page is None or not page.is_official:
        raise NotFound
    note_reading(page.id, actor(), confidential=page.confidential, is_reporter=page.is_reporter)
    shown = [one for event in page.events for one in shown_files(event, page.number)]
    form = HidingForm()
    form.offer((one.line.token, _named(one)) for one in shown)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.validate():
        deed = Deed.RESTORE if request.form.get("langkah") == "tampilkan" else Deed.HIDE
        try:
            hide_file(form.command(page.number, deed), actor())
        except (Invalid, Conflict) as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            flash(gettext("Tersimpan."), "success")
            return redirect(url_for("tickets.ticket", number=page.number), 303)
    return render_template("tickets/attachments.html", page=page, files=shown, form=form), status


def _named(one: Shown) -> str:
    words = one.alt if one.line.is_image else (one.line.name or gettext("Dokumen"))
    return f"{words} ({gettext('Disembunyikan dari umum')})" if one.line.hidden else words


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
