"""The own account: name, language, password."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user

from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid
from feedback.people.actions import change_own_password, change_person
from feedback.people.forms import AbsenceForm, AccountForm, DigestForm, PasswordForm
from feedback.people.queries import absences_of, wants_digests
from feedback.people.rules import ROLE_LABELS
from feedback.people.views.blueprint import Answer, device, enter, people, source
from feedback.web.guard import actor, signed_in
from feedback.web.limits import Rate, limited
from feedback.web.session import browser


def account_page(
    form: AccountForm | None = None,
    password_form: PasswordForm | None = None,
    *,
    absences: AbsenceForm | None = None,
) -> tuple[str, int]:
    """The page, with the form at fault as it was typed."""
    form = form or AccountForm(formdata=None, name=current_user.name, locale=current_user.locale)
    password_form = password_form or PasswordForm(formdata=None)
    absences = absences or absence_form(formdata=None)
    held, own = actor().memberships, _own_units()
    password_form.describe(staff=bool(held))
    daily, weekly = wants_digests(actor().person_id or 0) if held else (True, True)
    page = render_template(
        "people/account.html",
        forms=(form, password_form, absences),
        form=form,
        password_form=password_form,
        absence_form=absences,
        digest_form=DigestForm(formdata=None, prefix="ringkasan", daily=daily, weekly=weekly),
        absences=absences_of(actor().person_id or 0, utc_now().date()) if own else [],
        roles=[{"label": ROLE_LABELS[one.role], "unit_name": one.unit_name, "lent": one.acting_for} for one in held],
        has_roles=bool(held),
        may_be_absent=bool(own),
        email=current_user.email,
    )
    return page, 422 if form.errors or password_form.errors or absences.errors else 200


def _own_units() -> dict[int, str]:
    """Units where the account itself holds a role."""
    return {one.unit_id: one.unit_name for one in actor().memberships if one.acting_for is None}


def absence_form(**rest: Any) -> AbsenceForm:
    """The form of absences, with the units where the account holds a role."""
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
    return account_page(form)


@people.post("/akun/kata-sandi")
@signed_in
@limited(Rate.SIGN_IN)
def password() -> Answer:
    """Change the own password; every other browser is signed out."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            token = change_own_password(
                current_user.email,
                form.current_password.data or "",
                form.password.data or "",
                source=source(),
                device=device(),
                strong=browser().kept.strong,
            )
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            enter(token)
            flash(gettext("Kata sandi sudah diganti."), "success")
            return redirect(url_for("people.account"), 303)
    return account_page(password_form=form)
