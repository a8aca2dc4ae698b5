"""What a person may see, and why: their own page, and the page of somebody within one's reach."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext

from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Permission
from feedback.people.queries import people_by_ids
from feedback.tickets.actions.access import look_at, look_at_ticket
from feedback.tickets.forms.access import AskForm
from feedback.tickets.queries.access import Access, access_of, openings_of
from feedback.tickets.rules.access import PERMISSION_WORDS, SIGHT_WORDS, Opening
from feedback.tickets.views.blueprint import tickets
from feedback.web.errors import TEXTS
from feedback.web.guard import actor, requires, signed_in

Answered = tuple[tuple[Opening, ...], dict[int, str]]


@tickets.route("/akun/akses", methods=["GET", "POST"])
@signed_in
def own_access() -> tuple[str, int]:
    """What the asker may see, and whether a certain report is among it."""
    here, form = actor(), AskForm()
    answered: Answered | None = None
    if form.validate_on_submit():
        try:
            answered = openings_of(here, here, form.number)[1:]
        except NotFound:
            form.nomor.errors = [*form.nomor.errors, gettext(TEXTS[404])]
    return _page(access_of(here), form, answered, name=here.name, is_own=True, back=url_for("people.account"))


@tickets.route("/meja/petugas/<int(max=2147483647):person_id>/akses", methods=["GET", "POST"])
@requires(Permission.STAFF)
def access(person_id: int) -> tuple[str, int]:
    """What somebody within the asker's reach may see; each look is noted."""
    here, form = actor(), AskForm()
    shown = look_at(here, person_id)
    answered: Answered | None = None
    if form.validate_on_submit():
        try:
            answered = look_at_ticket(here, person_id, form.number)
        except NotFound:
            form.nomor.errors = [*form.nomor.errors, gettext(TEXTS[404])]
    name = people_by_ids([person_id])[person_id].name
    return _page(shown, form, answered, name=name, is_own=False, back=url_for("people.staff"))


def _page(shown: Access, form: AskForm, answered: Answered | None, **rest: Any) -> tuple[str, int]:
    page = render_template(
        "tickets/access.html",
        form=form,
        held=shown.held,
        rooms=PERMISSION_WORDS,
        absences=shown.absences,
        openings=[_told(opening, shown.unit_names) for opening in shown.openings],
        answers=None if answered is None else [_told(opening, answered[1]) for opening in answered[0]],
        number=form.number if answered is not None else "",
        **rest,
    )
    return page, 422 if form.errors else 200


def _told(opening: Opening, names: dict[int, str]) -> dict[str, str]:
    """How much, and of which reports."""
    parts = [
        gettext(phrase.message, units=", ".join(names[one] for one in phrase.units))
        if phrase.units
        else gettext(phrase.message)
        for phrase in opening.phrases
    ]
    return {"sight": gettext(SIGHT_WORDS[opening.sight]), "which": "; ".join(parts)}
