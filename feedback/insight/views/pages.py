"""The other pages of the room: over time, told apart, and where reports get stuck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from flask import render_template
from flask_babel import format_date, format_decimal, gettext

from feedback.clocks.queries import calendar_of_unit
from feedback.clocks.rules.calendar import Calendar
from feedback.insight.queries.told_apart import by_dimension, held_by, over_time, total, ways
from feedback.insight.rules.facts import NOTHING, TOLD_APART, Dimension
from feedback.insight.rules.figures import BoardRow, Figures, Reach
from feedback.insight.rules.lanes import Summed
from feedback.insight.rules.measures import Measure
from feedback.insight.rules.period import Period
from feedback.insight.rules.scope import Scope
from feedback.insight.rules.trend import Stretch, months_until, weeks_until, whole_months
from feedback.insight.views.asking import Asked, address, asked, behind_address, dimension, room_links
from feedback.insight.views.blueprint import insight
from feedback.insight.views.tables import Cell, figure_cells, figure_head
from feedback.kernel.permissions import Permission
from feedback.kernel.text import mark
from feedback.people.rules import ROLE_LABELS
from feedback.tickets.rules.words import CHANNEL_LABELS, KIND_LABELS
from feedback.web.guard import requires
from feedback.web.markup import day, working_time

DIMENSION_LABELS = {
    Dimension.TOPIC: mark("Topik"),
    Dimension.SERVICE: mark("Layanan"),
    Dimension.KIND: mark("Jenis"),
    Dimension.CHANNEL: mark("Saluran"),
    Dimension.REGION: mark("Wilayah"),
    Dimension.ROLE: mark("Peran yang menjawab"),
}
_OWN_WORDS = {
    each.value: label for labels in (KIND_LABELS, CHANNEL_LABELS, ROLE_LABELS) for each, label in labels.items()
}
_STAGES = (
    (mark("Verifikasi"), Summed.VERIFY_MINUTES, Summed.VERIFY_ROUNDS),
    (mark("Unit yang memegang"), Summed.UNIT_MINUTES, Summed.UNIT_ROUNDS),
    (mark("Menunggu pelapor"), Summed.REPORTER_MINUTES, Summed.REPORTER_ROUNDS),
)
Page = str | tuple[str, int]


def page(template: str, name: str, body: Callable[[Asked, Scope], dict[str, Any]], *, months: bool = False) -> Page:
    """One page of the room; with ``months`` about the period widened to whole months."""
    question = asked()
    if question.period is None:
        return render_template("insight/period.html", form=question.form, unit=question.unit), 422
    period = whole_months(question.period) if months else question.period
    scope = question.scope(period)
    return render_template(
        template,
        form=question.form,
        unit=question.unit,
        period=period,
        rooms=room_links(question.unit, period, name),
        address=address,
        **body(question, scope),
    )


@insight.get("/waktu")
@requires(Permission.BOARD)
def trend() -> Page:
    """Month by month and week by week up to the end of the period."""
    return page("insight/trend.html", "trend", _over_time)


def _over_time(question: Asked, scope: Scope) -> dict[str, Any]:
    months = over_time(months_until(scope.period.last), scope, question.actor)
    weeks = over_time(weeks_until(scope.period.last), scope, question.actor)
    calendar = calendar_of_unit(scope.unit.id, question.now).calendar
    return {
        "head": figure_head([gettext("Kapan")]),
        "months": _stretch_rows(months, scope, _month_name),
        "weeks": _stretch_rows(weeks, scope, lambda one: day(one.first)),
        "beside_calendar": [_beside_calendar(one, figures, scope, calendar) for one, figures in months],
        "month_chart": _columns(months),
        "week_chart": _columns(weeks),
    }


def _month_name(one: Stretch) -> str:
    return str(format_date(one.first, "MMMM yyyy"))


def _beside_calendar(one: Stretch, figures: Figures, scope: Scope, calendar: Calendar) -> list[Cell]:
    """A month's reports beside the days the unit was open in it, so far."""
    last = min(one.last, calendar.local_date(scope.now))
    dates = (one.first + timedelta(days=number) for number in range((last - one.first).days + 1))
    open_days = sum(calendar.is_working_day(date_) for date_ in dates)
    received = figures.counts[Measure.RECEIVED]
    return [
        _month_name(one),
        _received(figures, scope, Period(one.first, one.last, scope.period.zone)),
        str(format_decimal(open_days)),
        str(format_decimal(round(received / open_days, 1))) if open_days else "–",
    ]


