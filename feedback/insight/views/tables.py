"""Rows of the room's tables: figures as words, each linked to the reports behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import format_decimal, format_percent, gettext

from feedback.insight.rules.compare import Beside
from feedback.insight.rules.figures import BoardRow, Figures, Wait
from feedback.insight.rules.lanes import Timed
from feedback.insight.rules.measures import Measure
from feedback.insight.rules.period import Period
from feedback.insight.views.asking import behind_address
from feedback.kernel.text import mark
from feedback.web.markup import elapsed, working_time

TIMED_LABELS = {
    Timed.VERIFY: mark("Verifikasi"),
    Timed.FIRST_RESPONSE: mark("Tanggapan pertama"),
    Timed.RESOLUTION: mark("Penyelesaian, tanpa masa tunda"),
}
# Which rounds are timed, which are slow, which kept their time and which missed it.
TIMED_MEASURES = {
    Timed.VERIFY: (Measure.VERIFIED, Measure.VERIFY_SLOW, Measure.VERIFY_KEPT, Measure.VERIFY_MISSED),
    Timed.FIRST_RESPONSE: (
        Measure.FIRST_RESPONSE, Measure.FIRST_RESPONSE_SLOW, Measure.RESPONSE_KEPT, Measure.RESPONSE_MISSED,
    ),
    Timed.RESOLUTION: (Measure.RESOLUTION, Measure.RESOLUTION_SLOW, Measure.ON_TIME, Measure.LATE),
}  # fmt: skip
Cell = dict[str, Any] | str


def wait_of(figures: Figures, what: Timed) -> Wait:
    """The wait of one kind."""
    waits = {
        Timed.VERIFY: figures.verify,
        Timed.FIRST_RESPONSE: figures.first_response,
        Timed.RESOLUTION: figures.resolution,
    }
    return waits[what]


def share(value: float | None) -> str:
    """A share as a percentage with one decimal."""
    return "–" if value is None else str(format_percent(value, "#,##0.#%"))


def timing_rows(row: BoardRow, beside: Beside, period: Period) -> list[list[Cell]]:
    """One line per clock: median, p75 and p90 with the plain time, n, kept, missed, and the period before."""
    return [_timing(what, row, beside, period) for what in Timed]


def _timing(what: Timed, row: BoardRow, beside: Beside, period: Period) -> list[Cell]:
    timed, slow, kept, missed = TIMED_MEASURES[what]
    wait, earlier = wait_of(row.figures, what), wait_of(beside.before, what)

    def link(measure: Measure, text: str) -> Cell:
        return {"text": text, "href": behind_address(measure, row, period)}

    return [
        gettext(TIMED_LABELS[what]),
        link(timed, both_times(wait.working.median, wait.elapsed.median)),
        link(timed, both_times(wait.working.p75, wait.elapsed.p75)),
        link(slow, both_times(wait.working.p90, wait.elapsed.p90)),
        link(timed, counted(wait.working.n, small=wait.working.small)),
        link(kept, str(format_decimal(row.figures.counts[kept]))),
        link(missed, str(format_decimal(row.figures.counts[missed]))),
        share(row.figures.kept_share(kept, missed)),
        gettext(
            "median %(median)s, tepat waktu %(share)s, n %(n)s",
            median=working_time(earlier.working.median),
            share=share(beside.before.kept_share(kept, missed)),
            n=format_decimal(earlier.working.n),
        ),
    ]


def both_times(minutes: float | None, seconds: float | None) -> str:
    """Working time, and the time that simply passed in brackets."""
    return "–" if minutes is None else f"{working_time(minutes)} ({elapsed(seconds)})"


def counted(number: int, *, small: bool) -> str:
    """A number of rounds, marked when it is too small to say much."""
    text = str(format_decimal(number))
    return f"{text} · {gettext('data sedikit')}" if small else text


def figure_cells(figures: Figures) -> list[Cell]:
    """What tables by stretch or dimension show of a row: received, times, share, contested."""
    first, resolved = figures.first_response.working, figures.resolution.working
    return [
        working_time(first.median),
        working_time(resolved.median),
        working_time(resolved.p90),
        counted(resolved.n, small=resolved.small),
        share(figures.on_time_share),
        str(format_decimal(figures.counts[Measure.CONTESTED])),
    ]


def figure_head(first: Sequence[str]) -> list[str]:
    """The heads of columns of such a table."""
    return [
        *first,
        gettext("Masuk"),
        gettext("Tanggapan pertama, median"),
        gettext("Penyelesaian, median"),
        gettext("Penyelesaian, p90"),
        gettext("n"),
        gettext("Tepat waktu"),
        gettext("Disanggah atau dibuka lagi"),
    ]
