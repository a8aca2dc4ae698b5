"""New calendars, for a province, an agency or a unit with hours of its own."""

from __future__ import annotations

import re

from sqlalchemy import select

from feedback.clocks import models
from feedback.kernel.clock import ZONE_NAMES
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.kernel.text import mark
from feedback.storage.session import db, transaction

_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_KEY = 80


def create_calendar(*, key: str, name: str, zone: str, parent_id: int | None) -> int:
    """A calendar without versions: it counts for nobody until its first one is published. Returns its id.

    It follows its parent in everything it does not say otherwise. ``Invalid`` for a key that is no short word in small
    letters or an unknown zone, ``Conflict`` for a key that is taken, ``NotFound`` for an unknown parent.
    """
    if not _KEY.fullmatch(key) or len(key) > LONGEST_KEY:
        raise Invalid(mark("Tulis kunci dengan huruf kecil, angka, dan tanda hubung."), field="key")
    if zone not in ZONE_NAMES:
        raise Invalid(mark("Zona waktu tidak dikenal."), field="zone")
    with transaction():
        if db.session.scalar(select(models.Calendar.id).where(models.Calendar.key == key)) is not None:
            raise Conflict(mark("Kunci ini sudah dipakai kalender lain."))
        if parent_id is not None and db.session.get(models.Calendar, parent_id) is None:
            raise NotFound()
        calendar = models.Calendar(key=key, name=name, zone=zone, parent_id=parent_id)
        db.session.add(calendar)
        db.session.flush()
        return calendar.id