def _stretch_rows(
    stretches: Sequence[tuple[Stretch, Figures]], scope: Scope, name: Callable[[Stretch], str]
) -> list[list[Cell]]:
    return [
        [name(one), _received(figures, scope, Period(one.first, one.last, scope.period.zone)), *figure_cells(figures)]
        for one, figures in stretches
    ]


def _received(figures: Figures, scope: Scope, period: Period) -> Cell:
    row = BoardRow(scope.unit, Reach.SUBTREE, figures)
    number = format_decimal(figures.counts[Measure.RECEIVED])
    return {"text": str(number), "href": behind_address(Measure.RECEIVED, row, period)}


def _columns(stretches: Sequence[tuple[Stretch, Figures]]) -> list[dict[str, float]]:
    """Columns of a picture, 0 to 100: what came in, and the part of it that was answered in time."""
    most = max((figures.counts[Measure.RECEIVED] for _, figures in stretches), default=0) or 1
    return [
        {
            "height": round(100 * figures.counts[Measure.RECEIVED] / most, 2),
            "kept": round(100 * figures.counts[Measure.ON_TIME] / most, 2),
        }
        for _, figures in stretches
    ]


@insight.get("/menurut")
@requires(Permission.BOARD)
def told_apart() -> Page:
    """The figures by topic, service, kind, channel or region."""
    return page("insight/told_apart.html", "told_apart", _parts, months=True)


def _parts(question: Asked, scope: Scope) -> dict[str, Any]:
    chosen = dimension()
    rows = by_dimension(replace(scope, part=None), chosen, question.actor)
    link = {"sisi": chosen.value, "angka": Measure.RECEIVED.value}
    return {
        "sides": [
            {
                "label": gettext(DIMENSION_LABELS[one]),
                "href": address("told_apart", question.unit, scope.period, sisi=one.value),
                "current": one is chosen,
                "count": None,
            }
            for one in TOLD_APART
        ],
        "title": gettext(DIMENSION_LABELS[chosen]),
        "head": figure_head([gettext(DIMENSION_LABELS[chosen])]),
        "rows": [
            [
                row.name or gettext(_OWN_WORDS.get(row.value, mark("Tidak disebut"))),
                {
                    "text": str(format_decimal(row.figures.counts[Measure.RECEIVED])),
                    "href": address("behind", question.unit, scope.period, nilai=row.value or NOTHING, **link),
                },
                *figure_cells(row.figures),
            ]
            for row in rows
        ],
    }


@insight.get("/alur")
@requires(Permission.BOARD)
def flow() -> Page:
    """Where time goes, who sends to whom, and when reports come in."""
    return page("insight/flow.html", "flow", _stuck, months=True)


def _stuck(question: Asked, scope: Scope) -> dict[str, Any]:
    figures = total(scope, question.actor)
    sums = figures.sums
    return {
        "stages": [
            [gettext(label), working_time(sums[minutes]), str(format_decimal(sums[rounds])),
             working_time(sums[minutes] / sums[rounds]) if sums[rounds] else "–"]
            for label, minutes, rounds in _STAGES
        ],
        "held": [
            [unit.short_name, working_time(minutes), str(format_decimal(rounds)), working_time(minutes / rounds)]
            for unit, minutes, rounds in held_by(scope, question.actor)
            if rounds
        ],
        "ways": [
            [way.source.short_name, way.target.short_name, str(format_decimal(way.times))]
            for way in ways(scope, question.actor)
        ],
        "hops": sums[Summed.HOPS],
        "returns": sums[Summed.RETURNS],
        "received": figures.counts[Measure.RECEIVED],
        "heat": _heat(figures.hours),
    }  # fmt: skip


def _heat(hours: Sequence[int]) -> list[dict[str, Any]]:
    """One line per weekday from Monday: its name, and for each hour the number and how dark it is, 0 to 1."""
    monday = date(2024, 1, 1)
    most = max(hours, default=0) or 1
    return [
        {
            "name": str(format_date(monday + timedelta(days=weekday), "EEEE")),
            "hours": [{"number": n, "shade": round(n / most, 3)} for n in hours[24 * weekday : 24 * weekday + 24]],
        }
        for weekday in range(7)
    ]
