"""Passkeys: sign in with one, and keep those of the own account. The question to the browser is kept in its session."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from flask import Response, current_app, flash, make_response, redirect, render_template, session, url_for
from flask_babel import gettext
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from werkzeug.wrappers import Response as AnyResponse

from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound, TooMany
from feedback.people.actions import begin_sign_in
from feedback.people.actions.passkeys import (
    add_passkey,
    new_passkey_options,
    passkey_holder,
    passkey_options,
    remove_passkey,
)
from feedback.people.forms import NewPasskeyForm, PasskeyForm, SignInForm
from feedback.people.queries.passkeys import passkeys_of
from feedback.people.rules import own_path
from feedback.people.rules.passkeys import RelyingParty, check_challenge, relying_party
from feedback.people.views.blueprint import Answer, device, enter, people, room, source, too_many
from feedback.web.guard import actor, fresh, public, signed_in
from feedback.web.language import told
from feedback.web.limits import Rate, limited

ASKED = "passkey"


def this_site() -> RelyingParty | None:
    """The site as browsers know it, or None where there are no passkeys."""
    return relying_party(current_app.config["SETTINGS"].public_url)


@people.app_context_processor
def _offered() -> dict[str, bool]:
    return {"offers_passkeys": this_site() is not None}


def _site() -> RelyingParty:
    site = this_site()
    if site is None:
        raise NotFound
    return site


def _question(options: str, challenge: bytes) -> Response:
    """Ask the browser, and remember what was asked: only its next answer, and only for five minutes."""
    session[ASKED] = {"challenge": bytes_to_base64url(challenge), "at": utc_now().isoformat()}
    answer = make_response(options)
    answer.mimetype = "application/json"
    return answer


def asked_challenge() -> bytes:
    """The challenge this browser was asked, which is forgotten here. Raises Invalid when there is none any more."""
    asked = session.pop(ASKED, None)
    check_challenge(datetime.fromisoformat(asked["at"]) if asked else None, utc_now())
    return base64url_to_bytes(asked["challenge"])


def proven_by_passkey(answer: str) -> int:
    """Who this browser proves to be. Raises Invalid and TooMany as the action does."""
    return passkey_holder(answer, challenge=asked_challenge(), site=_site(), source=source())


@people.post("/masuk/kunci-sandi/pertanyaan")
@public
@limited(Rate.SIGN_IN)
def passkey_question() -> Response:
    """What a browser has to answer with a passkey."""
    return _question(*passkey_options(_site()))


@people.post("/masuk/kunci-sandi")
@public
@limited(Rate.SIGN_IN)
def passkey_sign_in() -> Answer:
    """Sign in with a passkey: it is the device and its lock in one, so it counts as a second factor too."""
    form = PasskeyForm()
    page = SignInForm(formdata=None, lanjut=form.lanjut.data)
    try:
        person_id = proven_by_passkey(form.jawaban.data or "")
    except TooMany as refusal:
        return too_many("people/sign_in.html", page, refusal)
    except Invalid as refusal:
        page.form_errors.append(told(refusal))
        return render_template("people/sign_in.html", form=page), 422
    here = enter(begin_sign_in(person_id, device=device(), strong=True))
    return redirect(own_path(form.lanjut.data) or room(here), 303)


def _passkeys_page(form: NewPasskeyForm) -> tuple[str, int]:
    page = render_template(
        "people/passkeys.html",
        form=form,
        passkeys=passkeys_of(actor().person_id or 0),
        host=urlsplit(current_app.config["SETTINGS"].public_url).hostname,
    )
    return page, 422 if form.errors else 200


@people.get("/akun/kunci-sandi")
@signed_in
@fresh
def passkeys() -> Answer:
    """The passkeys of the account, and a new one."""
    _site()
    return _passkeys_page(NewPasskeyForm(formdata=None))


@people.post("/akun/kunci-sandi/pertanyaan")
@signed_in
@fresh
def passkey_new_question() -> Response:
    """What a browser needs to make a passkey."""
    return _question(*new_passkey_options(actor().person_id or 0, _site()))


@people.post("/akun/kunci-sandi")
@signed_in
@fresh
@limited(Rate.WORDS)
def passkey_add() -> Answer:
    """Keep the passkey a browser made."""
    site, form = _site(), NewPasskeyForm()
    if not form.validate():
        return _passkeys_page(form)
    try:
        add_passkey(
            actor().person_id or 0, form.name.data or "", form.jawaban.data or "",
            challenge=asked_challenge(), site=site,
        )  # fmt: skip
    except Invalid as refusal:
        form.refuse(refusal)
    except Conflict as refusal:
        form.form_errors.append(told(refusal))
    else:
        flash(gettext("Kunci sandi tersimpan."), "success")
        return redirect(url_for("people.passkeys"), 303)
    return _passkeys_page(form)


@people.post("/akun/kunci-sandi/<int(max=2147483647):passkey_id>/hapus")
@signed_in
@fresh
@limited(Rate.WORDS)
def passkey_remove(passkey_id: int) -> AnyResponse:
    """Forget a passkey."""
    remove_passkey(actor().person_id or 0, passkey_id)
    flash(gettext("Kunci sandi dihapus."), "success")
    return redirect(url_for("people.passkeys"), 303)
