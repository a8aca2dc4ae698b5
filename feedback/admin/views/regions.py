"""Regions under their Kemendagri codes."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext

from feedback.admin.forms.units import RegionForm
from feedback.admin.rules import LEVEL_LABELS
from feedback.admin.views.blueprint import admin
from feedback.admin.views.pages import Answer, form_page, saved
from feedback.kernel.permissions import Permission
from feedback.units.actions import create_region
from feedback.units.queries import region_children, region_trail
from feedback.units.rules import is_region_code, region_prefixes
from feedback.web.form import sent
from feedback.web.guard import requires


@admin.get("/wilayah")
@requires(Permission.ADMINISTER)
def regions() -> str:
    """The regions inside one region; the provinces to begin with."""
    code = request.args.get("kode", "")
    trail = region_trail(code) if is_region_code(code) else ()
    inside = region_children(trail[-1].code if trail else None)
    return render_template("admin/regions.html", trail=trail, rows=inside, levels=LEVEL_LABELS)


@admin.route("/wilayah/baru", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def regions_new() -> Answer:
    """Add a region."""
    form = RegionForm(code=request.args.get("kode", ""))
    if sent(form, lambda: create_region(form.command())):
        above = region_prefixes(form.code.data or "")[:-1]
        return saved("regions", kode=above[-1] if above else None)
    title = gettext("Wilayah baru")
    return form_page(form, title=title, back=url_for("admin.regions"), submit=gettext("Tambah wilayah"))
