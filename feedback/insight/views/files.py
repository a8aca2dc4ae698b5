"""The board and its lists as CSV files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import Response, stream_with_context
from flask_babel import gettext

from feedback.insight.queries.listing import Line
from feedback.insight.rules.figures import Board, BoardRow, Reach, Wait
from feedback.insight.rules.measures import COUNTED, LABELS
from feedback.insight.rules.period import Period
from feedback.insight.rules.sheet import Cell, csv_lines
from feedback.kernel.clock import local_date
from feedback.kernel.text import mark
from feedback.tickets.rules.words import STATE_LABELS

_WAITS = (
    mark("%(what)s, median (menit kerja)"),
    mark("%(what)s, p90 (menit kerja)"),
    mark("%(what)s, n"),
    mark("%(what)s, median (detik berlalu)"),
    mark("%(what)s, p90 (detik berlalu)"),
)
_LINE_HEAD = (
    mark("Nomor"), mark("Putaran"), mark("Isi"), mark("Unit"), mark("Diterima"), mark("Keadaan"),
    mark("Tanggapan pertama (menit kerja)"), mark("Tanggapan pertama (detik berlalu)"),
    mark("Penyelesaian (menit kerja)"), mark("Penyelesaian (detik berlalu)"), mark("Tepat waktu"),
    mark("Dipegang (menit kerja per unit)"),
)  # fmt: skip


def csv_answer(name: str, head: list[str], rows: Iterable[list[Cell]]) -> Response:
    """A file to keep, sent as it is made."""
    answer = Response(stream_with_context(csv_lines(head, rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def board_file(board: Board, period: Period) -> Response:
    """Every figure of the board, the total first; times unrounded."""
    waits = (gettext("Tanggapan pertama"), gettext("Penyelesaian"))
    head = [
        gettext("Unit"), gettext("Cakupan"), gettext("Dari tanggal"), gettext("Sampai tanggal"), gettext("Zona waktu"),
        *(gettext(LABELS[measure]) for measure in COUNTED),
        *(gettext(text, what=what) for what in waits for text in _WAITS),
        gettext("Bagian tepat waktu"),
    ]  # fmt: skip
    rows = (_board_cells(row, period) for row in (board.total, *board.rows))
    return csv_answer(_name("pantau", board.total.unit.slug, period), head, rows)


def _board_cells(row: BoardRow, period: Period) -> list[Cell]:
    figures = row.figures
    reach = gettext("dipegang sendiri") if row.reach is Reach.OWN else gettext("dengan unit di bawahnya")
    share = figures.on_time_share
    return [
        row.unit.name, reach, period.first.isoformat(), period.last.isoformat(), period.zone,
        *(figures.counts[measure] for measure in COUNTED),
        *_wait_cells(figures.first_response), *_wait_cells(figures.resolution),
        None if share is None else round(share, 4),
    ]  # fmt: skip


def _wait_cells(wait: Wait) -> list[Cell]:
    return [wait.working.median, wait.working.p90, wait.working.n, wait.elapsed.median, wait.elapsed.p90]


def list_file(lines: Iterable[Line], name: str, slug: str, period: Period) -> Response:
    """Every row behind a number."""
    head = [gettext(text) for text in _LINE_HEAD]
    return csv_answer(_name(name, slug, period), head, _line_rows(lines))


def _line_rows(lines: Iterable[Line]) -> Iterator[list[Cell]]:
    for line in lines:
        held = "; ".join(f"{held.unit_name}: {held.minutes}" for held in line.held)
        on_time = None if line.on_time is None else gettext("ya") if line.on_time else gettext("tidak")
        yield [
            line.number, line.round, line.words, line.unit_name, local_date(line.received_at, line.zone).isoformat(),
            gettext(STATE_LABELS[line.state]), line.first_response_minutes, line.first_response_seconds,
            line.resolution_minutes, line.resolution_seconds, on_time, held,
        ]  # fmt: skip


def _name(what: str, slug: str, period: Period) -> str:
    return f"{what}-{slug}-{period.first.isoformat()}-{period.last.isoformat()}"
