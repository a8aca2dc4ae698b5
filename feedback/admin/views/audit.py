"""The audit log: for administrators all of it, for inspectors the deeds of the officials of their subtree."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext

from feedback.admin.forms.audit import AuditForm
from feedback.admin.queries.audit import actors_in_reach, named, ticket_subject
from feedback.admin.views.blueprint import admin
from feedback.admin.views.pages import neighbours, place
from feedback.audit.actions import note_read
from feedback.audit.queries import Wanted, deeds
from feedback.audit.rules.deeds import DEEDS
from feedback.kernel.paging import Page
from feedback.kernel.permissions import Permission
from feedback.people.queries import person_by_email
from feedback.web.guard import actor, requires

FILTERS = ("pelaku", "orang", "laporan", "perbuatan", "dari", "sampai")


@admin.get("/audit")
@requires(Permission.AUDIT)
def audit() -> tuple[str, int]:
    """Who did and read what, newest first; that somebody reads it stands in it."""
    form = AuditForm(formdata=request.args)
    form.offer()
    wanted = _wanted(form) if form.validate() else None
    here = actor()
    page: Page[Any] = Page(())
    if wanted is not None:
        found = place()
        page = deeds(wanted, after=found.after, before=found.before)
        about = wanted.subject or (f"actor:{wanted.actor_id}" if wanted.actor_id else "all")
        note_read("audit.read", actor_id=here.person_id or 0, subject=f"audit:{about}")
    kept = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    html = render_template(
        "admin/audit.html",
        form=form,
        lines=named(page.rows, here),
        labels=DEEDS,
        kept=kept,
        pager_links=neighbours("admin.audit", page, **kept),
    )
    return html, 422 if form.errors else 200


def _wanted(form: AuditForm) -> Wanted | None:
    """What to list, or None when a field cannot be used."""
    number, (since, until) = form.number(), form.period()
    who, whom = _person(form, "pelaku"), _person(form, "orang")
    subject = f"person:{whom}" if whom else None
    if number:
        subject = ticket_subject(actor(), number) or "ticket:0"  # "not yours" is the same empty list as "not there"
    if form.errors:
        return None
    return Wanted(who, subject, form.perbuatan.data or None, since, until, actors_in_reach(actor()))


def _person(form: AuditForm, name: str) -> int | None:
    email = form[name].data
    if not email:
        return None
    person = person_by_email(email)
    if person is None:
        form.refuse_field(name, gettext("Tidak ada akun dengan alamat ini."))
    return person.id if person else None
