"""The second factor: asked after the password, set up where there is none, and kept in order by its owner."""

from __future__ import annotations

from typing import Any

import segno
from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Invalid, TooMany
from feedback.kernel.text import mark
from feedback.people.actions import (
    give_up_second_factor,
    new_recovery_codes,
    prove_second_factor,
    renew,
    set_up_authenticator,
)
from feedback.people.forms import CodeForm, SecondForm
from feedback.people.queries import SignedIn, secret_of
from feedback.people.queries.passkeys import has_passkey
from feedback.people.rules import app_link, example_code, in_groups, is_example, new_secret, own_path
from feedback.people.views.blueprint import Answer, enter, people, room, source, too_many
from feedback.people.views.devices import known_device
from feedback.web.guard import actor, fresh, public, signed_in
from feedback.web.limits import Rate, limited
from feedback.web.session import browser

NEW_SECRET = "new_secret"  # noqa: S105  (a word of the session)


def _onward(here: Actor) -> str:
    return own_path(request.args.get("lanjut")) or room(here)


@people.route("/masuk/kode", methods=["GET", "POST"])
@public
@limited(Rate.SIGN_IN)
def second_factor() -> Answer:
    """The code or a passkey after the password; who has neither yet sets up an app first."""
    kept = browser().kept
    if kept is None or kept.waiting is None:
        asked = own_path(request.args.get("lanjut"))
        return redirect(_onward(actor()) if kept and kept.person else url_for("people.sign_in", lanjut=asked), 303)
    person = kept.waiting
    held = has_passkey(person.actor.person_id or 0)
    if not kept.protected and not held:
        return _set_up(person)
    form = SecondForm()
    page = {"example": example_of(person), "name": person.name, "has_passkey": held, "has_app": kept.protected}
    if kept.protected and form.validate_on_submit():
        try:
            known = known_device(person.email)
            prove_second_factor(person.actor.person_id or 0, form.typed, source=source(), known=known)
        except TooMany as refusal:
            return too_many("people/code.html", form, refusal, **page)
        except Invalid as refusal:
            form.refuse(Invalid(refusal.message, field="recovery" if form.recovery.data else "code"))
        else:
            return redirect(_onward(enter(renew(kept.token, strong=True))), 303)
    return render_template("people/code.html", form=form, **page), 422 if form.errors else 200


def example_of(person: SignedIn, secret: str | None = None) -> dict[str, Any] | None:
    """In the demonstration, the code an app would show: its people have no phones. Nowhere else (docs/adr/0022)."""
    settings = current_app.config["SETTINGS"]
    if not settings.demo or settings.production or not is_example(person.email):
        return None
    found = (secret, 0) if secret else secret_of(person.actor.person_id or 0)
    return {"code": example_code(*found, utc_now()) if found else None}


def _set_up(person: SignedIn) -> Answer:
    """Show a new secret, and use it once the app shows the right code."""
    here, form = browser(), CodeForm()
    if NEW_SECRET not in here:
        here[NEW_SECRET] = new_secret()
    secret = here[NEW_SECRET]
    if form.validate_on_submit():
        try:
            codes = set_up_authenticator(person.actor.person_id or 0, secret, form.code.data or "")
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            onward = _onward(enter(renew(here.kept.token, strong=True)))
            del here[NEW_SECRET]
            return render_template("people/recovery_codes.html", codes=codes, onward=onward), 200
    page = {"example": example_of(person, secret), **_shown(secret, person)}
    return render_template("people/set_up.html", form=form, **page), 422 if form.errors else 200


def _shown(secret: str, person: SignedIn) -> dict[str, Any]:
    link = app_link(secret, person.email)
    drawn = segno.make(link, error="m").svg_inline(scale=4, border=4, dark="#000", light="#fff")
    return {"link": link, "qr": Markup(drawn), "secret": in_groups(secret)}  # noqa: S704  (drawn by the library)


@people.route("/akun/kode", methods=["GET", "POST"])
@signed_in
@fresh
@limited(Rate.WORDS)
def authenticator() -> Answer:
    """Set up an app, or another one in the place of the first."""
    return _set_up(current_user)


@people.post("/akun/kode/pemulihan")
@signed_in
@fresh
@limited(Rate.WORDS)
def recovery_codes() -> Answer:
    """Ten new codes for the day the phone is lost."""
    if not browser().kept.protected:
        raise Conflict(mark("Pasang dulu aplikasi kode."))
    codes = new_recovery_codes(actor().person_id or 0)
    return render_template("people/recovery_codes.html", codes=codes, onward=url_for("people.security")), 200


@people.post("/akun/kode/lepas")
@signed_in
@fresh
@limited(Rate.WORDS)
def authenticator_end() -> AnyResponse:
    """A citizen goes back to the password alone; who works here cannot."""
    if actor().memberships:
        raise Conflict(mark("Akun petugas selalu memakai kode masuk."))
    give_up_second_factor(actor().person_id or 0)
    flash(gettext("Kode masuk dilepas."), "success")
    return redirect(url_for("people.security"), 303)
