"""Accounts of everybody and the roles they hold."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from feedback.admin.forms.people import NewPersonForm, PersonForm, RoleForm
from feedback.admin.queries import person_page
from feedback.admin.views.blueprint import admin
from feedback.admin.views.pages import Answer, form_page, neighbours, place, saved
from feedback.audit.actions import note_read
from feedback.kernel.errors import Conflict, NotFound
from feedback.kernel.permissions import Permission
from feedback.people.actions import (
    change_person,
    create_person,
    end_role,
    grant_role,
    new_password,
    reset_second_factor,
    set_active,
    set_password,
)
from feedback.people.queries import PersonRow, memberships_of, people_by_ids
from feedback.people.rules import ROLE_LABELS
from feedback.units.queries import all_units
from feedback.web.form import sent
from feedback.web.guard import actor, fresh, fresh_when, requires
from feedback.web.language import told
from feedback.web.limits import Rate, limited

ONE = "/orang/<int(max=2147483647):person_id>"


def _person(person_id: int) -> PersonRow:
    person = people_by_ids([person_id]).get(person_id)
    if person is None:
        raise NotFound
    return person


def _by() -> int:
    return actor().person_id or 0


@admin.get("/orang")
@requires(Permission.ADMINISTER)
def people() -> str:
    """Accounts by address, with their roles."""
    text = request.args.get("q", "")[:200]
    if text:
        note_read("people.searched", actor_id=_by(), subject="people")
    page = person_page(place(), text=text)
    roles = memberships_of(person.id for person in page.rows)
    return render_template(
        "admin/people.html",
        rows=page.rows,
        roles={person.id: [role for role in roles if role.person_id == person.id] for person in page.rows},
        labels=ROLE_LABELS,
        text=text,
        pager_links=neighbours("admin.people", page, q=text or None),
    )


@admin.route("/orang/baru", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
@fresh_when(lambda: request.method == "POST")
def people_new() -> Answer:
    """Add an account; its password is made here and shown once."""
    form = NewPersonForm()
    password = new_password()
    made: list[int] = []
    if sent(form, lambda: made.append(create_person(form.create(password), by=_by()))):
        return _password_page(_person(made[0]), password)
    return form_page(form, title=gettext("Orang baru"), back=url_for("admin.people"), submit=gettext("Buat akun"))


def _password_page(person: PersonRow, password: str) -> tuple[str, int]:
    return render_template("admin/password.html", person=person, password=password), 200


def _person_page(person: PersonRow, form: PersonForm, role_form: RoleForm) -> tuple[str, int]:
    role_form.offer(all_units())
    page = render_template(
        "admin/person.html",
        person=person,
        form=form,
        role_form=role_form,
        roles=memberships_of([person.id]),
        labels=ROLE_LABELS,
    )
    return page, 422 if form.errors or role_form.errors else 200


@admin.route(ONE, methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def people_one(person_id: int) -> Answer:
    """One account: name, roles, password, closing."""
    person = _person(person_id)
    note_read("person.read", actor_id=_by(), subject=f"person:{person_id}")
    form = PersonForm(obj=person)
    if sent(form, lambda: change_person(person_id, name=form.name.data or "", locale=form.locale.data, by=_by())):
        return saved("people_one", person_id=person_id)
    return _person_page(person, form, RoleForm(formdata=None))


@admin.post(ONE + "/peran")
@requires(Permission.ADMINISTER)
@fresh
@limited(Rate.WORDS)
def people_grant(person_id: int) -> Answer:
    """Give a role."""
    person = _person(person_id)
    form = RoleForm()
    form.offer(all_units())
    if sent(form, lambda: grant_role(form.command(person_id), by=_by())):
        return saved("people_one", person_id=person_id)
    return _person_page(person, PersonForm(formdata=None, obj=person), form)


@admin.post(ONE + "/peran/<int(max=2147483647):role_id>/akhiri")
@requires(Permission.ADMINISTER)
@fresh
@limited(Rate.WORDS)
def people_revoke(person_id: int, role_id: int) -> Response:
    """End a role of this person."""
    if role_id not in {role.id for role in memberships_of([person_id])}:
        raise NotFound
    return _tried(person_id, lambda: end_role(role_id, by=_by()))


@admin.post(ONE + "/kata-sandi")
@requires(Permission.ADMINISTER)
@fresh
@limited(Rate.WORDS)
def people_password(person_id: int) -> tuple[str, int]:
    """Make a new password, end every sign-in, and show the password once."""
    person = _person(person_id)
    password = new_password()
    set_password(person_id, password, by=_by(), staff=True)
    return _password_page(person, password)


@admin.post(ONE + "/kode-masuk")
@requires(Permission.ADMINISTER)
@fresh
@limited(Rate.WORDS)
def people_second_factor(person_id: int) -> Response:
    """Take away a lost second factor; the person sets up a new one."""
    _person(person_id)
    reset_second_factor(person_id, by=_by())
    return saved("people_one", person_id=person_id)


@admin.post(ONE + "/status")
@requires(Permission.ADMINISTER)
def people_status(person_id: int) -> Response:
    """Open or close the account."""
    opened = request.form.get("buka") == "1"
    return _tried(person_id, lambda: set_active(person_id, opened, by=_by()))


def _tried(person_id: int, act: Callable[[], None]) -> Response:
    """Do it and go back to the account; a refusal is told there."""
    try:
        act()
    except Conflict as refusal:
        flash(told(refusal), "error")
        return redirect(url_for("admin.people_one", person_id=person_id), 303)
    return saved("people_one", person_id=person_id)
