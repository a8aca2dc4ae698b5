"""Before a step that cannot be taken lightly, somebody shows again who they are; nothing typed is lost by it."""

from __future__ import annotations

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid, TooMany
from feedback.people.actions import note_wrong_proof, prove, prove_second_factor, renew
from feedback.people.forms import AgainForm, CodeAgainForm, PasswordAgainForm
from feedback.people.queries.passkeys import has_passkey
from feedback.people.rules import is_fresh, own_path
from feedback.people.rules.passkeys import WRONG
from feedback.people.views.blueprint import Answer, enter, people, source
from feedback.people.views.passkeys import proven_by_passkey
from feedback.people.views.second_factor import example_of
from feedback.web.guard import actor, fresh, signed_in
from feedback.web.language import told
from feedback.web.session import browser

PREFIX = "bukti"


@people.before_app_request
def ask_again() -> Answer | None:
    """A view marked `fresh` opens only to who showed within five minutes who they are; the others are asked here.

    The answer comes with what was typed to the same address, so the step is taken with it at once.
    """
    asked = getattr(current_app.view_functions.get(request.endpoint or ""), "fresh", None)
    if asked is None or not asked() or is_fresh(browser().kept.proven_at, utc_now()):
        return None
    form = _form()
    if not form.answered:
        return _page(form), 401
    try:
        strong = _proven(form)
    except TooMany as refusal:
        form.form_errors.append(told(refusal))
        answer = make_response(_page(form), refusal.status)
        answer.headers["Retry-After"] = str(refusal.retry_after)
        return answer
    except Invalid as refusal:
        note_wrong_proof(actor().person_id)
        form.refuse(refusal)
        return _page(form), 422
    enter(renew(browser().kept.token, strong=strong))
    return None


def _form() -> AgainForm:
    """A code where there is an app; otherwise the password, which does not do for staff with a passkey."""
    if browser().kept.protected:
        return CodeAgainForm(prefix=PREFIX)
    only_passkey = bool(actor().memberships) and has_passkey(actor().person_id or 0)
    return AgainForm(prefix=PREFIX) if only_passkey else PasswordAgainForm(prefix=PREFIX)


def _proven(form: AgainForm) -> bool:
    """Whether a second factor was shown. Raises Invalid for somebody else's passkey and for wrong words."""
    if form.jawaban.data or not isinstance(form, CodeAgainForm | PasswordAgainForm):
        if proven_by_passkey(form.jawaban.data or "") != actor().person_id:
            raise Invalid(WRONG)
        return True
    typed, strong = form.proof.data or "", isinstance(form, CodeAgainForm)
    try:
        if strong:
            prove_second_factor(actor().person_id or 0, typed, source=source())
        else:
            prove(current_user.email, typed, source=source())
    except Invalid:
        raise Invalid(form.WRONG, field="proof") from None
    return strong


def _page(form: AgainForm) -> str:
    typed = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and not name.startswith(f"{PREFIX}-") and "password" not in name
    ]
    asked = request.full_path.rstrip("?")
    action = url_for("people.prove_again", lanjut=asked) if request.method == "GET" else asked
    return render_template(
        "people/prove.html",
        form=form,
        typed=typed,
        action=action,
        has_passkey=has_passkey(actor().person_id or 0),
        example=example_of(current_user) if isinstance(form, CodeAgainForm) else None,
    )


@people.route("/masuk/pastikan", methods=["GET", "POST"])
@signed_in
@fresh
def prove_again() -> AnyResponse:
    """On to the page that asked."""
    return redirect(own_path(request.args.get("lanjut")) or url_for("people.account"), 303)
