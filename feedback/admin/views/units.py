"""The unit tree."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext

from feedback.admin.forms.units import CloseUnitForm, MoveUnitForm, NewUnitForm, UnitForm
from feedback.admin.rules import KIND_LABELS
from feedback.admin.views.blueprint import admin
from feedback.admin.views.pages import Answer, form_page, saved
from feedback.clocks.queries import newest_calendars
from feedback.kernel.clock import local_date, utc_now
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Permission
from feedback.units.actions import change_unit, close_unit, create_unit, move_unit
from feedback.units.queries import all_units, unit_by_slug
from feedback.units.rules import UnitKind, UnitRow
from feedback.web.form import sent
from feedback.web.guard import requires


def _unit(slug: str) -> UnitRow:
    unit = unit_by_slug(slug)
    if unit is None:
        raise NotFound
    return unit


@admin.get("/unit")
@requires(Permission.ADMINISTER)
def units() -> str:
    """The tree of one government, closed units too when asked for."""
    everything = all_units()
    governments = [unit for unit in everything if unit.parent_id is None]
    asked = request.args.get("pemerintah", "")
    chosen = next((unit for unit in governments if unit.slug == asked), governments[0] if governments else None)
    with_closed = request.args.get("tutup") == "1"
    shown = [
        unit
        for unit in everything
        if chosen is not None and unit.path.startswith(chosen.path) and (with_closed or unit.valid_to is None)
    ]
    return render_template(
        "admin/units.html",
        governments=governments,
        chosen=chosen,
        units=shown,
        names={unit.id: unit.name for unit in everything},
        kinds=KIND_LABELS,
        with_closed=with_closed,
    )


@admin.route("/unit/baru", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def units_new() -> Answer:
    """Add a unit; ``?induk=`` proposes the unit above it."""
    everything = all_units()
    above = next((unit for unit in everything if unit.slug == request.args.get("induk")), None)
    today = local_date(utc_now(), above.zone if above else "Asia/Jakarta")
    below = UnitKind.DIVISION if above and above.parent_id else UnitKind.AGENCY
    kind = below if above else UnitKind.GOVERNMENT
    form = NewUnitForm(parent_id=above.id if above else None, kind=kind.value, valid_from=today)
    form.offer_parents(everything, newest_calendars())
    if sent(form, lambda: create_unit(form.create())):
        return saved("units_change", slug=form.slug.data)
    return form_page(form, title=gettext("Unit baru"), back=url_for("admin.units"), submit=gettext("Tambah unit"))


@admin.route("/unit/<slug>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def units_change(slug: str) -> Answer:
    """Change what is said of a unit."""
    unit = _unit(slug)
    form = UnitForm(obj=unit)
    form.offer(dict.fromkeys([*newest_calendars(), *([unit.calendar_key] if unit.calendar_key else [])]))
    if sent(form, lambda: change_unit(form.change(unit.id))):
        return saved("units_change", slug=slug)
    links = [(gettext("Lihat halaman publiknya"), url_for("publicsite.unit", slug=slug))]
    if unit.valid_to is None:
        links += [
            (gettext("Tambah unit di bawahnya"), url_for("admin.units_new", induk=slug)),
            (gettext("Pindahkan ke unit induk lain"), url_for("admin.units_move", slug=slug)),
            (gettext("Tutup unit ini"), url_for("admin.units_close", slug=slug)),
        ]
    return form_page(form, title=unit.name, back=url_for("admin.units"), links=links)


@admin.route("/unit/<slug>/pindah", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def units_move(slug: str) -> Answer:
    """Hang a unit and everything under it elsewhere."""
    unit = _unit(slug)
    form = MoveUnitForm(parent_id=unit.parent_id)
    form.offer(all_units(), unit)
    if sent(form, lambda: move_unit(form.command(unit.id))):
        return saved("units_change", slug=slug)
    title = gettext("Pindahkan %(name)s", name=unit.name)
    return form_page(form, title=title, back=url_for("admin.units_change", slug=slug), submit=gettext("Pindahkan"))


@admin.route("/unit/<slug>/tutup", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def units_close(slug: str) -> Answer:
    """End a unit, with or without a successor."""
    unit = _unit(slug)
    form = CloseUnitForm(valid_to=local_date(utc_now(), unit.zone))
    form.offer(all_units(), unit)
    if sent(form, lambda: close_unit(form.command(unit.id))):
        return saved("units_change", slug=slug)
    title = gettext("Tutup %(name)s", name=unit.name)
    return form_page(form, title=title, back=url_for("admin.units_change", slug=slug), submit=gettext("Tutup unit"))
