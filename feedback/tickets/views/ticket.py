"""One ticket for everybody: the public, its reporter, its officers; and every move made on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext

from feedback.files.rules.kinds import LARGEST_UPLOAD
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from feedback.kernel.references import read_number
from feedback.kernel.text import excerpt, mark
from feedback.tickets.actions.codes import new_code
from feedback.tickets.actions.moves import Stale, make_move
from feedback.tickets.actions.notes import add_note
from feedback.tickets.actions.reading import note_reading
from feedback.tickets.actions.shielding import REPORTER_MOVES
from feedback.tickets.forms.moves import MoveForm, NoteForm, Offers, move_form
from feedback.tickets.forms.shield import questions, read_choices
from feedback.tickets.queries.detail import TicketPage, ticket_page
from feedback.tickets.queries.opening import opened_for_reporter
from feedback.tickets.rules.grants import Sight
from feedback.tickets.rules.lifecycle import MOVES, PROTECTING, Move
from feedback.tickets.rules.shield import Unshielded, look
from feedback.tickets.rules.words import (
    MoveName,
)
from feedback.tickets.views.attached import Shown, shown_files, uploader
from feedback.tickets.views.blueprint import tickets
from feedback.tickets.views.dates import dates_of
from feedback.tickets.views.entries import entries_of, entry_of, when_text
from feedback.tickets.views.labels import MOVE_ACTIONS
from feedback.tickets.views.masking import MASKING_MOVES, may_mask
from feedback.web.body import takes_files
from feedback.web.guard import actor, open_by_code, public
from feedback.web.language import told
from feedback.web.limits import Rate, limited

Answer = tuple[str, int] | tuple[str, int, dict[str, str]]
DONE = {
    MoveName.CONFIRM: mark("Terima kasih. Laporan ditutup sebagai selesai."),
    MoveName.DISPUTE: mark("Sanggahan diterima. Pejabat lain akan memeriksanya."),
    MoveName.WITHDRAW: mark("Laporan dicabut."),
    MoveName.RETURN_TO_COORDINATOR: mark("Laporan dikembalikan ke koordinator."),
    MoveName.ASSIGN: mark("Laporan dipindahkan."),
    MoveName.MAKE_CONFIDENTIAL: mark("Laporan kini rahasia. Umum tidak dapat membacanya lagi."),
    MoveName.MAKE_ANONYMOUS: mark("Nama pelapor kini disembunyikan."),
}
_HERE = MOVE_ACTIONS.keys() - MASKING_MOVES


def _forms(page: TicketPage, filled: MoveForm | None) -> dict[MoveName, tuple[Move, MoveForm]]:
    forms, offers = {}, Offers(actor(), page.unit_path)
    for move in page.moves:
        if move.name in MASKING_MOVES:
            continue  # these have a page of their own
        if filled is not None and filled.move.data == move.name.value:
            forms[move.name] = (move, filled)
        else:
            forms[move.name] = (move, _form(page, move, offers, formdata=None))
    return forms


def _form(page: TicketPage, move: Move, offers: Offers, **rest: Any) -> MoveForm:
    data: dict[str, Any] = {}
    if move.name is MoveName.VERIFY_AND_ASSIGN:
        data = {"unit_id": page.proposed_unit_id}
    elif move.name is MoveName.SET_REPORTED and page.reported:
        about = page.reported
        data = {
            "reported_unit_id": about.unit_id, "about_head": about.about_head, "reported_email": about.email or "",
        }  # fmt: skip
    return move_form(
        move, version=page.version, kind=page.kind, grade=page.grade, data=data, offers=offers, **rest
    )


def _render(page: TicketPage, *, filled: MoveForm | None = None, note: NoteForm | None = None, **more: Any) -> str:
    now = utc_now()
    forms = _forms(page, filled)
    own = REPORTER_MOVES | PROTECTING if page.is_reporter else REPORTER_MOVES
    return render_template(
        "tickets/ticket.html",
        page=page,
        heading_text=page.title or excerpt(page.text or gettext("Laporan %(number)s", number=page.number), 90),
        received_text=when_text(page, page.received_at, coarse=page.coarse),
        # States often begin with an act of the reporter, whose hour nobody else learns.
        since_text=when_text(page, page.state_since, coarse=page.coarse),
        held_text=when_text(page, page.held_since, coarse=page.coarse),
        entries=entries_of(page),
        opened=opened_for_reporter(page.id) if page.is_reporter else (),
        files=_reported(page),
        may_hide_files=page.is_official and any(event.files for event in page.events),
        dates=dates_of(page, now),
        reporter_forms={name: forms[name] for name in forms if name in own},
        staff_forms={name: forms[name] for name in forms if name not in own},
        note=(note or NoteForm(formdata=None, prefix="note")) if page.is_official else None,
        Sight=Sight,
        may_mask=may_mask(page),
        filled=filled,
        **more,
    )


def _reported(page: TicketPage) -> list[Shown]:
    """What came with the report itself."""
    first = (event for event in page.events if event.move is MoveName.SUBMIT)
    return [one for event in first for one in shown_files(event, page.number)]


def _load(number: str) -> TicketPage:
    canonical = read_number(number)
    if canonical is None:
        raise NotFound
    page = ticket_page(actor(), canonical, utc_now())
    note_reading(page.id, actor(), confidential=page.confidential, is_reporter=page.is_reporter)
    return page


@tickets.get("/laporan/<number>")
@public
def ticket(number: str) -> Response:
    """The page of a ticket; a number typed loosely is sent on to its proper address."""
    page = _load(number)
    if number != page.number:
        return redirect(url_for("tickets.ticket", number=page.number), 301)  # type: ignore[return-value]
    return make_response(_render(page))


@tickets.post("/laporan/<number>/langkah")
@public
@limited(Rate.WORDS)
@takes_files(LARGEST_UPLOAD)
def move(number: str) -> Any:
    """Make one move; whatever goes wrong, what was typed is still there."""
    page = _load(number)
    names = [value for name, value in request.form.items() if name.endswith("-move")]
    known = next((MOVES[MoveName(name)] for name in names if name in _HERE), None)
    if known is None:
        raise Invalid(mark("Isian ini tidak dikenal."))
    form = _form(page, known, Offers(actor(), page.unit_path))
    if "files" in form and _only_files(form) and _has_place(page, form):
        _ask_again(form, None)
        return _with_files(page, form, form.files.status)
    if not form.validate():
        return _not_taken(page, form)
    # Whose account is taken off the report needs a code to open it with from now on.
    code = new_code() if known.name in PROTECTING and page.by_account else ""
    try:
        make_move(replace(form.command(page.number), new_code=code, shield=read_choices(request.form)), actor())
    except (Invalid, Conflict, Forbidden) as refusal:
        return _not_taken(page, form, refusal)
    if code:
        open_by_code(page.id)
        return render_template("tickets/sealed.html", number=page.number, code=code)
    flash(gettext(DONE.get(known.name, mark("Tersimpan."))), "success")
    return redirect(_after(page), 303)


def _only_files(form: MoveForm) -> bool:
    """Keep what was chosen; True when the button pressed was about files."""
    form.form_key.validate(form)  # another key than ours is replaced by a new one
    only: bool = form.files.receive(form.form_key.data or "", uploader(), request.form.get("langkah", ""))
    return only


def _with_files(page: TicketPage, form: MoveForm, status: int) -> Answer:
    later = {"Retry-After": str(form.files.retry_after)} if "files" in form and form.files.retry_after else {}
    return _render(page, filled=form), status, later


def _not_taken(page: TicketPage, form: MoveForm, refusal: Refusal | None = None) -> Answer:
    """What was typed: in its place on the page, or on a page of its own when the move has no place there (any more)."""
    _ask_again(form, refusal)
    if refusal is None and not _has_place(page, form):
        refusal = Conflict(mark("Langkah ini tidak mungkin lagi: keadaan laporan sudah berubah."))
    if refusal is not None and not isinstance(refusal, Invalid):
        return _apart(page.number, form, refusal), refusal.status
    if refusal is not None:
        form.refuse(refusal)
    return _with_files(page, form, max(422, form.files.status) if "files" in form else 422)


def _ask_again(form: MoveForm, refusal: Refusal | None) -> None:
    """Put the questions about private data into the form, with the answers given so far."""
    choices = read_choices(request.form)
    if choices or isinstance(refusal, Unshielded):
        official = MoveName(form.move.data or "") not in REPORTER_MOVES
        form.questions = questions(look(form.public_parts()), choices, official=official)


def _has_place(page: TicketPage, form: MoveForm) -> bool:
    return any(move.name.value == form.move.data for move in page.moves)


def _after(page: TicketPage) -> str:
    """Back to the ticket; to the desk when it has left the actor's reach."""
    try:
        ticket_page(actor(), page.number, utc_now())
    except NotFound:
        return url_for("tickets.desk")
    return url_for("tickets.ticket", number=page.number)


