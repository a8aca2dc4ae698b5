"""Sign in with the provider of the settings: sent there, and back with proof. Other ways in always stay."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from config import Settings
from feedback.adapters.oidc import Identity, Provider, Refused, Unreachable
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid, NotFound, Refusal
from feedback.kernel.text import mark
from feedback.people.actions import begin_sign_in
from feedback.people.actions.provider import accept_with_provider, link_provider, part_provider, provider_sign_in
from feedback.people.forms import SignInForm
from feedback.people.queries.provider import is_linked
from feedback.people.rules import own_path
from feedback.people.rules.provider import Purpose, check_admitted, check_return, shows_second_factor
from feedback.people.views.blueprint import Answer, device, enter, onward, people
from feedback.storage.keyring import keyed_hash
from feedback.web.guard import actor, fresh, public, signed_in
from feedback.web.language import chosen_language, told
from feedback.web.limits import Rate, always, limited

ASKED = "provider"
AWAY = mark("%(name)s sedang tidak dapat dihubungi. Masuk dengan cara lain, atau coba lagi nanti.")
NO_PROOF = mark("%(name)s tidak memberi bukti siapa Anda. Coba lagi, atau masuk dengan cara lain.")


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


@people.app_context_processor
def _offered() -> dict[str, str]:
    return {"provider_name": _settings().oidc_name}


def _provider() -> Provider:
    settings = _settings()
    if not settings.oidc_issuer:
        raise NotFound
    # From PUBLIC_URL alone: one made from the request could be forged (SECURITY.md 1.10).
    back = settings.public_url + url_for("people.provider_return")
    return Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, back)


def _nonce(state: str) -> str:
    return keyed_hash("provider-nonce", state)


def _verifier(state: str) -> str:
    return keyed_hash("provider-verifier", state)


def _address(purpose: Purpose, onward: str = "") -> str:
    """Where to send this browser; what for is remembered in its session. Raises Unreachable."""
    state = secrets.token_urlsafe(32)
    address = _provider().address(state=state, nonce=_nonce(state), verifier=_verifier(state))
    session[ASKED] = {
        "state": state,
        "at": utc_now().isoformat(),
        "purpose": purpose.value,
        "onward": onward,
        "person": actor().person_id,
    }
    return address


def _other_ways(text: str, status: int) -> tuple[str, int]:
    """The sign-in page, saying why the provider did not do."""
    form = SignInForm(formdata=None)
    form.form_errors.append(text)
    return render_template("people/sign_in.html", form=form), status


def _away() -> tuple[str, int]:
    return _other_ways(gettext(AWAY, name=_settings().oidc_name), 503)


@people.get("/masuk/penyedia")
@public
@limited(Rate.SIGN_IN, when=always)
def provider_start() -> Answer:
    """To the provider, to sign in or to take an invitation."""
    token = request.args.get("undangan", "")[:100]
    purpose = Purpose.INVITATION if token else Purpose.SIGN_IN
    try:
        return redirect(_address(purpose, token or own_path(request.args.get("lanjut")) or ""), 303)
    except Unreachable as error:
        current_app.logger.warning("provider unreachable: %s", error)
        return _away()


@people.route("/akun/penyedia", methods=["GET", "POST"])
@signed_in
@fresh
def provider_link() -> Answer:
    """Whether the provider opens this account; with POST, the way there to link it.

    The way is a link on the page: a form's answer may not lead to another site (form-action in SECURITY.md 4).
    """
    _provider()
    address = ""
    if request.method == "POST":
        try:
            address = _address(Purpose.LINK)
        except Unreachable:
            flash(gettext(AWAY, name=_settings().oidc_name), "error")
    linked = is_linked(actor().person_id or 0, _settings().oidc_issuer)
    return render_template("people/provider.html", linked=linked, address=address), 200


@people.post("/akun/penyedia/lepas")
@signed_in
@fresh
@limited(Rate.WORDS)
def provider_part() -> AnyResponse:
    """The provider opens this account no longer."""
    part_provider(actor().person_id or 0)
    flash(gettext("Hubungan dilepas."), "success")
    return redirect(url_for("people.provider_link"), 303)


@people.get("/masuk/penyedia/kembali")
@public
@limited(Rate.SIGN_IN, when=always)
def provider_return() -> Answer:
    """Back from the provider: checked, then signed in, linked or invited."""
    provider, asked = _provider(), session.pop(ASKED, None)
    state = request.args.get("state", "")
    try:
        check_return(asked, state, utc_now())
        code = request.args.get("code", "")[:4000]
        if not code:  # they said no, there or here
            raise Invalid(NO_PROOF, values={"name": _settings().oidc_name})
        found = provider.identity(code, nonce=_nonce(state), verifier=_verifier(state))
        domain, claim = _settings().oidc_domain, _settings().oidc_claim
        check_admitted(found.email, found.email_verified, found.claims, domain=domain, claim=claim)
        return _DONE[Purpose(asked["purpose"])](found, asked)
    except Unreachable:
        return _away()
    except Refused as error:
        current_app.logger.warning("provider refused: %s", error)
        return _other_ways(gettext(NO_PROOF, name=_settings().oidc_name), 422)
    except Refusal as refusal:
        return _other_ways(told(refusal), refusal.status)


def _begun(found: Identity, person_id: int) -> str:
    strong = shows_second_factor(found.methods, _settings().oidc_second_factor)
    return begin_sign_in(person_id, device=device(), strong=strong)


def _signed_in(found: Identity, asked: dict[str, Any]) -> Answer:
    here = enter(_begun(found, provider_sign_in(found, locale=chosen_language())))
    return redirect(onward(here, own_path(asked["onward"])), 303)


def _invited(found: Identity, asked: dict[str, Any]) -> Answer:
    here = enter(_begun(found, accept_with_provider(found, asked["onward"])))
    flash(gettext("Peran Anda sudah berlaku."), "success")
    return redirect(onward(here), 303)


def _now_linked(found: Identity, asked: dict[str, Any]) -> Answer:
    if actor().person_id is None or actor().person_id != asked["person"]:
        raise Invalid(NO_PROOF, values={"name": _settings().oidc_name})
    link_provider(found, actor().person_id or 0)
    flash(gettext("Akun ini sekarang dapat dibuka lewat %(name)s.", name=_settings().oidc_name), "success")
    return redirect(url_for("people.provider_link"), 303)


_DONE: dict[Purpose, Callable[[Identity, dict[str, Any]], Answer]] = {
    Purpose.SIGN_IN: _signed_in,
    Purpose.LINK: _now_linked,
    Purpose.INVITATION: _invited,
}
