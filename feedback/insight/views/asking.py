"""Reads what a request asks of the room: unit, period, reach; and makes the addresses that ask it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from feedback.insight.forms import BoardForm
from feedback.insight.queries.cohort import watched_units
from feedback.insight.rules.facts import TOLD_APART, Basis, Dimension
from feedback.insight.rules.figures import BoardRow, Reach
from feedback.insight.rules.measures import Measure
from feedback.insight.rules.period import Period, presets
from feedback.insight.rules.scope import Scope, chosen_unit, heads
from feedback.kernel.actor import Actor
from feedback.kernel.clock import local_date, utc_now
from feedback.kernel.errors import NotFound
from feedback.kernel.text import mark
from feedback.units.rules import UnitRow
from feedback.web.guard import actor

ROOMS = (
    ("board", mark("Papan")),
    ("trend", mark("Dari waktu ke waktu")),
    ("helping", mark("Siapa perlu bantuan")),
    ("told_apart", mark("Menurut topik dan lainnya")),
    ("flow", mark("Macet di mana")),
)
BASIS_LABELS = {Basis.RECEIVED: mark("Masuk dalam periode"), Basis.ANSWERED: mark("Dijawab dalam periode")}


_ID_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: who asks, of which units they may ask, of which one they do. ``period`` None: it makes no sense."""

    form: BoardForm
    actor: Actor
    watched: tuple[UnitRow, ...]
    unit: UnitRow
    period: Period | None
    now: datetime

    def scope(self, period: Period, reach: Reach = Reach.SUBTREE) -> Scope:
        """The rounds this question is about."""
        return Scope(self.unit, period, self.now, reach, basis(), part(), self._official())

    def _official(self) -> int | None:
        """The official asked about; NotFound unless the head of the unit asks."""
        asked_for = request.args.get("petugas")
        if asked_for is None:
            return None
        if not heads(self.actor, self.unit) or not (asked_for.isdecimal() and len(asked_for) < _ID_DIGITS):
            raise NotFound()
        return int(asked_for)

    @property
    def wants_csv(self) -> bool:
        """Whether a file is asked for instead of a page."""
        return asks_for_file()


def asked() -> Asked:
    """The question of this request; NotFound for a unit the actor does not watch over."""
    now, here = utc_now(), actor()
    watched = watched_units(here)
    form = BoardForm(request.args)
    unit = chosen_unit(watched, form.unit.data or "")
    form.offer(watched, unit)
    return Asked(form, here, watched, unit, form.period(local_date(now, unit.zone), unit.zone), now)


def address(endpoint: str, unit: UnitRow, period: Period, **more: Any) -> str:
    """The address of a page of the room for a unit and a period."""
    first, last = period.first.isoformat(), period.last.isoformat()
    if basis() is not Basis.RECEIVED:
        more = {"dasar": basis().value, **more}
    return url_for(f"insight.{endpoint}", unit=unit.slug, dari=first, sampai=last, **more)


def basis() -> Basis:
    """Which rounds the request's period takes in; NotFound for a word nobody offered."""
    try:
        return Basis(request.args.get("dasar") or Basis.RECEIVED)
    except ValueError:
        raise NotFound() from None


def part() -> tuple[Dimension, str] | None:
    """The value of a dimension the request is narrowed to."""
    value = request.args.get("nilai")
    return None if value is None else (dimension(), value[:80])


def dimension() -> Dimension:
    """The dimension the request asks to tell apart by, topics unless it says; NotFound for an unknown one."""
    found = next((one for one in TOLD_APART if one == request.args.get("sisi", Dimension.TOPIC)), None)
    if found is None:
        raise NotFound()
    return found


def behind_address(measure: Measure, row: BoardRow, period: Period) -> str:
    """The address of the list behind a number of a row."""
    reach = {"lingkup": row.reach.value} if row.reach is Reach.OWN else {}
    return address("behind", row.unit, period, angka=measure.value, **reach)


def preset_links(unit: UnitRow, period: Period, now: datetime) -> list[dict[str, Any]]:
    """Tabs for the periods offered by name."""
    return [
        {
            "label": gettext(preset.label) if preset.label else str(preset.year),
            "href": address("board", unit, Period(preset.first, preset.last, unit.zone)),
            "current": (preset.first, preset.last) == (period.first, period.last),
            "count": None,
        }
        for preset in presets(local_date(now, unit.zone))
    ]


def trail(unit: UnitRow, watched: Sequence[UnitRow], period: Period) -> list[dict[str, str]]:
    """The units above the chosen one that the actor watches over too, as links."""
    above = [other for other in watched if other.id != unit.id and unit.path.startswith(other.path)]
    return [{"href": address("board", other, period), "label": other.short_name} for other in above]


def room_links(unit: UnitRow, period: Period, here: str) -> list[dict[str, Any]]:
    """Tabs between the pages of the room."""
    return [
        {
            "label": gettext(label),
            "href": address(endpoint, unit, period),
            "current": endpoint == here,
            "count": None,
        }
        for endpoint, label in ROOMS
    ]


def basis_links(unit: UnitRow, period: Period) -> list[dict[str, Any]]:
    """Tabs between the two ways of being in a period."""
    first, last = period.first.isoformat(), period.last.isoformat()
    return [
        {
            "label": gettext(label),
            "href": url_for("insight.board", unit=unit.slug, dari=first, sampai=last, dasar=one.value),
            "current": one is basis(),
            "count": None,
        }
        for one, label in BASIS_LABELS.items()
    ]


def asks_for_file() -> bool:
    """Whether figures are to be taken away, which needs a fresh second factor."""
    return request.args.get("format") == "csv"
