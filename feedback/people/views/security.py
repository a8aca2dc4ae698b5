"""How an account is kept safe: its code, passkeys and address, and where it is signed in."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid, NotFound
from feedback.people.actions import end_sessions
from feedback.people.actions.address import ask_address, change_address
from feedback.people.actions.sessions import end_own_session
from feedback.people.forms import AddressForm
from feedback.people.queries import codes_left
from feedback.people.queries.links import open_link
from feedback.people.queries.passkeys import passkeys_of
from feedback.people.queries.sessions import sessions_of
from feedback.people.rules.links import MOST_LETTERS, LinkKind
from feedback.people.views.blueprint import Answer, people
from feedback.people.views.devices import remember_device
from feedback.web.guard import actor, fresh, signed_in
from feedback.web.limits import Rate, count_letter, limited
from feedback.web.session import browser

_BROWSERS = {
    "edge": "Edge", "opera": "Opera", "samsung": "Samsung Internet", "uc": "UC Browser", "firefox": "Firefox",
    "chromium": "Chrome", "safari": "Safari",
}  # fmt: skip
_SYSTEMS = {
    "android": "Android", "ios": "iPhone / iPad", "windows": "Windows", "macos": "Mac", "chromeos": "ChromeOS",
    "linux": "Linux",
}  # fmt: skip


def device_name(word: str) -> str:
    """The coarse word of a browser as people say it."""
    browser_word, _, system = word.partition("/")
    known = [_BROWSERS.get(browser_word), _SYSTEMS.get(system)]
    return " · ".join(one for one in known if one) or gettext("Peramban lain")


@people.get("/akun/keamanan")
@signed_in
def security() -> str:
    """What keeps this account safe, and what to do about it."""
    protected, person_id = browser().kept.protected, actor().person_id or 0
    return render_template(
        "people/security.html",
        protected=protected,
        left=codes_left(person_id) if protected else 0,
        passkeys=len(passkeys_of(person_id)),
        works=bool(actor().memberships),
        email=current_user.email,
        device_name=device_name,
        sessions=sessions_of(person_id, here=browser().kept.id, limits=browser().kept.limits),
    )


@people.post("/akun/perangkat/<int(max=2147483647):session_id>/keluar")
@signed_in
def session_end(session_id: int) -> AnyResponse:
    """Sign out one other browser of this account."""
    end_own_session(actor().person_id or 0, session_id)
    flash(gettext("Perangkat itu sudah keluar."), "success")
    return redirect(url_for("people.security"), 303)


@people.post("/akun/perangkat/keluar")
@signed_in
def sessions_end() -> AnyResponse:
    """Sign out every other browser of this account."""
    end_sessions(actor().person_id or 0, but=browser().kept.id)
    flash(gettext("Semua perangkat lain sudah keluar."), "success")
    return redirect(url_for("people.security"), 303)


@people.route("/akun/alamat", methods=["GET", "POST"])
@signed_in
@fresh
@limited(Rate.MAIL)
def address() -> Answer:
    """Ask for another address: a link goes there."""
    form = AddressForm()
    if form.validate_on_submit():
        email = (form.email.data or "").lower()
        try:
            count_letter(email, MOST_LETTERS)
            ask_address(actor().person_id or 0, email)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            sent = gettext("Kami mengirim tautan ke %(email)s. Alamat lama berlaku sampai tautan dibuka.", email=email)
            flash(sent, "success")
            return redirect(url_for("people.security"), 303)
    return render_template("people/address.html", form=form, email=current_user.email), 422 if form.errors else 200


@people.route("/akun/alamat/<token>", methods=["GET", "POST"])
@signed_in
@limited(Rate.SIGN_IN)
def address_proof(token: str) -> Answer:
    """The link in the new address's mail: shows a button, which changes the address. For its asker only."""
    found, form = open_link(token, LinkKind.ADDRESS, utc_now()), AddressForm(formdata=None)
    if found is None or found.person_id != actor().person_id:
        return render_template("people/address_over.html"), 404
    if AddressForm().is_submitted():
        try:
            change_address(found.person_id, token)
        except (Invalid, NotFound):
            return render_template("people/address_over.html"), 404
        remember_device(found.address or "")
        flash(gettext("Alamat surel sudah diganti."), "success")
        return redirect(url_for("people.security"), 303)
    return render_template("people/address_proof.html", form=form, found=found, token=token), 200
