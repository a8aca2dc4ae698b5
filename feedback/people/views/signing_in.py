"""Sign in, sign out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from feedback.kernel.errors import Invalid, TooMany
from feedback.people.actions import end_session, sign_in
from feedback.people.forms import SignInForm
from feedback.people.rules import own_path
from feedback.people.views.blueprint import Answer, device, enter, onward, people, source, too_many
from feedback.people.views.devices import known_device
from feedback.web.guard import actor, public
from feedback.web.limits import Rate, count_use, limited
from feedback.web.session import browser


@people.route("/masuk", methods=["GET", "POST"], endpoint="sign_in")
@public
@limited(Rate.SIGN_IN)
def sign_in_page() -> Answer:
    """Sign in; the same words for an unknown address, a wrong password and a closed account."""
    form = SignInForm(lanjut=request.args.get("lanjut", ""))
    if form.validate_on_submit():
        try:
            token = _signed_in(form.email.data or "", form.password.data or "")
        except TooMany as refusal:
            return too_many("people/sign_in.html", form, refusal)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return redirect(onward(enter(token), own_path(form.lanjut.data)), 303)
    elif request.method == "GET" and current_user.is_authenticated:
        return redirect(onward(actor(), own_path(form.lanjut.data)), 303)
    return render_template("people/sign_in.html", form=form), 422 if form.errors else 200


def _signed_in(email: str, password: str) -> str:
    """The token for the right password. All browsers that never opened the account share one limit."""
    known = known_device(email)
    if not known:
        count_use(Rate.SIGN_INS, "everybody")
    return sign_in(email, password, source=source(), device=device(), known=known)


@people.post("/keluar", endpoint="sign_out")
@public
def sign_out_page() -> AnyResponse:
    """End this sign-in for good: the cookie is worthless afterwards, a copy of it too."""
    if browser().kept is not None:
        end_session(browser().kept.token)
    browser().begin(None)
    flash(gettext("Anda sudah keluar."), "success")
    answer = redirect(url_for("publicsite.home"), 303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer
