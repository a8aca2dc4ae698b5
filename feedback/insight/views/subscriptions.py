"""The reports that come by mail each month."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import format_date, gettext
from werkzeug.wrappers import Response

from feedback.insight.actions import end, subscribe
from feedback.insight.forms import SubscribeForm
from feedback.insight.queries.cohort import watched_units
from feedback.insight.queries.subscriptions import SubscriptionRow, subscription, subscriptions_of
from feedback.insight.rules.scope import chosen_unit
from feedback.insight.rules.subscriptions import ENDED_LABELS, Ended
from feedback.insight.views.blueprint import insight
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Permission
from feedback.web.guard import actor, requires
from feedback.web.markup import day


@insight.get("/langganan")
@requires(Permission.BOARD)
def subscriptions() -> str:
    """What I get, what ended and why, and a form for more."""
    return _page(_form())


@insight.post("/langganan")
@requires(Permission.BOARD)
def begin_subscription() -> Response | tuple[str, int]:
    """Get a unit's report from this month on."""
    form, here = _form(), actor()
    if not form.validate_on_submit():
        return _page(form), 422
    unit = chosen_unit(watched_units(here), form.unit.data)
    subscribe(unit, here, utc_now(), by=here.person_id)
    flash(gettext("Laporan %(unit)s dikirim setiap hari kerja pertama bulan baru.", unit=unit.name))
    return redirect(url_for("insight.subscriptions"), 303)


@insight.post("/langganan/<int:id_>/berhenti")
@requires(Permission.BOARD)
def end_subscription(id_: int) -> Response:
    """Get it no more."""
    row, here = subscription(id_), actor()
    if row is None or row.person_id != here.person_id:
        raise NotFound()
    end(row, Ended.OWN_WISH, utc_now(), by=here.person_id)
    return redirect(url_for("insight.subscriptions"), 303)


def _form() -> SubscribeForm:
    form = SubscribeForm()
    form.offer([unit for unit in watched_units(actor()) if unit.valid_to is None])
    return form


def _page(form: SubscribeForm) -> str:
    rows = subscriptions_of(actor().person_id or 0)
    return render_template("insight/subscriptions.html", form=form, rows=[_shown(row) for row in rows])


def _shown(row: SubscriptionRow) -> dict[str, Any]:
    ended = None
    if row.ended_at is not None and row.ended_why is not None:
        why = gettext(ENDED_LABELS[Ended(row.ended_why)])
        ended = gettext("Berakhir %(day)s. %(why)s", day=day(row.ended_at, row.zone), why=why)
    return {
        "unit": row.unit_name,
        "ended": ended,
        "last": str(format_date(row.last_month, "MMMM yyyy")) if row.snapshot_id else None,
        "report_href": row.snapshot_id and url_for("insight.kept_report", id_=row.snapshot_id),
        "stop_href": None if ended else url_for("insight.end_subscription", id_=row.id),
    }
