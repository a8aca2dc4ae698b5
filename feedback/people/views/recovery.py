"""A forgotten password: ask for a link, then use it. Looking at the link changes nothing: mail programs look too."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext

from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid, NotFound
from feedback.people.actions import check_attempts, count_failure
from feedback.people.actions.recovery import ask_recovery, recover
from feedback.people.forms import AddressForm, NewPasswordForm
from feedback.people.queries import memberships_of
from feedback.people.queries.links import open_link
from feedback.people.rules import NETWORK
from feedback.people.rules.links import MOST_RECOVERIES, LinkKind
from feedback.people.views.blueprint import Answer, people, source
from feedback.web.guard import public
from feedback.web.limits import Rate, count_letter, limited


@people.route("/masuk/lupa", methods=["GET", "POST"])
@public
@limited(Rate.MAIL)
def forgotten() -> Answer:
    """Ask for a link; the answer is the same whether the address has an account or not."""
    form = AddressForm()
    if form.validate_on_submit():
        email = (form.email.data or "").lower()
        count_letter(email, MOST_RECOVERIES)
        ask_recovery(email)
        return render_template("people/recovery_sent.html", email=email), 200
    return render_template("people/forgotten.html", form=form), 422 if form.errors else 200


@people.route("/masuk/pulihkan/<token>", methods=["GET", "POST"])
@public
@limited(Rate.SIGN_IN)
def recovery(token: str) -> Answer:
    """A new password by the link; the link is used up when it is set, not before."""
    counted = f"{NETWORK}recovery:{source()}"
    check_attempts(counted)
    found = open_link(token, LinkKind.RECOVERY, utc_now())
    if found is None:
        count_failure(counted)
        return render_template("people/recovery_over.html"), 404
    form = NewPasswordForm()
    form.describe(staff=bool(memberships_of([found.person_id])))
    if form.validate_on_submit():
        try:
            recover(token, form.password.data or "")
        except Invalid as refusal:
            form.refuse(refusal)
        except NotFound:
            return render_template("people/recovery_over.html"), 404
        else:
            flash(gettext("Kata sandi sudah diganti. Masuk dengan yang baru."), "success")
            return redirect(url_for("people.sign_in"), 303)
    page = render_template("people/recovery.html", form=form, token=token, email=found.email)
    return page, 422 if form.errors else 200
