"""Pages of an account: sign in and out, register, change what is known."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user, login_user
from werkzeug.wrappers import Response as AnyResponse

from feedback.kernel.errors import Invalid, TooMany
from feedback.kernel.permissions import Permission
from feedback.people.actions import (
    change_own_password,
    change_person,
    check_attempts,
    count_failure,
    create_person,
    sign_in,
    sign_out,
)
from feedback.people.forms import AccountForm, PasswordForm, RegisterForm, SignInForm
from feedback.people.queries import signed_in_person
from feedback.people.rules import ROLE_LABELS, own_path
from feedback.web.form import Form
from feedback.web.guard import actor, public, signed_in
from feedback.web.language import chosen_language, told

people = Blueprint("people", __name__)

Answer = AnyResponse | tuple[str, int]
ROOMS = (
    (Permission.ADMINISTER, "admin.home"),
    (Permission.DESK, "tickets.desk"),
    (Permission.BOARD, "insight.board"),
)


def _source() -> str:
    return request.remote_addr or "unknown"


def _enter(token: str) -> None:
    """Begin a new session: nothing an earlier visitor of this browser left behind stays in it."""
    if current_user.is_authenticated:
        sign_out(current_user.token)
    session.clear()
    person = signed_in_person(token)
    if person is not None:
        login_user(person)


def _room() -> str:
    """Where somebody begins their work."""
    here = actor()
    return url_for(next((endpoint for permission, endpoint in ROOMS if here.may(permission)), "people.account"))


def _too_many(template: str, form: Form, refusal: TooMany) -> Response:
    form.form_errors.append(told(refusal))
    answer = make_response(render_template(template, form=form), refusal.status)
    answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


@people.route("/masuk", methods=["GET", "POST"], endpoint="sign_in")
@public
def sign_in_page() -> Answer:
    """Sign in; the same words for an unknown address, a wrong password and a closed account."""
    form = SignInForm(lanjut=request.args.get("lanjut", ""))
    if form.validate_on_submit():
        try:
            token = sign_in(form.email.data or "", form.password.data or "", source=_source())
        except TooMany as refusal:
            return _too_many("people/sign_in.html", form, refusal)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            _enter(token)
            return redirect(own_path(form.lanjut.data) or _room(), 303)
    elif request.method == "GET" and current_user.is_authenticated:
        return redirect(own_path(form.lanjut.data) or _room(), 303)
    return render_template("people/sign_in.html", form=form), 422 if form.errors else 200


@people.post("/keluar", endpoint="sign_out")
@public
def sign_out_page() -> AnyResponse:
    """End this sign-in for good: the cookie is worthless afterwards, a copy of it too."""
    if current_user.is_authenticated:
        sign_out(current_user.token)
    session.clear()
    flash(gettext("Anda sudah keluar."), "success")
    return redirect(url_for("publicsite.home"), 303)


@people.route("/daftar", methods=["GET", "POST"])
@public
def register() -> Answer:
    """Make a citizen's account and sign it in."""
    form = RegisterForm(locale=chosen_language())
    source = f"register:{_source()}"
    if form.validate_on_submit():
        try:
            check_attempts(source)
            create_person(form.command())
            token = sign_in(form.email.data or "", form.password.data or "", source=_source())
        except TooMany as refusal:
            return _too_many("people/register.html", form, refusal)
        except Invalid as refusal:
            if refusal.field == "email":  # whoever asks for many addresses wants to know who has an account
                count_failure(source)
            form.refuse(refusal)
        else:
            _enter(token)
            flash(gettext("Akun Anda sudah jadi."), "success")
            return redirect(url_for("people.account"), 303)
    return render_template("people/register.html", form=form), 422 if form.errors else 200


def _account_page(form: AccountForm, password_form: PasswordForm) -> tuple[str, int]:
    password_form.describe(staff=bool(actor().memberships))
    status = 422 if form.errors or password_form.errors else 200
    page = render_template(
        "people/account.html",
        form=form,
        password_form=password_form,
        roles=[{"label": ROLE_LABELS[held.role], "unit_name": held.unit_name} for held in actor().memberships],
        email=current_user.email,
    )
    return page, status


@people.route("/akun", methods=["GET", "POST"])
@signed_in
def account() -> Answer:
    """The own account: name, language of mail, roles held."""
    form = AccountForm(name=current_user.name, locale=current_user.locale)
    if form.validate_on_submit():
        person_id = actor().person_id or 0
        change_person(person_id, name=form.name.data or "", locale=form.locale.data, by=person_id)
        flash(gettext("Perubahan tersimpan."), "success")
        return redirect(url_for("people.account"), 303)
    return _account_page(form, PasswordForm(formdata=None))


@people.post("/akun/kata-sandi")
@signed_in
def password() -> Answer:
    """Change the own password; every other browser is signed out."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            token = change_own_password(
                current_user.email, form.current_password.data or "", form.password.data or "", source=_source()
            )
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            _enter(token)
            flash(gettext("Kata sandi sudah diganti."), "success")
            return redirect(url_for("people.account"), 303)
    return _account_page(AccountForm(formdata=None, name=current_user.name, locale=current_user.locale), form)
