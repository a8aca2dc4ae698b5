"""Sign in, sign out, register."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from feedback.kernel.actor import Actor
from feedback.kernel.errors import Invalid, TooMany
from feedback.people.actions import check_attempts, count_failure, end_session, register_person, sign_in
from feedback.people.forms import RegisterForm, SignInForm
from feedback.people.rules import own_path
from feedback.people.views.blueprint import Answer, device, enter, people, room, source, too_many
from feedback.web.guard import actor, public
from feedback.web.language import chosen_language
from feedback.web.limits import Rate, limited
from feedback.web.session import browser


@people.route("/masuk", methods=["GET", "POST"], endpoint="sign_in")
@public
def sign_in_page() -> Answer:
    """Sign in; the same words for an unknown address, a wrong password and a closed account."""
    form = SignInForm(lanjut=request.args.get("lanjut", ""))
    if form.validate_on_submit():
        try:
            token = sign_in(form.email.data or "", form.password.data or "", source=source(), device=device())
        except TooMany as refusal:
            return too_many("people/sign_in.html", form, refusal)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return redirect(_onward(form, enter(token)), 303)
    elif request.method == "GET" and current_user.is_authenticated:
        return redirect(_onward(form, actor()), 303)
    return render_template("people/sign_in.html", form=form), 422 if form.errors else 200


def _onward(form: SignInForm, here: Actor) -> str:
    return own_path(form.lanjut.data) or room(here)


@people.post("/keluar", endpoint="sign_out")
@public
def sign_out_page() -> AnyResponse:
    """End this sign-in for good: the cookie is worthless afterwards, a copy of it too."""
    if browser().kept is not None:
        end_session(browser().kept.token)
    browser().begin(None)
    flash(gettext("Anda sudah keluar."), "success")
    return redirect(url_for("publicsite.home"), 303)


@people.route("/daftar", methods=["GET", "POST"])
@public
@limited(Rate.REGISTER)
def register() -> Answer:
    """Make a citizen's account and sign it in."""
    form = RegisterForm(locale=chosen_language())
    register = f"register:{source()}"
    if form.validate_on_submit():
        try:
            check_attempts(register)
            token = register_person(form.command(), device=device())
        except TooMany as refusal:
            return too_many("people/register.html", form, refusal)
        except Invalid as refusal:
            if refusal.field == "email":  # whoever asks for many addresses wants to know who has an account
                count_failure(register)
            form.refuse(refusal)
        else:
            enter(token)
            flash(gettext("Akun Anda sudah jadi."), "success")
            return redirect(url_for("people.account"), 303)
    return render_template("people/register.html", form=form), 422 if form.errors else 200
