"""Mask words that are already public: their writer asks or does it, a coordinator does it with a reason."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from feedback.kernel.private import KIND_LABELS, find
from feedback.kernel.references import read_number
from feedback.kernel.text import mark
from feedback.tickets.actions.moves import make_move
from feedback.tickets.actions.originals import read_originals
from feedback.tickets.actions.reading import note_reading
from feedback.tickets.actions.work import MakeMove
from feedback.tickets.forms.masking import FOUND, DeclineForm, MaskForm, RedactForm
from feedback.tickets.forms.shield import Question, questions, read_choices
from feedback.tickets.queries.detail import TicketPage, ticket_page
from feedback.tickets.queries.originals import passages_asked
from feedback.tickets.queries.timeline import EventLine
from feedback.tickets.rules.shield import Unshielded, look, passages_of
from feedback.tickets.rules.words import MoveName, RedactReason
from feedback.tickets.views.blueprint import tickets
from feedback.web.guard import actor, public
from feedback.web.limits import Rate, limited
from feedback.web.markup import day, translated

MASKING_MOVES = frozenset({
    MoveName.REDACT, MoveName.MASK_OWN, MoveName.ASK_MASKING, MoveName.DECLINE_MASKING,
})  # fmt: skip


def may_mask(page: TicketPage) -> bool:
    """Whether this page leads to the one for masking."""
    return any(move.name in MASKING_MOVES for move in page.moves)


def _load(number: str) -> TicketPage:
    canonical = read_number(number)
    if canonical is None:
        raise NotFound
    page = ticket_page(actor(), canonical, utc_now())
    note_reading(page.id, actor(), confidential=page.confidential, is_reporter=page.is_reporter)
    if not may_mask(page):
        raise NotFound
    return page


def _may(page: TicketPage, name: MoveName) -> bool:
    return any(move.name is name for move in page.moves)


def _form(page: TicketPage) -> MaskForm:
    if not _may(page, MoveName.REDACT):
        return MaskForm()
    asked = passages_asked(page.id, page.masking_asked_at) if page.masking_asked_at else ()
    return RedactForm(data={"passages": "\n".join(asked)})


def _own(page: TicketPage, event: EventLine) -> bool:
    return event.by_reporter if page.is_reporter else True


def found_in(page: TicketPage) -> dict[str, str]:
    """Private data that stands in the words this person may mask: the words, and what they are."""
    texts = [page.text or "", page.place or "", *(event.text for event in page.events if _own(page, event))]
    if _may(page, MoveName.REDACT):
        texts.append(page.title or "")
    return {one.words: gettext(KIND_LABELS[one.kind]) for text in texts for one in find(text)}


def _show(page: TicketPage, form: MaskForm, status: int = 200, **more: Any) -> Any:
    given: dict[str, Any] = {"decline": DeclineForm(formdata=None, prefix="tolak"), "asked": (), **more}
    ticked = request.form.getlist(FOUND) if request.method == "POST" else None
    found = found_in(page) if _may(page, MoveName.REDACT) or _may(page, MoveName.MASK_OWN) else {}
    if not found:
        form.passages.label.text = gettext("Bagian yang disamarkan")
    return render_template(
        "tickets/mask.html", page=page, form=form, found=found, ticked=ticked,
        redacts=_may(page, MoveName.REDACT), **given,
    ), status  # fmt: skip


@tickets.get("/laporan/<number>/samarkan")
@public
def mask(number: str) -> Any:
    """What can be masked, and how."""
    page = _load(number)
    return _show(page, _form(page))


@tickets.post("/laporan/<number>/samarkan")
@public
@limited(Rate.WORDS)
def mask_now(number: str) -> Any:
    """Mask at once, or ask the coordinator; what was typed is kept when it is refused."""
    page = _load(number)
    form = _form(page)
    if not form.validate():
        return _show(page, form, 422)
    try:
        for command in _commands(page, form):
            make_move(command, actor())
            flash(gettext(_TOLD[command.move]), "success")
    except (Invalid, Conflict, Forbidden) as refusal:
        asked: tuple[Question, ...] = ()
        if isinstance(refusal, Invalid):
            form.refuse(refusal)
        else:
            form.form_errors.append(gettext(refusal.message))
        if isinstance(refusal, Unshielded) and isinstance(form, RedactForm):
            asked = questions(look({"text": form.text.data or ""}), read_choices(request.form), official=True)
        return _show(page, form, refusal.status, asked=asked)
    return redirect(url_for("tickets.ticket", number=page.number), 303)


_TOLD = {
    MoveName.REDACT: mark("Bagian itu disamarkan di semua halaman."),
    MoveName.MASK_OWN: mark("Bagian itu disamarkan di semua halaman."),
    MoveName.ASK_MASKING: mark("Permintaan Anda sampai di meja koordinator."),
}


def _commands(page: TicketPage, form: MaskForm) -> list[MakeMove]:
    """One move for what is masked at once, one for what a coordinator has to decide. Raises Invalid for nothing."""
    ticked, typed = request.form.getlist(FOUND), passages_of(form.passages.data or "")
    passages = "\n".join((*ticked, *typed))
    if isinstance(form, RedactForm):
        reason = RedactReason(form.redact_reason.data)
        return [
            MakeMove(number=page.number, move=MoveName.REDACT, version=None, text=form.text.data or "",
                     passages=passages, redact_reason=reason, shield=read_choices(request.form)),
        ]  # fmt: skip
    known = {" ".join(words.split()) for words in found_in(page)} if page.is_reporter else set()
    plain = [one for one in passages_of(passages) if one in known]
    rest = [one for one in passages_of(passages) if one not in known]
    # What may be refused comes first, so that a refusal leaves everything as it was.
    split = ((MoveName.ASK_MASKING, rest if rest or plain else [""]), (MoveName.MASK_OWN, plain))
    return [
        MakeMove(number=page.number, move=name, version=None, passages="\n".join(words))
        for name, words in split
        if words
    ]


@tickets.post("/laporan/<number>/samarkan/tolak")
@public
@limited(Rate.WORDS)
def decline_masking(number: str) -> Any:
    """A coordinator does not mask what was asked, and says why."""
    page = _load(number)
    form = DeclineForm(prefix="tolak")
    if not form.validate():
        return _show(page, _form(page), 422, decline=form)
    command = MakeMove(number=page.number, move=MoveName.DECLINE_MASKING, version=None, text=form.text.data or "")
    make_move(command, actor())
    flash(gettext("Penulisnya diberi tahu."), "success")
    return redirect(url_for("tickets.ticket", number=page.number), 303)


@tickets.post("/laporan/<number>/asli")
@public
def originals(number: str) -> Any:
    """What was written; for officials every look is written down."""
    canonical = read_number(number)
    if canonical is None:
        raise NotFound
    page = ticket_page(actor(), canonical, utc_now())
    note_reading(page.id, actor(), confidential=page.confidential, is_reporter=page.is_reporter)
    found = read_originals(page, actor())
    dated = [(one, day(one.at, page.zone)) for one in found.events]
    kinds = translated(KIND_LABELS)
    return render_template("tickets/originals.html", page=page, found=found, events=dated, kinds=kinds)
