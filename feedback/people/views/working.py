"""What only people with a role have on their account's page: absences and digests."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext

from feedback.kernel.errors import Invalid, Refusal
from feedback.people.actions import BeAbsent, be_absent, choose_digests, end_absence
from feedback.people.forms import AbsenceForm, DigestForm
from feedback.people.queries import person_by_email
from feedback.people.views.account import absence_form, account_page
from feedback.people.views.blueprint import Answer, people
from feedback.web.guard import actor, signed_in

NOBODY = 0


@people.post("/akun/tidak-hadir")
@signed_in
def absence() -> Answer:
    """Say when one is away and who stands in."""
    form = absence_form()
    if not form.validate():
        return account_page(absences=form)
    try:
        be_absent(_absence_of(form), by=actor().person_id)
    except Refusal as refusal:
        form.refuse(refusal if isinstance(refusal, Invalid) else Invalid(refusal.message))
        return account_page(absences=form)
    flash(gettext("Ketidakhadiran dicatat."), "success")
    return redirect(url_for("people.account"), 303)


def _absence_of(form: AbsenceForm) -> BeAbsent:
    """The absence asked for. A deputy nobody knows is judged as one without a role: this is no directory."""
    deputy = person_by_email(form.deputy_email.data) if form.deputy_email.data else None
    known = deputy.id if deputy and deputy.is_active else NOBODY
    return BeAbsent(
        actor().person_id or 0,
        form.valid_from.data,
        form.valid_to.data,
        known if form.deputy_email.data else None,
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
