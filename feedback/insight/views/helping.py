"""Who needs help: units compared with their uncertainty, the age of the backlog, and what each official has in hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import request
from flask_babel import format_decimal, gettext

from feedback.insight.queries.board import board
from feedback.insight.queries.helping import LOAD, AgeRow, Load, ageing, loads
from feedback.insight.rules.doubt import FEWEST_RANKED, Interval
from feedback.insight.rules.figures import BoardRow, Reach
from feedback.insight.rules.measures import AGED, LABELS, Measure
from feedback.insight.rules.period import Period
from feedback.insight.rules.ranking import Ranked, RankedBy, ranking
from feedback.insight.rules.scope import Scope, heads, subtree_of
from feedback.insight.views.asking import Asked, address, behind_address
from feedback.insight.views.blueprint import insight
from feedback.insight.views.pages import Page, page
from feedback.insight.views.tables import Cell, share
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Permission
from feedback.kernel.text import mark
from feedback.web.guard import requires
from feedback.web.markup import day, working_time

RANKED_LABELS = {
    RankedBy.P90: mark("Penyelesaian, p90"),
    RankedBy.MEDIAN: mark("Penyelesaian, median"),
    RankedBy.LATE: mark("Bagian terlambat"),
}
_BEHIND = {
    RankedBy.P90: (Measure.RESOLUTION_SLOW, Measure.RESOLUTION),
    RankedBy.MEDIAN: (Measure.RESOLUTION, Measure.RESOLUTION),
    RankedBy.LATE: (Measure.LATE, Measure.JUDGED),
}


@insight.get("/bantuan")
@requires(Permission.BOARD)
def helping() -> Page:
    """Which units need help, how old their open reports are, and for the head of the unit who has how much."""
    return page("insight/helping.html", "helping", _help)


def _help(question: Asked, scope: Scope) -> dict[str, Any]:
    by = _ranked_by()
    found = ranking(board(scope, question.watched, question.actor).rows, by)
    below = subtree_of(scope.unit, question.watched)
    own = heads(question.actor, scope.unit)
    ages = ageing(scope, below, question.actor)
    here = loads(replace(scope, reach=Reach.OWN), question.actor) if own else ()
    return {
        "by": by,
        "kinds": [
            {
                "label": gettext(label),
                "href": address("helping", scope.unit, scope.period, menurut=one.value),
                "current": one is by,
                "count": None,
            }
            for one, label in RANKED_LABELS.items()
        ],
        "fewest": FEWEST_RANKED,
        "value_label": gettext(RANKED_LABELS[by]),
        "ranked": [_ranked_row(each, by, scope.period) for each in found.ranked],
        "unclear": sum(not each.sure for each in found.ranked),
        "too_few": [_few_row(row, n, by, scope.period) for row, n in found.too_few],
        "ages": [_age_row(row, scope.period, whole=not place) for place, row in enumerate(ages)],
        "age_head": [gettext("Unit"), *(gettext(LABELS[measure]) for measure in AGED)],
        "is_head": own,
        "loads": [_load_row(each, scope) for each in here],
        "load_head": [
            gettext("Petugas"),
            gettext("Terbuka"),
            *(gettext(LABELS[measure]) for measure in LOAD[1:]),
            gettext("Terlama sejak"),
            gettext("Dijawab dalam periode"),
        ],
    }


def _ranked_by() -> RankedBy:
    try:
        return RankedBy(request.args.get("menurut") or RankedBy.P90)
    except ValueError:
        raise NotFound() from None


def _ranked_row(each: Ranked, by: RankedBy, period: Period) -> list[Cell]:
    slow, every = _BEHIND[by]
    place = str(each.first) if each.sure else gettext("%(first)s–%(last)s", first=each.first, last=each.last)
    return [
        _line_name(each.row),
        place if each.sure else gettext("%(place)s · tidak dapat dibedakan", place=place),
        {"text": _value(each.value, by), "href": behind_address(slow, each.row, period)},
        _between(each.within, by),
        {"text": str(format_decimal(each.n)), "href": behind_address(every, each.row, period)},
    ]


def _few_row(row: BoardRow, n: int, by: RankedBy, period: Period) -> list[Cell]:
    return [_line_name(row), {"text": str(format_decimal(n)), "href": behind_address(_BEHIND[by][1], row, period)}]


def _line_name(row: BoardRow | AgeRow) -> str:
    if row.reach is Reach.OWN:
        return gettext("%(unit)s (dipegang sendiri)", unit=row.unit.short_name)
    return row.unit.short_name


def _value(value: float, by: RankedBy) -> str:
    return share(value) if by is RankedBy.LATE else str(working_time(value))


def _between(within: Interval, by: RankedBy) -> str:
    low = gettext("tidak diketahui") if within.low is None else _value(within.low, by)
    high = gettext("tidak diketahui") if within.high is None else _value(within.high, by)
    return gettext("%(low)s sampai %(high)s", low=low, high=high)


def _age_row(row: AgeRow, period: Period, *, whole: bool) -> list[Cell]:
    reach = {"lingkup": row.reach.value} if row.reach is Reach.OWN else {}
    return [
        gettext("Seluruhnya") if whole else _line_name(row),
        *(
            {
                "text": str(format_decimal(number)),
                "href": address("behind", row.unit, period, angka=measure.value, **reach),
            }
            for measure, number in row.counts.items()
        ),
    ]


def _load_row(load: Load, scope: Scope) -> list[Cell]:
    def link(measure: Measure) -> Cell:
        number = str(format_decimal(load.counts[measure]))
        if measure is Measure.ANSWERED and not load.person_id:
            return "–"
        more = {"angka": measure.value, "lingkup": Reach.OWN.value, "petugas": load.person_id}
        return {"text": number, "href": address("behind", scope.unit, scope.period, **more)}

    oldest = "–" if load.oldest is None else day(load.oldest, scope.period.zone)
    return [
        load.name or gettext("Belum diambil siapa pun"),
        *(link(measure) for measure in LOAD),
        oldest,
        link(Measure.ANSWERED),
    ]
