"""Whether what a report names is there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select

from feedback.catalogue.models import Service, Topic
from feedback.storage.session import db
from feedback.units.models import Region, Unit


@dataclass(frozen=True, slots=True)
class Known:
    """Which of the choices exist; for one that was not made the answer means nothing."""

    topic: bool
    region: bool
    service: bool
    unit: bool


def known_choices(*, topic_id: int, region_code: str, service_id: int | None, unit_id: int | None) -> Known:
    """All four questions in one statement."""
    asked = (
        exists().where(Topic.id == topic_id),
        exists().where(Region.code == region_code),
        exists().where(Service.id == service_id),
        exists().where(Unit.id == unit_id),
    )
    return Known(*(bool(found) for found in db.session.execute(select(*asked)).one()))
