"""Routing rules, and a form that tells where a report would go and why."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from feedback.admin.forms.rules import Offers, RuleForm, TryForm
from feedback.admin.queries import RuleLine, rule_line, rule_page
from feedback.admin.rules import REASON_TEXTS, route_reason
from feedback.admin.views.blueprint import admin
from feedback.admin.views.pages import Answer, form_page, neighbours, place, saved
from feedback.catalogue.actions import change_rule, create_rule, remove_rule
from feedback.catalogue.queries import authorities, propose_route, services, topic_by_slug, topics
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Permission
from feedback.units.queries import all_units, region
from feedback.units.rules import is_region_code
from feedback.web.form import sent
from feedback.web.guard import requires

MANY = 5000


def _offers() -> Offers:
    return Offers(
        topics=topics(include_inactive=True),
        services=services(include_inactive=True, limit=MANY),
        units=all_units(),
        authorities=authorities(),
    )


def _rule(rule_id: int) -> RuleLine:
    rule = rule_line(rule_id)
    if rule is None:
        raise NotFound
    return rule


@admin.get("/aturan", endpoint="rules")
@requires(Permission.ADMINISTER)
def rules_list() -> str:
    """Rules by region, narrowed to a region with all inside it and to a topic."""
    code = request.args.get("wilayah", "").strip()
    known = is_region_code(code)
    topic = topic_by_slug(request.args.get("topik", "")[:80])
    page = rule_page(place(), region_code=code if known else None, topic_id=topic.id if topic else None)
    kept: dict[str, Any] = {"wilayah": code if known else None, "topik": topic.slug if topic else None}
    return render_template(
        "admin/rules.html",
        rows=page.rows,
        pager_links=neighbours("admin.rules", page, **kept),
        topics=topics(include_inactive=True),
        topic=topic,
        code=code,
        is_known=known or not code,
    )


@admin.route("/aturan/baru", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def rules_new() -> Answer:
    """Add a rule."""
    form = RuleForm(region_code=request.args.get("wilayah", ""))
    form.offer(_offers())
    if sent(form, lambda: create_rule(form.create())):
        return saved("rules", wilayah=form.region_code.data)
    return form_page(form, title=gettext("Aturan baru"), back=url_for("admin.rules"), submit=gettext("Tambah aturan"))


@admin.route("/aturan/<int(max=2147483647):rule_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def rules_change(rule_id: int) -> Answer:
    """Change a rule."""
    rule = _rule(rule_id)
    form = RuleForm(obj=rule)
    form.offer(_offers())
    if sent(form, lambda: change_rule(form.change(rule_id))):
        return saved("rules", wilayah=form.region_code.data)
    links = [(gettext("Hapus aturan ini"), url_for("admin.rules_remove", rule_id=rule_id))]
    title = gettext("Aturan %(number)s", number=rule_id)
    return form_page(form, title=title, back=url_for("admin.rules"), links=links)


@admin.get("/aturan/<int(max=2147483647):rule_id>/hapus")
@requires(Permission.ADMINISTER)
def rules_remove(rule_id: int) -> str:
    """Ask before a rule is removed."""
    return render_template("admin/rule_remove.html", rule=_rule(rule_id))


@admin.post("/aturan/<int(max=2147483647):rule_id>/hapus")
@requires(Permission.ADMINISTER)
def rules_removed(rule_id: int) -> Response:
    """Remove a rule; reports routed by it stay where they are."""
    remove_rule(rule_id)
    return saved("rules")


@admin.get("/aturan/coba")
@requires(Permission.ADMINISTER)
def rules_try() -> Answer:
    """Where a report about this, there, would go, and why."""
    form = TryForm(request.args)
    form.offer(Offers(topics=topics(), services=services(limit=MANY)))
    route = reason = found = None
    if request.args.get("wilayah") is not None and form.validate():
        found = region(form.wilayah.data or "")
        if found is None:
            form.wilayah.errors = [gettext("Kode wilayah tidak dikenal.")]
        else:
            route = propose_route(topic_id=form.topik.data, region_code=found.code, service_id=form.layanan.data)
            reason = REASON_TEXTS[route_reason(route, service_chosen=form.layanan.data is not None)]
    page = render_template("admin/rule_try.html", form=form, route=route, reason=reason, region=found)
    return page, 422 if form.errors else 200
