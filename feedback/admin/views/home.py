"""The overview: how much there is, and what the worker could not do."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from feedback.admin.actions.heartbeat import last_beat
from feedback.admin.queries import dead_jobs, overview
from feedback.admin.rules import year_to_know
from feedback.admin.views.blueprint import admin
from feedback.clocks.queries import calendars_without
from feedback.kernel.clock import utc_now
from feedback.kernel.permissions import Permission
from feedback.rights.queries import waiting
from feedback.storage.outbox import census, revive
from feedback.web.guard import requires


@admin.get("")
@requires(Permission.ADMINISTER)
def home() -> str:
    """What there is, and what needs attention."""
    counts = overview()
    tiles = [
        (counts.units, gettext("unit"), url_for("admin.units")),
        (counts.services, gettext("layanan"), url_for("admin.services")),
        (counts.topics, gettext("topik"), url_for("admin.topics")),
        (counts.authorities, gettext("lembaga luar"), url_for("admin.authorities")),
        (counts.rules, gettext("aturan penerusan"), url_for("admin.rules")),
        (counts.people, gettext("akun"), url_for("admin.people")),
    ]
    year = year_to_know(utc_now())
    instance = current_app.config["SETTINGS"].instance
    return render_template(
        "admin/home.html",
        counts=tiles,
        outbox=census(),
        dead=dead_jobs(),
        worker_seen=last_beat(instance),
        asked=waiting(utc_now()),
        unknown_year=year if calendars_without(year) else None,
    )


@admin.post("/antrean/ulang")
@requires(Permission.ADMINISTER)
def home_retry() -> Response:
    """Send everything that was given up round again."""
    count = revive()
    flash(ngettext("%(num)d kiriman dicoba lagi.", "%(num)d kiriman dicoba lagi.", count), "success")
    return redirect(url_for("admin.home"), 303)