def _apart(number: str, form: MoveForm, refusal: Refusal) -> str:
    """Both texts: what the other person did since, and what this one typed, ready to be sent on the new state."""
    page = ticket_page(actor(), number, utc_now())
    seen = refusal.version if isinstance(refusal, Stale) else page.version
    newer = [entry_of(page, event) for event in page.events if event.version > seen]
    form.version.data = page.version
    form.version.raw_data = None
    changed, barred = gettext("Laporan ini sudah berubah"), gettext("Anda tidak dapat melakukan ini")
    return render_template(
        "tickets/conflict.html", page=page, form=form, message=told(refusal), newer=newer,
        title=changed if isinstance(refusal, Conflict) else barred, possible=_has_place(page, form),
        move=MOVES[MoveName(form.move.data or "")],
    )  # fmt: skip


@tickets.post("/laporan/<number>/catatan")
@public
def note(number: str) -> Any:
    """Add an internal note."""
    page = _load(number)
    form = NoteForm(prefix="note")
    if not form.validate():
        return _render(page, note=form), 422
    add_note(page.number, form.text.data or "", form.form_key.data or "", actor())
    flash(gettext("Catatan disimpan. Pelapor tidak melihatnya."), "success")
    return redirect(url_for("tickets.ticket", number=page.number), 303)
