"""The page behind an invitation's link: look with GET, take the role with POST."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user

from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Invalid
from feedback.people.actions import begin_sign_in, check_attempts, count_failure
from feedback.people.actions.invitations import accept_anew, accept_as
from feedback.people.forms import AcceptForm
from feedback.people.queries.invitations import InvitationView, open_invitation
from feedback.people.queries.vouching import has_vouched_account
from feedback.people.rules import NETWORK, ROLE_LABELS
from feedback.people.views.blueprint import Answer, device, enter, onward, people, source
from feedback.web.guard import actor, public
from feedback.web.language import chosen_language, told
from feedback.web.limits import Rate, limited


@people.route("/undangan/<token>", methods=["GET", "POST"])
@public
@limited(Rate.SIGN_IN)
def invitation(token: str) -> Answer:
    """What one is asked to be, and how to take it: with a new account, or with the one of this address."""
    found = _found(token)
    if found is None:
        return render_template("people/invitation_over.html"), 404
    form = AcceptForm(locale=chosen_language())
    signed_in, known = current_user.is_authenticated, has_vouched_account(found.email)
    mine = signed_in and current_user.email == found.email
    if mine and known and form.is_submitted():
        return _accepted_as(token)
    if known or (signed_in and not mine):
        return _page(found, form, way="mine" if mine else "other" if signed_in else "sign_in", token=token)
    if form.validate_on_submit():
        answer = _accepted_anew(token, form)
        if answer is not None:
            return answer
    return _page(found, form, way="anew", token=token)


def _found(token: str) -> InvitationView | None:
    counted = f"{NETWORK}invitation:{source()}"
    check_attempts(counted)
    found = open_invitation(token, utc_now())
    if found is None:
        count_failure(counted)
    return found


def _page(found: InvitationView, form: AcceptForm, *, way: str, token: str) -> tuple[str, int]:
    page = render_template(
        "people/invitation.html", invitation=found, form=form, way=way, token=token, label=ROLE_LABELS[found.role]
    )
    return page, 422 if form.errors and way == "anew" else 200


def _accepted_as(token: str) -> Answer:
    try:
        accept_as(token, actor().person_id or 0)
    except Conflict as refusal:
        flash(told(refusal), "error")
        return redirect(url_for("people.account"), 303)
    flash(gettext("Peran Anda sudah berlaku. Masuk lagi untuk memakainya."), "success")
    return redirect(url_for("people.sign_in"), 303)


def _accepted_anew(token: str, form: AcceptForm) -> Answer | None:
    try:
        person_id = accept_anew(
            token, name=form.name.data or "", password=form.password.data or "", locale=form.locale.data
        )
    except Invalid as refusal:
        form.refuse(refusal)
        return None
    except Conflict as refusal:
        form.form_errors.append(told(refusal))
        return None
    here = enter(begin_sign_in(person_id, device=device()))
    flash(gettext("Akun Anda sudah jadi."), "success")
    return redirect(onward(here), 303)
