"""Working calendars, to read."""

from __future__ import annotations

from babel.dates import get_day_names
from flask import render_template
from flask_babel import get_locale

from feedback.admin.views.blueprint import admin
from feedback.clocks.queries import newest_calendars
from feedback.kernel.permissions import Permission
from feedback.web.guard import requires


@admin.get("/kalender")
@requires(Permission.ADMINISTER)
def calendars() -> str:
    """Every calendar as it counts now: hours of the week, closed days, years with data."""
    names = get_day_names("wide", locale=get_locale())
    weekdays = [names[number] for number in range(7)]
    return render_template("admin/calendars.html", rows=tuple(newest_calendars().values()), weekdays=weekdays)
