"""Lists of tickets: everybody's, and one's own."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request, url_for

from feedback.kernel.clock import local_date, utc_now, zone_name
from feedback.kernel.references import read_number
from feedback.publicsite.forms import ZONE, ListForm
from feedback.publicsite.queries.choices import choices_for
from feedback.publicsite.rules import read_asked
from feedback.publicsite.views.blueprint import publicsite
from feedback.publicsite.views.cards import Cards, Link, cards
from feedback.tickets.queries.listing import Filters, list_tickets
from feedback.web.guard import actor, public, signed_in
from feedback.web.limits import Rate, limited


@publicsite.get("/laporan")
@public
@limited(Rate.SEARCH, when=lambda: bool(request.args.get("q", "").strip()))
def ticket_list() -> Response:
    """Tickets newest first, narrowed by the filters in the address."""
    now = utc_now()
    form = ListForm(request.args)
    form.offer(choices_for(read_asked(request.args), local_date(now, ZONE)))
    filters = form.filters()
    chosen = form.chosen()
    arguments: dict[str, Any] = {name: value for name, value, _ in chosen}
    found = Cards() if filters is None else _listed("publicsite.ticket_list", filters, arguments)
    chips = [
        Link(url_for(".ticket_list", **{key: value for key, value in arguments.items() if key != name}), label)
        for name, _, label in chosen
    ]
    page = render_template(
        "publicsite/ticket_list.html", form=form, found=found, chips=chips, zone=zone_name(form.zone)
    )
    return make_response(page, 200 if filters is not None else 422)


@publicsite.get("/akun/laporan")
@signed_in
def my_tickets() -> str:
    """The tickets that the person signed in has reported under their account."""
    filters = Filters(reporter_id=actor().person_id)
    return render_template("publicsite/my_tickets.html", found=_listed("publicsite.my_tickets", filters, {}))


def _listed(endpoint: str, filters: Filters, arguments: dict[str, Any]) -> Cards:
    after, before = (read_number(request.args.get(name, "")) for name in ("setelah", "sebelum"))
    page = list_tickets(actor(), filters, now=utc_now(), after=after, before=before)
    return cards(page, endpoint, arguments)
