"""The page behind the link of a letter: yes, write to this address, or no, never again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from feedback.kernel.errors import NotFound
from feedback.notices.actions.consent import say
from feedback.notices.queries.consent import said_by_link
from feedback.notices.rules.consent import Consent
from feedback.web.form import Form
from feedback.web.guard import public
from feedback.web.limits import Rate, limited

notices = Blueprint("notices", __name__)


@notices.route("/surat/<token>", methods=["GET", "POST"])
@public
@limited(Rate.TRACK)
def letters(token: str) -> str | AnyResponse:
    """Looking changes nothing: mail servers open links by themselves."""
    said = said_by_link(token)
    if said is None:
        raise NotFound
    form = Form()
    if form.validate_on_submit():
        yes = request.form.get("jawab") == "ya"
        say(token, Consent.CONFIRMED if yes else Consent.STOPPED)
        done = gettext("Kabar laporan dikirim ke alamat Anda."), gettext("Kami tidak menulis lagi ke alamat Anda.")
        flash(done[not yes], "success")
        return redirect(url_for("notices.letters", token=token), 303)
    return render_template("notices/consent.html", form=form, said=said, Consent=Consent)
