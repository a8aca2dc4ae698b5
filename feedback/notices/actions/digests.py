"""Digests into the outbox: one for each person and day, or week, in working hours."""

from __future__ import annotations

from datetime import datetime

from feedback.clocks.queries import calendar_of_unit
from feedback.kernel.clock import ZONE_NAMES, local_date
from feedback.notices.models import DigestRound
from feedback.notices.queries.digests import UnitDue, readers_at, units_due
from feedback.notices.rules.digests import DigestKind, week_of
from feedback.notices.rules.hours import next_open
from feedback.storage.outbox import post
from feedback.storage.session import db, transaction

BATCH = 25


def post_digests(now: datetime) -> int:
    """Post the digests of units that begin a day or week; returns how many units were dealt with.

    What they say, and whether anything is to be said, is found out when they are sent.
    """
    dealt = 0
    for zone in ZONE_NAMES:
        today = local_date(now, zone)
        for kind, day in ((DigestKind.DAY, today), (DigestKind.WEEK, week_of(today))):
            for unit in units_due(kind, zone, day, BATCH):
                with transaction():
                    _post(unit, kind, now)
                dealt += 1
    return dealt


def _post(unit: UnitDue, kind: DigestKind, now: datetime) -> None:
    """The day's digest when the office opens, none on a closed day; the week's on the first day it is open."""
    calendar = calendar_of_unit(unit.unit_id, now).calendar
    send_at = next_open(calendar, now)
    on = calendar.local_date(send_at)
    begins = on if kind is DigestKind.DAY else week_of(on)
    people = readers_at(unit, kind, on) if begins == unit.day else []
    # A unit may count by a calendar of another zone, so the round is marked by the unit's own day whatever that says.
    db.session.add(DigestRound(unit_id=unit.unit_id, kind=kind, day=unit.day, posted=len(people)))
    for person_id in people:
        payload = {
            "kind": kind.value,
            "person_id": person_id,
            "unit_id": unit.unit_id,
            "day": unit.day.isoformat(),
        }
        post("mail.digest", f"digest:{kind}:{person_id}:{unit.day.isoformat()}", payload, at=send_at)
