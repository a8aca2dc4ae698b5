"""Services and their standards."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext

from feedback.admin.forms.catalogue import NewServiceForm, ServiceForm, service_values
from feedback.admin.queries import service_page
from feedback.admin.views.blueprint import admin
from feedback.admin.views.pages import Answer, form_page, neighbours, place, saved
from feedback.catalogue.actions import change_service, create_service
from feedback.catalogue.queries import service_by_slug
from feedback.catalogue.queries import topics as all_topics
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Permission
from feedback.units.queries import all_units
from feedback.web.form import sent
from feedback.web.guard import requires


@admin.get("/layanan")
@requires(Permission.ADMINISTER)
def services() -> str:
    """Services by name, narrowed to a unit's subtree and to words."""
    everything = all_units()
    asked = request.args.get("unit", "")
    text = request.args.get("q", "")[:200]
    chosen = next((unit for unit in everything if unit.slug == asked), None)
    page = service_page(place(), path=chosen.path if chosen else None, text=text)
    kept = {"unit": asked or None, "q": text or None}
    return render_template(
        "admin/services.html",
        rows=page.rows,
        pager_links=neighbours("admin.services", page, **kept),
        units=[unit for unit in everything if unit.depth <= 1],
        chosen=chosen,
        text=text,
    )


@admin.route("/layanan/baru", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def services_new() -> Answer:
    """Add a service."""
    form = NewServiceForm()
    form.offer(all_units(), all_topics(include_inactive=True))
    if sent(form, lambda: create_service(form.create())):
        return saved("services_change", slug=form.slug.data)
    title = gettext("Layanan baru")
    return form_page(form, title=title, back=url_for("admin.services"), submit=gettext("Tambah layanan"))


@admin.route("/layanan/<slug>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def services_change(slug: str) -> Answer:
    """Change a service and its standard."""
    page = service_by_slug(slug)
    if page is None:
        raise NotFound
    form = ServiceForm(data=service_values(page))
    form.offer(all_units(), all_topics(include_inactive=True))
    service_id = page.service.id
    if sent(form, lambda: change_service(form.change(service_id))):
        return saved("services_change", slug=slug)
    links = [(gettext("Lihat halaman publiknya"), url_for("publicsite.service", slug=slug))]
    return form_page(form, title=page.service.name, back=url_for("admin.services"), links=links)
