"""Who gets a unit's report each month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from feedback.insight.models import ReportSubscription
from feedback.people.models import Person
from feedback.storage.session import db
from feedback.units.models import Unit


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A subscription; ``last_month``: the first date of the newest month that was ordered, ``ended_at``: over since."""

    id: int
    person_id: int
    person_name: str
    email: str
    unit_id: int
    unit_slug: str
    unit_name: str
    zone: str
    created_at: datetime
    last_month: date
    snapshot_id: str | None
    ended_at: datetime | None
    ended_why: str | None


def subscriptions_of(person_id: int) -> tuple[SubscriptionRow, ...]:
    """A person's own, ended ones too, by the name of the unit."""
    return _found(_rows().where(ReportSubscription.person_id == person_id))


def every_subscription() -> tuple[SubscriptionRow, ...]:
    """All, by unit and person."""
    return _found(_rows())


def subscription(id_: int) -> SubscriptionRow | None:
    """One by its id."""
    return next(iter(_found(_rows().where(ReportSubscription.id == id_))), None)


def running_before(month: date) -> tuple[SubscriptionRow, ...]:
    """Those that were not ordered for a month yet."""
    running = ReportSubscription.ended_at.is_(None), ReportSubscription.last_month < month
    return _found(_rows().where(*running))


def _rows() -> Select[Any]:
    one = ReportSubscription
    return (
        select(
            one.id, one.person_id, Person.name.label("person_name"), Person.email, one.unit_id,
            Unit.slug.label("unit_slug"), Unit.name.label("unit_name"), Unit.zone, one.created_at, one.last_month,
            one.snapshot_id, one.ended_at, one.ended_why,
        )
        .join(Person, Person.id == one.person_id)
        .join(Unit, Unit.id == one.unit_id)
        .order_by(Unit.name, Person.name, one.id)
    )  # fmt: skip


def _found(statement: Select[Any]) -> tuple[SubscriptionRow, ...]:
    return tuple(SubscriptionRow(*row) for row in db.session.execute(statement))
