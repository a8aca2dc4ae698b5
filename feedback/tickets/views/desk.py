"""The desk of officers and coordinators: tiles, the queue sorted by due."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext

from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Permission, Role
from feedback.kernel.text import clean, mark
from feedback.tickets.queries.desk import DESK_ROLES, DeskLine, Queue, desk_queue, desk_tiles, desk_zone
from feedback.tickets.rules.words import AT_UNIT
from feedback.tickets.views.blueprint import tickets
from feedback.units.queries import unit_by_slug
from feedback.units.rules import UnitRow
from feedback.web.guard import actor, requires
from feedback.web.markup import day, moment

QUEUE_LABELS = {
    Queue.TO_VERIFY: mark("Perlu diverifikasi"),
    Queue.RETURNED: mark("Dikembalikan ke kami"),
    Queue.MINE: mark("Saya pegang"),
    Queue.NOBODY: mark("Tanpa petugas"),
    Queue.UNIT: mark("Semua terbuka"),
    Queue.DUE_TODAY: mark("Tenggat hari ini"),
    Queue.DUE_SOON: mark("Tenggat dalam 3 hari"),
    Queue.OVERDUE: mark("Lewat tenggat"),
    Queue.WAITING: mark("Menunggu pelapor"),
    Queue.DISPUTED: mark("Disanggah"),
    Queue.MASKING: mark("Minta disamarkan"),
}
TONES = {Queue.OVERDUE: "late", Queue.DUE_TODAY: "warn", Queue.DISPUTED: "warn", Queue.MASKING: "warn"}
_COORDINATOR_ONLY = frozenset({Queue.TO_VERIFY, Queue.RETURNED, Queue.MASKING})


def _queue(here: Actor) -> Queue:
    asked = request.args.get("antrean", "")
    if asked in set(Queue):
        return Queue(asked)
    return Queue.TO_VERIFY if here.may(Permission.COUNTER) else Queue.UNIT


def _unit(here: Actor) -> UnitRow | None:
    slug = clean(request.args.get("unit", ""), lines=False)
    if not slug:
        return None
    unit = unit_by_slug(slug[:80])
    if unit is None or not here.reaches(unit.path, *DESK_ROLES):
        raise NotFound
    return unit


def _row(line: DeskLine) -> dict[str, object]:
    received = day(line.received_at, line.zone) if line.coarse else moment(line.received_at, line.zone)
    # The due instant is the midnight after the last day: people read that day.
    due = day(line.due_at - timedelta(microseconds=1), line.zone) if line.due_at else None
    return {"line": line, "received": received, "due": due, "nobody": line.officer is None and line.state in AT_UNIT}


@tickets.get("/meja")
@requires(Permission.DESK)
def desk() -> str:
    """The queue of this person's units."""
    here, now = actor(), utc_now()
    zone, queue, unit = desk_zone(here), _queue(here), _unit(here)
    path = unit.path if unit else None
    after, before = request.args.get("setelah"), request.args.get("sebelum")
    page = desk_queue(here, queue, now, zone, path=path, after=after, before=before)
    counts = desk_tiles(here, now, zone, path)
    coordinates = any(one.role in (Role.COORDINATOR, Role.SUPERVISOR) for one in here.memberships)
    shown = [one for one in Queue if coordinates or one not in _COORDINATOR_ONLY]
    keep: dict[str, Any] = {"unit": unit.slug} if unit else {}
    return render_template(
        "tickets/desk.html",
        tiles=[
            {
                "number": counts[one],
                "label": gettext(QUEUE_LABELS[one]),
                "href": url_for("tickets.desk", antrean=one.value, **keep),
                "tone": TONES.get(one) if counts[one] else None,
                "current": one is queue,
            }
            for one in shown
        ],
        title=gettext(QUEUE_LABELS[queue]),
        rows=[_row(line) for line in page.rows],
        pager={
            "previous_url": page.previous and url_for("tickets.desk", antrean=queue, sebelum=page.previous, **keep),
            "next_url": page.next and url_for("tickets.desk", antrean=queue, setelah=page.next, **keep),
        },
        unit=unit,
        may_register=here.may(Permission.COUNTER),
        names=sorted({one.unit_name for one in here.memberships if one.role in DESK_ROLES}),
        at=moment(now, zone),
    )
