"""/statistik: time kept and missed, for everybody, with the data to take away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask import Response, jsonify, render_template, request, url_for
from flask_babel import format_decimal, gettext

from feedback.insight.queries.public import governments, public_board, public_unit
from feedback.insight.rules.figures import Reach
from feedback.insight.rules.period import Period, chosen_period
from feedback.insight.rules.public import PublicBoard, PublicRow
from feedback.insight.rules.untold import FEWEST
from feedback.insight.views.blueprint import statistics
from feedback.insight.views.files import csv_answer
from feedback.kernel.clock import local_date, utc_now
from feedback.kernel.errors import Invalid, NotFound
from feedback.kernel.text import mark
from feedback.units.rules import UnitRow
from feedback.web.guard import public
from feedback.web.markup import working_time

LICENCE = "CC BY 4.0"
_YEARS = 5
_HEAD = (
    mark("Unit"), mark("Masuk"), mark("Dijawab"), mark("Tepat waktu"), mark("Terlambat"),
    mark("Tanggapan pertama, median"), mark("n tanggapan pertama"), mark("Penyelesaian, median"),
    mark("Penyelesaian, p90"), mark("n penyelesaian"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Told:
    unit: UnitRow
    period: Period
    board: PublicBoard


@statistics.get("")
@public
def home() -> Response | str:
    """The figures of a unit and of those directly under it, for one year."""
    found = _told()
    form = request.args.get("format")
    if form == "csv":
        return _csv(found)
    if form == "json":
        return _json(found)
    return render_template(
        "insight/statistics.html",
        unit=found.unit,
        period=found.period,
        rows=[_cells(row, found.period.first.year, own=reach is Reach.OWN) for row, reach in _lines(found)],
        head=[gettext(each) for each in _HEAD],
        years=_years(found),
        governments=[each for each in governments() if each.id != found.unit.id],
        fewest=FEWEST,
        licence=LICENCE,
        files={form: _address(found.unit.slug, found.period.first.year, format=form) for form in ("csv", "json")},
    )


@statistics.app_template_global("unit_figures")
def unit_figures(unit: UnitRow) -> dict[str, Any]:
    """What the page of a unit says of this year: the unit with all under it, and where the data is."""
    now = utc_now()
    year = local_date(now, unit.zone).year
    found = public_board(unit, Period(date(year, 1, 1), date(year, 12, 31), unit.zone), now).total
    head = _HEAD[1:]
    return {
        "year": year,
        "lines": [
            {"label": gettext(label), "value": value}
            for label, value in zip(head, _cells(found, year)[1:], strict=True)
        ],
        "fewest": FEWEST,
        "licence": LICENCE,
        "href": _address(unit.slug, year),
        "csv": _address(unit.slug, year, format="csv"),
        "json": _address(unit.slug, year, format="json"),
    }


def _told() -> _Told:
    unit = public_unit(request.args.get("unit", ""))
    if unit is None:
        raise NotFound()
    now = utc_now()
    today = local_date(now, unit.zone)
    try:
        year = int(request.args.get("tahun") or today.year)
        period = chosen_period(None, None, year, today=today, zone=unit.zone)
    except (ValueError, OverflowError, Invalid):
        raise NotFound() from None
    return _Told(unit, period, public_board(unit, period, now))


def _lines(found: _Told) -> Iterator[tuple[PublicRow, Reach]]:
    """Every row with what it reaches: the unit stands there twice, with all under it and by itself."""
    yield found.board.total, Reach.SUBTREE
    for row in found.board.rows:
        yield row, Reach.OWN if row.slug == found.unit.slug else Reach.SUBTREE


def _address(slug: str, year: int, **more: Any) -> str:
    return url_for("statistics.home", unit=slug, tahun=year, **more)


def _years(found: _Told) -> list[dict[str, Any]]:
    this = local_date(utc_now(), found.unit.zone)
    years = range(this.year, this.year - _YEARS, -1)
    chosen = found.period.first.year
    return [
        {"label": str(year), "href": _address(found.unit.slug, year), "current": year == chosen, "count": None}
        for year in years
    ]


def _cells(row: PublicRow, year: int, *, own: bool = False) -> list[Any]:
    untold = gettext("tidak disebut")
    text = gettext("%(unit)s (dipegang sendiri)", unit=row.name) if own else row.name
    name = {"text": text, "href": _address(row.slug, year)}
    number = [
        untold if each is None else str(format_decimal(each))
        for each in (row.received, row.answered, row.kept, row.missed, row.first_response_n, row.resolution_n)
    ]
    first, resolved, slowest = (
        "–" if each is None else working_time(each)
        for each in (row.first_response_median, row.resolution_median, row.resolution_p90)
    )
    return [name, *number[:4], first, number[4], resolved, slowest, number[5]]


def _csv(found: _Told) -> Response:
    head = [
        "unit", "slug", "masuk", "dijawab", "tepat_waktu", "terlambat", "tanggapan_pertama_n",
        "tanggapan_pertama_median_menit_kerja", "penyelesaian_n", "penyelesaian_median_menit_kerja",
        "penyelesaian_p90_menit_kerja", "lingkup", "dari", "sampai", "lisensi",
    ]  # fmt: skip
    about = [found.period.first.isoformat(), found.period.last.isoformat(), LICENCE]
    rows = ([*asdict(row).values(), reach.value, *about] for row, reach in _lines(found))
    return csv_answer(f"statistik-{found.unit.slug}-{found.period.first.year}", head, rows)


def _json(found: _Told) -> Response:
    return jsonify(
        {
            "licence": LICENCE,
            "first": found.period.first.isoformat(),
            "last": found.period.last.isoformat(),
            "zone": found.period.zone,
            "suppressed_below": FEWEST,
            "largest_percentile_error": 0.02,
            "total": asdict(found.board.total),
            "units": [{**asdict(row), "reach": reach.value} for row, reach in _lines(found)][1:],
        }
    )
