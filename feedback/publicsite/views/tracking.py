"""Opening a report by its number and secret code."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from feedback.kernel.errors import Invalid, TooMany
from feedback.kernel.references import read_code, read_number
from feedback.publicsite.actions import open_by_code
from feedback.publicsite.forms import TrackForm
from feedback.publicsite.views.blueprint import publicsite
from feedback.web.guard import open_by_code as remember_opened
from feedback.web.guard import public
from feedback.web.language import told
from feedback.web.limits import Rate, limited, network_of_request


@publicsite.route("/lacak", methods=["GET", "POST"])
@public
@limited(Rate.TRACK)
def track() -> tuple[str, int, dict[str, str]] | Response:
    """Ask for number and code; the right pair opens the ticket in this browser."""
    form = TrackForm(data={"nomor": request.args.get("nomor", "")[:64]})
    if request.method != "POST":
        return _page(form, 200)
    number, code = _canonical(form)
    if number is None or code is None:
        return _page(form, 422)
    try:
        ticket_id = open_by_code(number, code, network=network_of_request())
    except TooMany as refusal:
        form.form_errors.append(told(refusal))
        return _page(form, 429, {"Retry-After": str(refusal.retry_after)})
    except Invalid as refusal:
        form.refuse(refusal)
        return _page(form, 422)
    remember_opened(ticket_id)
    return redirect(url_for("tickets.ticket", number=number), 303)


def _canonical(form: TrackForm) -> tuple[str | None, str | None]:
    """Both as they are stored, or the fields say which is a typo: that needs no secret to know."""
    if not form.validate():
        return None, None
    number, code = read_number(form.nomor.data or ""), read_code(form.kode.data or "")
    if number is None:
        message = gettext("Nomor laporan ini salah tulis. Periksa lagi; contohnya MB-7Q2K-4F0F.")
        form.nomor.errors = [*form.nomor.errors, message]
    if code is None:
        message = gettext("Kode rahasia terdiri dari 16 huruf dan angka. Periksa pada tanda terima Anda.")
        form.kode.errors = [*form.kode.errors, message]
    return number, code


def _page(form: TrackForm, status: int, headers: dict[str, str] | None = None) -> tuple[str, int, dict[str, str]]:
    return render_template("publicsite/track.html", form=form), status, headers or {}
