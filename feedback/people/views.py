"""Pages of an account: sign in and out, register, change what is known."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user, login_user
from werkzeug.wrappers import Response as AnyResponse

from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid, Refusal, TooMany
from feedback.kernel.permissions import Permission
from feedback.kernel.text import mark
from feedback.people.actions import (
    BeAbsent,
    be_absent,
    change_own_password,
    change_person,
    check_attempts,
    choose_digests,
    count_failure,
    end_absence,
    register_person,
    sign_in,
    sign_out,
)
from feedback.people.forms import AbsenceForm, AccountForm, DigestForm, PasswordForm, RegisterForm, SignInForm
from feedback.people.queries import absences_of, person_by_email, signed_in_person, wants_digests
from feedback.people.rules import ROLE_LABELS, own_path
from feedback.web.form import Form
from feedback.web.guard import actor, public, signed_in
from feedback.web.language import chosen_language, told
from feedback.web.limits import Rate, limited, network_of_request

people = Blueprint("people", __name__)

Answer = AnyResponse | tuple[str, int]
ROOMS = (
    (Permission.ADMINISTER, "admin.home"),
    (Permission.DESK, "tickets.desk"),
    (Permission.BOARD, "insight.board"),
)


def _source() -> str:
    return network_of_request()


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
@limited(Rate.REGISTER)
def register() -> Answer:
    """Make a citizen's account and sign it in."""
    form = RegisterForm(locale=chosen_language())
    source = f"register:{_source()}"
    if form.validate_on_submit():
        try:
            check_attempts(source)
            token = register_person(form.command())
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


def _account_page(
    form: AccountForm | None = None,
    password_form: PasswordForm | None = None,
    *,
    absence_form: AbsenceForm | None = None,
) -> tuple[str, int]:
    form = form or AccountForm(formdata=None, name=current_user.name, locale=current_user.locale)
    password_form = password_form or PasswordForm(formdata=None)
    absence_form = absence_form or _absence_form(formdata=None)
    held, own = actor().memberships, _own_units()
    password_form.describe(staff=bool(held))
    daily, weekly = wants_digests(actor().person_id or 0) if held else (True, True)
    page = render_template(
        "people/account.html",
        forms=(form, password_form, absence_form),
        form=form,
        password_form=password_form,
        absence_form=absence_form,
        digest_form=DigestForm(formdata=None, prefix="ringkasan", daily=daily, weekly=weekly),
        absences=absences_of(actor().person_id or 0, utc_now().date()) if own else [],
        roles=[{"label": ROLE_LABELS[one.role], "unit_name": one.unit_name, "lent": one.acting_for} for one in held],
        has_roles=bool(held),
        may_be_absent=bool(own),
        email=current_user.email,
    )
    return page, 422 if form.errors or password_form.errors or absence_form.errors else 200


def _own_units() -> dict[int, str]:
    """Units where the account itself holds a role."""
    return {one.unit_id: one.unit_name for one in actor().memberships if one.acting_for is None}


def _absence_form(**rest: Any) -> AbsenceForm:
    form = AbsenceForm(prefix="absen", **rest)
    form.offer(_own_units())
    return form


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
    return _account_page(form)


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
    return _account_page(password_form=form)


@people.post("/akun/tidak-hadir")
@signed_in
def absence() -> Answer:
    """Say when one is away and who stands in."""
    form = _absence_form()
    if not form.validate():
        return _account_page(absence_form=form)
    try:
        be_absent(_absence_of(form), by=actor().person_id)
    except Refusal as refusal:
        form.refuse(refusal if isinstance(refusal, Invalid) else Invalid(refusal.message))
        return _account_page(absence_form=form)
    flash(gettext("Ketidakhadiran dicatat."), "success")
    return redirect(url_for("people.account"), 303)


def _absence_of(form: AbsenceForm) -> BeAbsent:
    """The absence asked for. Raises Invalid for a deputy nobody knows."""
    deputy = person_by_email(form.deputy_email.data) if form.deputy_email.data else None
    if form.deputy_email.data and (deputy is None or not deputy.is_active):
        # The same words as for a citizen's address: the form is no directory of accounts.
        raise Invalid(mark("Pengganti harus petugas pada pemerintah daerah yang sama."), field="deputy_email")
    return BeAbsent(
        actor().person_id or 0,
        form.valid_from.data,
        form.valid_to.data,
        deputy.id if deputy else None,
        form.unit_id.data,
    )


@people.post("/akun/tidak-hadir/<int:absence_id>/akhiri")
@signed_in
def absence_end(absence_id: int) -> Answer:
    """Back again."""
    end_absence(absence_id, person_id=actor().person_id or 0, by=actor().person_id)
    flash(gettext("Ketidakhadiran diakhiri."), "success")
    return redirect(url_for("people.account"), 303)


@people.post("/akun/ringkasan")
@signed_in
def digests() -> Answer:
    """Choose which digests come by mail."""
    form = DigestForm(prefix="ringkasan")
    choose_digests(actor().person_id or 0, daily=bool(form.daily.data), weekly=bool(form.weekly.data))
    flash(gettext("Perubahan tersimpan."), "success")
    return redirect(url_for("people.account"), 303)
