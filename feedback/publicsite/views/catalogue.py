"""The catalogue: services with their published standards, and units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from feedback.catalogue.queries import service_by_slug, services_of_unit
from feedback.catalogue.queries import services as find_services
from feedback.catalogue.rules import ServicePage, ServiceRow
from feedback.kernel.actor import Actor
from feedback.kernel.clock import local_date, utc_now
from feedback.kernel.errors import NotFound
from feedback.publicsite.forms import ZONE, CatalogueForm
from feedback.publicsite.queries.choices import choices_for
from feedback.publicsite.rules import read_asked, window
from feedback.publicsite.views.blueprint import publicsite
from feedback.publicsite.views.cards import Link, card, neighbours
from feedback.tickets.queries.listing import Filters, list_tickets
from feedback.units.queries import ancestors, children, region_trail, tree, unit_by_id, unit_by_slug
from feedback.units.rules import UnitRow, is_slug
from feedback.web.guard import public

NEWEST = 5
PAGE_SIZE = 20
MOST_SERVICES = 1000
# The components of UU 25/2009 Art 21 that are shown to users, and the legal basis beside them.
STANDARD = (
    ("requirements", lazy_gettext("Persyaratan")),
    ("procedure", lazy_gettext("Prosedur")),
    ("time_text", lazy_gettext("Waktu penyelesaian")),
    ("cost", lazy_gettext("Biaya")),
    ("product", lazy_gettext("Hasil layanan")),
    ("complaint_handling", lazy_gettext("Penanganan pengaduan")),
    ("legal_basis", lazy_gettext("Dasar hukum")),
)


@publicsite.get("/layanan")
@public
def services() -> tuple[str, int]:
    """Services, by words, topic and unit."""
    form = CatalogueForm(request.args)
    choices = choices_for(read_asked(request.args), local_date(utc_now(), ZONE))
    form.offer(choices)
    good = form.validate()
    unit, topic = choices.unit, choices.topic
    rows: Sequence[ServiceRow] = ()
    if good:
        path, topic_id = unit.place if unit else None, topic.id if topic else None
        rows = find_services(path=path, topic_id=topic_id, text=form.q.data or "", limit=MOST_SERVICES)
    after, before = request.args.get("setelah"), request.args.get("sebelum")
    shown = window(rows, after=after, before=before, size=PAGE_SIZE)
    arguments: dict[str, Any] = {field.short_name: field.data for field in form if field.data}
    links = neighbours(shown, "publicsite.services", arguments)
    page = render_template(
        "publicsite/services.html", form=form, rows=shown.rows, pager_links=links, active=len(arguments)
    )
    return page, 200 if good else 422


@publicsite.get("/layanan/<slug>")
@public
def service(slug: str) -> str:
    """One service and its published standard."""
    page = service_by_slug(slug) if is_slug(slug) else None
    if page is None:
        raise NotFound
    return render_template("publicsite/service.html", service=page.service, standard=_standard(page))


def _standard(page: ServicePage) -> list[dict[str, str]]:
    return [
        {"label": str(label), "text": getattr(page, name) or gettext("Belum diumumkan oleh unit ini.")}
        for name, label in STANDARD
    ]


@publicsite.get("/unit")
@public
def units() -> str:
    """The governments and the agencies directly under each."""
    rows = tree()
    groups = [(row, [one for one in rows if one.parent_id == row.id]) for row in rows if row.parent_id is None]
    return render_template("publicsite/units.html", groups=groups)


@publicsite.get("/unit/<slug>")
@public
def unit(slug: str) -> str:
    """One unit: what it does, how to reach it, what it offers, and what was reported about it."""
    row = unit_by_slug(slug) if is_slug(slug) else None
    if row is None:
        raise NotFound
    now = utc_now()
    newest = list_tickets(Actor(), Filters(unit_path=row.path), now=now, size=NEWEST)
    region = region_trail(row.region_code)[-1:] if row.region_code else ()
    return render_template(
        "publicsite/unit.html",
        unit=row,
        closed=row.valid_to is not None and row.valid_to <= local_date(now, row.zone),
        successor=unit_by_id(row.successor_id) if row.successor_id else None,
        crumbs=_crumbs(row),
        region=region[0].name if region else None,
        children=children(row.id),
        services=services_of_unit(row.path),
        cards=[card(line) for line in newest.rows],
    )


def _crumbs(row: UnitRow) -> list[Link]:
    above = [Link(url_for(".unit", slug=one.slug), one.short_name) for one in ancestors(row)]
    return [Link(url_for(".units"), gettext("Unit")), *above]
