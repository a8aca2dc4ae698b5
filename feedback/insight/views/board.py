"""The board of a unit."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template
from flask_babel import format_decimal, gettext

from feedback.insight.actions import note_export
from feedback.insight.queries.board import board_beside, burning
from feedback.insight.queries.rollup import wrong_figures
from feedback.insight.rules.compare import Beside, Compared
from feedback.insight.rules.figures import Board, BoardRow, Reach
from feedback.insight.rules.measures import BURNING, DUE_SOON, LABELS, MEANINGS, Measure
from feedback.insight.rules.period import Period
from feedback.insight.rules.scope import Scope
from feedback.insight.rules.trend import before
from feedback.insight.views.asking import (
    Asked,
    address,
    asked,
    asks_for_file,
    basis_links,
    behind_address,
    preset_links,
    room_links,
    trail,
)
from feedback.insight.views.blueprint import insight
from feedback.insight.views.files import board_file
from feedback.insight.views.tables import Cell, counted, share, timing_rows
from feedback.kernel.permissions import Permission
from feedback.kernel.text import mark
from feedback.web.guard import fresh_when, requires
from feedback.web.markup import working_time

COLUMNS = (
    Measure.RECEIVED, Measure.ANSWERED, Measure.OPEN, Measure.OVERDUE, Measure.UNANSWERED, Measure.CONTESTED,
    Measure.CLOSED, Measure.LAPSED,
)  # fmt: skip
EXCLUDED = (Measure.SPAM, Measure.JOINED, Measure.REFERRED)
EXPLAINED = (*COLUMNS, Measure.ON_TIME, Measure.LATE, Measure.JUDGED, Measure.EXCLUDED)
CALLING = (Measure.NOW_DUE_TODAY, *DUE_SOON, Measure.NOW_RETURNED)
BESIDE_HEAD = (
    mark("Unit"), mark("Penyelesaian, median sekarang"), mark("sebelumnya"), mark("n sekarang"), mark("n sebelumnya"),
    mark("Tepat waktu sekarang"), mark("Tepat waktu sebelumnya"),
)  # fmt: skip


@insight.get("")
@requires(Permission.BOARD)
@fresh_when(asks_for_file)
def board() -> Response | str | tuple[str, int]:
    """The figures of a unit and of what is directly under it."""
    question = asked()
    if question.period is None:
        return render_template("insight/period.html", form=question.form, unit=question.unit), 422
    scope = question.scope(question.period)
    found, beside = board_beside(scope, question.watched, question.actor)
    if question.wants_csv:
        note_export("board", question.unit.id, question.actor)
        return board_file(found, question.period)
    return _page(question, question.period, scope, found, beside)


def _page(question: Asked, period: Period, scope: Scope, found: Board, beside: Compared) -> str:
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
        timings=timing_rows(found.total, beside.total, period),
        beside=[_beside_row(row, beside.lines[row.unit.id], period) for row in found.rows if _busy(row, beside)],
        beside_head=[gettext(each) for each in BESIDE_HEAD],
        left_out=beside.total.left_out,
        same_median=beside.total.now.resolution.working.median,
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


def _busy(row: BoardRow, beside: Compared) -> bool:
    both = beside.lines[row.unit.id]
    return bool(row.figures.counts[Measure.RECEIVED] or both.before.counts[Measure.RECEIVED])


def _beside_row(row: BoardRow, both: Beside, period: Period) -> list[Cell]:
    """A line now and before: what both had, without units that were not there in one of the periods."""
    own = row.reach is Reach.OWN
    name = gettext("%(unit)s (dipegang sendiri)", unit=row.unit.short_name) if own else row.unit.short_name
    if both.alone:
        return [name, gettext("unit baru atau sudah ditutup"), *["–"] * (len(BESIDE_HEAD) - 2)]
    if both.left_out:
        name = gettext("%(unit)s, tanpa %(n)s unit", unit=name, n=both.left_out)
    now, earlier = both.now.resolution.working, both.before.resolution.working
    number = counted(now.n, small=now.small)
    shown: Cell = {"text": number, "href": behind_address(Measure.RESOLUTION, row, period)}
    return [
        name,
        working_time(now.median),
        working_time(earlier.median),
        number if both.left_out else shown,
        counted(earlier.n, small=earlier.small),
        share(both.now.on_time_share),
        share(both.before.on_time_share),
    ]
