"""The list behind a number."""

from __future__ import annotations

from flask import Response, render_template, request

from feedback.insight.actions import note_export
from feedback.insight.queries.listing import Behind, all_lines, behind, question
from feedback.insight.rules.figures import Reach
from feedback.insight.rules.measures import LABELS, MEANINGS, OPEN_NOW, Measure
from feedback.insight.rules.period import Period
from feedback.insight.views.asking import Asked, address, asked, asks_for_file
from feedback.insight.views.blueprint import insight
from feedback.insight.views.files import list_file
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Permission
from feedback.tickets.rules.words import STATE_LABELS
from feedback.web.guard import fresh_when, requires


@insight.get("/daftar", endpoint="behind")
@requires(Permission.BOARD)
@fresh_when(asks_for_file)
def listing() -> Response | str | tuple[str, int]:
    """Exactly the rows a number counts."""
    about = asked()
    if about.period is None:
        return render_template("insight/period.html", form=about.form, unit=about.unit), 422
    measure, reach = _measure(), _reach()
    rows = question(measure, about.scope(about.period, reach), about.actor)
    if about.wants_csv:
        note_export(measure.value, about.unit.id, about.actor)
        return list_file(all_lines(rows), measure.value, about.unit.slug, about.period)
    found = behind(rows, after=request.args.get("setelah"), before=request.args.get("sebelum"))
    return _page(about, about.period, measure, reach, found)


def _page(about: Asked, period: Period, measure: Measure, reach: Reach, found: Behind) -> str:
    same = {name: request.args[name] for name in ("sisi", "nilai", "petugas") if name in request.args}
    same |= {"angka": measure.value, **({"lingkup": reach.value} if reach is Reach.OWN else {})}
    page = found.page
    return render_template(
        "insight/list.html",
        unit=about.unit,
        period=period,
        now=about.now,
        own=reach is Reach.OWN,
        is_now=measure in OPEN_NOW,
        title=LABELS[measure],
        meaning=MEANINGS[measure],
        found=found,
        states=STATE_LABELS,
        board_href=address("board", about.unit, period),
        csv_href=address("behind", about.unit, period, format="csv", **same),
        pages={
            "previous_url": page.previous and address("behind", about.unit, period, sebelum=page.previous, **same),
            "next_url": page.next and address("behind", about.unit, period, setelah=page.next, **same),
        },
    )


def _measure() -> Measure:
    try:
        return Measure(request.args.get("angka", Measure.RECEIVED))
    except ValueError:
        raise NotFound() from None


def _reach() -> Reach:
    try:
        return Reach(request.args.get("lingkup", Reach.SUBTREE))
    except ValueError:
        raise NotFound() from None
