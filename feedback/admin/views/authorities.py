"""Bodies outside the regional government."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext

from feedback.admin.forms.catalogue import AuthorityForm, NewAuthorityForm
from feedback.admin.views.blueprint import admin
from feedback.admin.views.pages import Answer, form_page, saved
from feedback.catalogue.actions import change_authority, create_authority
from feedback.catalogue.queries import authorities as all_authorities
from feedback.catalogue.queries import authority_by_slug
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Permission
from feedback.web.form import sent
from feedback.web.guard import requires


@admin.get("/lembaga")
@requires(Permission.ADMINISTER)
def authorities() -> str:
    """Every outside body, by name."""
    return render_template("admin/authorities.html", rows=all_authorities(include_inactive=True))


@admin.route("/lembaga/baru", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def authorities_new() -> Answer:
    """Add an outside body."""
    form = NewAuthorityForm()
    if sent(form, lambda: create_authority(form.create())):
        return saved("authorities")
    title = gettext("Lembaga baru")
    return form_page(form, title=title, back=url_for("admin.authorities"), submit=gettext("Tambah lembaga"))


@admin.route("/lembaga/<slug>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def authorities_change(slug: str) -> Answer:
    """Change an outside body."""
    authority = authority_by_slug(slug)
    if authority is None:
        raise NotFound
    form = AuthorityForm(obj=authority)
    if sent(form, lambda: change_authority(form.change(authority.id))):
        return saved("authorities")
    return form_page(form, title=authority.name, back=url_for("admin.authorities"))
