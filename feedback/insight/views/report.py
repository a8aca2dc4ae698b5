"""The monthly report: made once, kept under an id, and given out as XLSX, CSV or PDF from what was kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Response, redirect, render_template, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response as Redirect

from feedback.insight.actions import keep_report, note_export
from feedback.insight.queries.cohort import watched_units
from feedback.insight.queries.report import Snapshot, report_content, snapshot
from feedback.insight.rules.facts import Basis
from feedback.insight.rules.figures import Reach
from feedback.insight.rules.lanes import Timed
from feedback.insight.rules.measures import COUNTED, LABELS, MEANINGS
from feedback.insight.rules.report import Sheet
from feedback.insight.rules.sheet import Cell
from feedback.insight.views.asking import BASIS_LABELS, asked
from feedback.insight.views.blueprint import insight
from feedback.insight.views.documents import printed, spreadsheet
from feedback.insight.views.files import csv_answer
from feedback.insight.views.tables import TIMED_LABELS
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Permission
from feedback.kernel.text import mark
from feedback.web.guard import actor, fresh, requires
from feedback.web.markup import day, moment

_SPREADS = (
    mark("median (menit kerja)"), mark("p75 (menit kerja)"), mark("p90 (menit kerja)"), mark("n"),
    mark("median (detik berlalu)"), mark("p75 (detik berlalu)"), mark("p90 (detik berlalu)"), mark("n, berlalu"),
)  # fmt: skip
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@insight.post("/laporan-berkala")
@requires(Permission.BOARD)
@fresh
def make_report() -> Redirect | tuple[str, int]:
    """Keep what the board shows now for this unit and period."""
    question = asked()
    if question.period is None:
        return render_template("insight/period.html", form=question.form, unit=question.unit), 422
    scope = question.scope(question.period)
    id_ = keep_report(report_content(scope, question.watched, question.actor), scope, question.actor)
    return redirect(url_for("insight.kept_report", id_=id_), 303)


@insight.get("/laporan-berkala/<id_>")
@requires(Permission.BOARD)
def kept_report(id_: str) -> str:
    """The kept figures on a page, with the files to take away."""
    found = _kept(id_)
    return render_template(
        "insight/report.html",
        kept=found,
        title=_title(found),
        lines=_lines(found),
        sheets=[_shown(sheet) for sheet in _sheets(found.content)],
    )


@insight.get("/laporan-berkala/<id_>.<form>")
@requires(Permission.BOARD)
@fresh
def report_file(id_: str, form: str) -> Response:
    """The kept figures as a file."""
    found = _kept(id_)
    make = _FORMS.get(form)
    if make is None:
        raise NotFound()
    note_export("report", found.unit_id, actor())
    return make(found)


def _kept(id_: str) -> Snapshot:
    here = actor()
    return snapshot(id_, watched_units(here), here)


def _xlsx(found: Snapshot) -> Response:
    return _file(spreadsheet(_title(found), _lines(found), _sheets(found.content)), found, _XLSX, "xlsx")


def _pdf(found: Snapshot) -> Response:
    made = printed(_title(found), _lines(found), _sheets(found.content), str(get_locale()))
    return _file(made, found, "application/pdf", "pdf")


def _csv(found: Snapshot) -> Response:
    counts, times = _sheets(found.content)
    about = [found.id, found.first.isoformat(), found.last.isoformat(), found.content["zone"]]
    names = (mark("Nomor cuplikan"), mark("Dari tanggal"), mark("Sampai tanggal"), mark("Zona waktu"))
    head = [*(gettext(name) for name in names), *counts.head, *times.head[1:]]
    rows = ([*about, *one, *other[1:]] for one, other in zip(counts.rows, times.rows, strict=True))
    return csv_answer(_name(found), head, rows)


_FORMS: dict[str, Callable[[Snapshot], Response]] = {"xlsx": _xlsx, "csv": _csv, "pdf": _pdf}


def _file(content: bytes, found: Snapshot, mimetype: str, ending: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{_name(found)}.{ending}"'
    return answer


def _name(found: Snapshot) -> str:
    return f"pantau-{found.first.isoformat()}-{found.last.isoformat()}-{found.id}"


def _title(found: Snapshot) -> str:
    first, last = date.fromisoformat(found.content["first"]), date.fromisoformat(found.content["last"])
    return gettext("%(unit)s, %(first)s sampai %(last)s", unit=found.content["unit"], first=day(first), last=day(last))


def _lines(found: Snapshot) -> list[str]:
    """What a reader must know to understand the figures."""
    basis = Basis(found.content["basis"])
    return [
        gettext("Cuplikan %(id)s, dibuat %(at)s. Angka yang sama keluar lagi dengan nomor ini.", id=found.id,
                at=moment(found.made_at, found.content["zone"])),
        gettext("Putaran yang dihitung: %(basis)s.", basis=gettext(BASIS_LABELS[basis])),
        gettext("Persentil meleset paling banyak 2 persen. Menit kerja menurut kalender unit yang menjawab."),
        *(f"{gettext(LABELS[measure])}: {gettext(MEANINGS[measure])}" for measure in COUNTED),
    ]  # fmt: skip


def _sheets(content: dict[str, Any]) -> tuple[Sheet, Sheet]:
    rows = content["rows"]
    counts = [[_row_name(row), *row["counts"].values()] for row in rows]
    labels = {measure.value: gettext(LABELS[measure]) for measure in COUNTED}
    named = [labels.get(name, name) for name in (rows[0]["counts"] if rows else ())]
    waits: list[list[Cell]] = [[_row_name(row), *(cell for wait in row["times"] for cell in wait)] for row in rows]
    spreads = [f"{gettext(TIMED_LABELS[what])}: {gettext(text)}" for what in Timed for text in _SPREADS]
    return (
        Sheet(gettext("Berapa banyak"), [gettext("Unit"), *named], counts),
        Sheet(gettext("Berapa lama"), [gettext("Unit"), *spreads], waits),
    )


def _shown(sheet: Sheet) -> Sheet:
    """As a page shows it: a dash where there is no number."""
    return replace(sheet, rows=[["–" if cell is None else cell for cell in row] for row in sheet.rows])


def _row_name(row: dict[str, Any]) -> str:
    name = str(row["unit"])
    return gettext("%(unit)s (dipegang sendiri)", unit=name) if row["reach"] == Reach.OWN else name
