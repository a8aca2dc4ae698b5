"""Working calendars: what counts now, and changes that are prepared with their consequences in sight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from feedback.admin.actions.timing import keep_calendars, new_calendar
from feedback.admin.forms.calendars import DecreeForm, HoursForm, NewCalendarForm, hours_data
from feedback.admin.rules import STATUS_LABELS
from feedback.admin.views.blueprint import admin
from feedback.admin.views.pages import Answer, form_page
from feedback.clocks.actions import Tally, preview_calendars
from feedback.clocks.queries import (
    CalendarRow,
    StoredCalendar,
    base_of,
    calendar_history,
    changes,
    counting_calendars,
    lacking_years,
    nationally_closed,
    propose_holidays,
    propose_hours,
)
from feedback.clocks.queries import calendars as calendar_rows
from feedback.clocks.rules.handwriting import write_hours, write_special
from feedback.clocks.rules.holidays import Holiday
from feedback.clocks.rules.versions import Proposal
from feedback.clocks.rules.words import ChangeSubject
from feedback.kernel.clock import local_date, utc_now
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Permission
from feedback.web.form import Form, sent
from feedback.web.guard import actor, requires
from feedback.web.markup import DEFAULT_ZONE, day


def weekday_names() -> list[str]:
    """The days of the week in the reader's language, Monday first."""
    return [
        gettext("Senin"), gettext("Selasa"), gettext("Rabu"), gettext("Kamis"), gettext("Jumat"), gettext("Sabtu"),
        gettext("Minggu"),
    ]  # fmt: skip


def today() -> date:
    """The date in the platform's own zone."""
    return local_date(utc_now(), DEFAULT_ZONE)


def changed_page(change_id: int, subject: ChangeSubject = ChangeSubject.CALENDAR) -> Response:
    """On to a change."""
    endpoint = "admin.policies_change" if subject is ChangeSubject.POLICY else "admin.calendars_change"
    return redirect(url_for(endpoint, change_id=change_id), 303)


def foreseen(form: Form, look: Callable[[bool], tuple[Tally, int | None]], **page: Any) -> Answer | int:
    """A form whose consequences are counted before anything is kept: its page, or the change that was kept."""
    found: list[tuple[Tally, int | None]] = []
    keep = request.form.get("aksi") == "simpan"
    good = sent(form, lambda: found.append(look(keep)))
    if good and found[-1][1] is not None:
        flash(gettext("Rancangan disimpan. Administrator lain perlu menyetujuinya."), "success")
        return found[-1][1]
    impact = found[-1][0].written() if found else None
    html = render_template("admin/calendars_form.html", form=form, impact=impact, **page)
    return html, 422 if form.errors else 200


def _calendar(key: str) -> CalendarRow:
    found = next((row for row in calendar_rows() if row.key == key), None)
    if found is None:
        raise NotFound
    return found


@admin.get("/kalender")
@requires(Permission.ADMINISTER)
def calendars() -> str:
    """Every calendar, what is missing, and the newest changes."""
    return render_template(
        "admin/calendars.html",
        rows=calendar_rows(),
        counting=counting_calendars(),
        lacking=lacking_years(today()),
        changes=changes(ChangeSubject.CALENDAR, limit=20),
        statuses=STATUS_LABELS,
        today=today(),
    )


@admin.get("/kalender/<key>")
@requires(Permission.ADMINISTER)
def calendars_show(key: str) -> str:
    """One calendar: hours, dated hours, closed days, and its history."""
    row = _calendar(key)
    versions = counting_calendars().get(key, ())
    return render_template(
        "admin/calendars_show.html",
        row=row,
        versions=[(each, _hours(each), write_special(each.content.exceptions).splitlines()) for each in versions],
        history=calendar_history(row.id),
        statuses=STATUS_LABELS,
        today=today(),
    )


def _hours(stored: StoredCalendar) -> list[tuple[str, str]]:
    days = zip(weekday_names(), stored.content.week, strict=True)
    return [(name, write_hours(hours) or gettext("tutup")) for name, hours in days]


@admin.route("/kalender/baru", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def calendars_new() -> Answer:
    """Add a calendar; its hours come next."""
    form = NewCalendarForm()
    form.offer(calendar_rows())
    values = {name: form[name].data for name in ("key", "name", "zone", "parent_id")}
    if sent(form, lambda: new_calendar(actor=actor(), **values)):
        return redirect(url_for("admin.calendars_edit", key=form.key.data), 303)
    back = url_for("admin.calendars")
    return form_page(form, title=gettext("Kalender baru"), back=back, submit=gettext("Lanjut ke jam kerja"))


@admin.route("/kalender/<key>/ubah", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def calendars_edit(key: str) -> Answer:
    """Prepare other hours or closed days of a calendar."""
    row = _calendar(key)
    base = base_of(row.id)
    if base is None:
        raise NotFound
    above = nationally_closed(row.id)
    opened = set(above) - set(base.content.calendar(key, base.calendar.zone).closed)
    form = HoursForm(data=hours_data(base, opened, today()))

    def look(keep: bool) -> tuple[Tally, int | None]:
        hours = form.hours()
        title = gettext("%(name)s sejak %(day)s", name=row.name, day=day(hours.valid_from))
        return _keep(propose_hours(row.id, hours), title, form.reason.data, keep=keep)

    back = url_for("admin.calendars_show", key=key)
    answer = foreseen(form, look, title=gettext("Ubah %(name)s", name=row.name), back=back)
    return changed_page(answer) if isinstance(answer, int) else answer


@admin.route("/kalender/impor", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def calendars_import() -> Answer:
    """Prepare the closed days of a year for every calendar."""
    form = DecreeForm()

    def look(keep: bool) -> tuple[Tally, int | None]:
        holidays = form.holidays()
        proposals = propose_holidays(holidays, whole_years=bool(form.whole_years.data))
        return _keep(proposals, _decree_title(holidays), form.reason.data, keep=keep)

    back = url_for("admin.calendars")
    answer = foreseen(form, look, title=gettext("Impor hari libur setahun"), back=back)
    return changed_page(answer) if isinstance(answer, int) else answer


def _keep(proposals: Sequence[Proposal], title: str, reason: str | None, *, keep: bool) -> tuple[Tally, int | None]:
    tally = preview_calendars(proposals, utc_now())
    if not keep:
        return tally, None
    return tally, keep_calendars(title=title[:200], reason=reason or "", proposals=proposals, actor=actor())


def _decree_title(holidays: Sequence[Holiday]) -> str:
    years = ", ".join(str(year) for year in sorted({each.date.year for each in holidays}))
    return gettext("Hari libur %(years)s: %(decree)s", years=years, decree=holidays[0].decree)
