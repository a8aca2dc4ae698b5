"""Requests to open who reported: made and decided here, by people who have just shown again who they are."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid
from feedback.kernel.permissions import Permission
from feedback.tickets.actions.opening import agree_to_opening, refuse_opening, request_opening
from feedback.tickets.forms.opening import OpeningForm
from feedback.tickets.queries.opening import openings_for
from feedback.tickets.views.blueprint import tickets
from feedback.vault.rules.opening import STAGE_LABELS
from feedback.web.guard import actor, fresh, requires

AGREE = "setuju"


@tickets.get("/pantau/identitas")
@fresh
@requires(Permission.BOARD)
def openings() -> str:
    """The requests this person made or may decide, and the form for a new one."""
    return _page(OpeningForm(formdata=None))


@tickets.post("/pantau/identitas")
@fresh
@requires(Permission.BOARD)
def ask_opening() -> Response | tuple[str, int]:
    """Ask for one identity to be opened."""
    form = OpeningForm()
    if not form.validate():
        return _page(form), 422
    try:
        request_opening(form.command(), actor())
    except Invalid as refusal:
        form.refuse(refusal)
        return _page(form), refusal.status
    told = gettext("Permintaan dicatat. Dua orang di luar instansi yang menangani memutusnya dalam tujuh hari.")
    flash(told, "success")
    return redirect(url_for("tickets.openings"), 303)


@tickets.post("/pantau/identitas/<int(max=2147483647):opening_id>")
@fresh
@requires(Permission.BOARD)
def decide_opening(opening_id: int) -> Response:
    """Agree or refuse, as one of two people from outside."""
    if request.form.get("putusan") == AGREE:
        count = agree_to_opening(opening_id, actor())
        one = gettext("Disetujui. Masih diperlukan satu orang lagi.")
        flash(one if count == 1 else gettext("Disetujui oleh dua orang. Berlaku 24 jam, satu kali."), "success")
    else:
        refuse_opening(opening_id, actor())
        flash(gettext("Permintaan ditolak."), "success")
    return redirect(url_for("tickets.openings"), 303)


def _page(form: OpeningForm) -> str:
    labels = {stage: gettext(label) for stage, label in STAGE_LABELS.items()}
    rows = openings_for(actor(), utc_now())
    return render_template("tickets/openings.html", form=form, rows=rows, labels=labels, agree=AGREE)
