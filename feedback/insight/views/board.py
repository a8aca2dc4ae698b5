"""The board of a unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, render_template
from flask_babel import format_decimal, gettext

from feedback.insight.actions import note_export
from feedback.insight.queries.board import board as board_of
from feedback.insight.queries.board import burning
from feedback.insight.queries.rollup import wrong_figures
from feedback.insight.queries.told_apart import total
from feedback.insight.rules.figures import Board, BoardRow
from feedback.insight.rules.measures import BURNING, DUE_SOON, LABELS, MEANINGS, Measure
from feedback.insight.rules.period import Period
from feedback.insight.rules.scope import Scope
from feedback.insight.rules.trend import before
from feedback.insight.views.asking import (
    Asked,
    address,
    asked,
    basis_links,
    behind_address,
    preset_links,
    room_links,
    trail,
)
from feedback.insight.views.blueprint import insight
from feedback.insight.views.files import board_file
from feedback.insight.views.tables import timing_rows
from feedback.kernel.permissions import Permission
from feedback.web.guard import requires

COLUMNS = (
    Measure.RECEIVED, Measure.ANSWERED, Measure.OPEN, Measure.OVERDUE, Measure.UNANSWERED, Measure.CONTESTED,
    Measure.CLOSED, Measure.LAPSED,
)  # fmt: skip
EXCLUDED = (Measure.SPAM, Measure.JOINED, Measure.REFERRED)
EXPLAINED = (*COLUMNS, Measure.ON_TIME, Measure.LATE, Measure.JUDGED, Measure.EXCLUDED)
CALLING = (Measure.NOW_DUE_TODAY, *DUE_SOON, Measure.NOW_RETURNED)


@insight.get("")
@requires(Permission.BOARD)
def board() -> Response | str | tuple[str, int]:
    """The figures of a unit and of what is directly under it."""
    question = asked()
    if question.period is None:
        return render_template("insight/period.html", form=question.form, unit=question.unit), 422
    scope = question.scope(question.period)
    found = board_of(scope, question.watched, question.actor)
    if question.wants_csv:
        note_export("board", question.unit.id, question.actor)
        return board_file(found, question.period)
    return _page(question, question.period, scope, found)


def _page(question: Asked, period: Period, scope: Scope, found: Board) -> str:
    return render_template(
        "insight/board.html",
        form=question.form,
        unit=question.unit,
        period=period,
        now=question.now,
        board=found,
        rows=(found.total, *found.rows),
        busy=(found.total, *(row for row in found.rows if row.figures.counts[Measure.RECEIVED])),
        columns=COLUMNS,
        bar_rows=[_bar(row, period) for row in found.rows if row.figures.counts[Measure.JUDGED]],
        tiles_now=[_tile(measure, number, found, period) for measure, number in burning(scope, question.actor).items()],
        definitions=[{"label": gettext(LABELS[measure]), "value": gettext(MEANINGS[measure])} for measure in EXPLAINED],
        M=Measure,
        labels=LABELS,
        timings=timing_rows(found.total, total(replace(scope, period=before(period)), question.actor), period),
        before=before(period),
        excluded=[_tile(measure, found.total.figures.counts[measure], found, period) for measure in EXCLUDED],
        wrong=wrong_figures(),
        basis=scope.basis,
        bases=basis_links(question.unit, period),
        rooms=room_links(question.unit, period, "board"),
        presets=preset_links(question.unit, period, question.now),
        trail=trail(question.unit, question.watched, period),
        address=address,
        behind=behind_address,
    )


def _tile(measure: Measure, number: int, found: Board, period: Period) -> dict[str, Any]:
    """A number that burns: warm while there is time, hot once it is late, quiet at zero."""
    tone = "warn" if measure in CALLING else "calm" if measure not in BURNING[:-1] else "late"
    return {
        "number": format_decimal(number),
        "label": gettext(LABELS[measure]),
        "href": behind_address(measure, found.total, period),
        "tone": tone if number else "calm",
    }


def _bar(row: BoardRow, period: Period) -> dict[str, Any]:
    return {
        "label": row.unit.short_name,
        "href": behind_address(Measure.JUDGED, row, period),
        "on_time": row.figures.counts[Measure.ON_TIME],
        "late": row.figures.counts[Measure.LATE],
        "on_time_href": behind_address(Measure.ON_TIME, row, period),
        "late_href": behind_address(Measure.LATE, row, period),
    }
