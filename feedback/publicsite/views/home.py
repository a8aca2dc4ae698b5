"""The landing page."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, url_for
from flask_babel import gettext

from feedback.catalogue.queries import topics
from feedback.kernel.actor import Actor
from feedback.kernel.clock import local_date, utc_now
from feedback.publicsite.forms import ZONE
from feedback.publicsite.queries.figures import Recent, recent_figures
from feedback.publicsite.rules import read_period
from feedback.publicsite.views.blueprint import publicsite
from feedback.publicsite.views.cards import card
from feedback.tickets.queries.listing import Filters, list_tickets
from feedback.web.guard import public
from feedback.web.markup import day

DAYS = 30
NEWEST = 6


@publicsite.get("/")
@public
def home() -> str:
    """What this is, where to begin, and what came in last."""
    now = utc_now()
    first = local_date(now, ZONE) - timedelta(days=DAYS)
    since, _ = read_period(first, None, ZONE)
    newest = list_tickets(Actor(), Filters(published=True), now=now, size=NEWEST)
    return render_template(
        "publicsite/home.html",
        cards=[card(line) for line in newest.rows],
        topics=topics(),
        figures=_tiles(recent_figures(since or now), first.isoformat()),
        since=day(first),
    )


def _tiles(figures: Recent, first: str) -> list[dict[str, str | None]]:
    """Three counts, each opening the list it counts."""
    received = f"{figures.received}+" if figures.capped else str(figures.received)
    return [
        {"number": received, "label": gettext("diterima"), "href": url_for(".ticket_list", dari=first)},
        {
            "number": str(figures.waiting),
            "label": gettext("di antaranya belum diverifikasi"),
            "href": url_for(".ticket_list", dari=first, status="received"),
        },
        {
            "number": str(figures.closed),
            "label": gettext("di antaranya dinyatakan selesai oleh pelapor"),
            "href": url_for(".ticket_list", dari=first, status="closed"),
        },
    ]
