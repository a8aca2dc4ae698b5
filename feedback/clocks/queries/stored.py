"""Calendars and policies as they are stored, as the rules want them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from feedback.clocks import models
from feedback.clocks.rules.calendar import Calendar, parse
from feedback.clocks.rules.due import Amount, Unit
from feedback.clocks.rules.policy import Certainty, ClockKind, Rule, Starts
from feedback.kernel.clock import ZONE_NAMES
from feedback.kernel.errors import NotFound
from feedback.storage.session import db
from feedback.units.queries import ancestors, unit_by_id


@dataclass(frozen=True, slots=True)
class StoredCalendar:
    """One version of a calendar; ``names`` says why a date is closed."""

    version_id: int
    calendar_id: int
    calendar: Calendar
    names: Mapping[date, str]

    @property
    def zone(self) -> str:
        """Its IANA zone."""
        return self.calendar.zone.key


def policy_rules() -> tuple[Rule, ...]:
    """Every stored rule, a policy's newest version first."""
    policy, version = models.Policy, models.PolicyVersion
    rows = db.session.execute(
        select(policy.code, policy.clock, version)
        .join(policy, policy.id == version.policy_id)
        .order_by(policy.code, version.number.desc())
    )
    return tuple(_rule(code, clock, stored) for code, clock, stored in rows)


def calendar_of_unit(unit_id: int, at: datetime) -> StoredCalendar:
    """The calendar that counts for a unit at an instant: its own, else its nearest parent's, else that of its zone."""
    unit = unit_by_id(unit_id)
    if unit is None:
        raise NotFound()
    line = (unit,) if unit.calendar_key else (*ancestors(unit), unit)
    keys = [each.calendar_key for each in reversed(line) if each.calendar_key]
    keys.append(ZONE_NAMES[unit.zone].lower())
    version, calendar = models.CalendarVersion, models.Calendar
    rows = db.session.execute(
        _versions()
        .where(calendar.key.in_(keys), version.valid_from <= at.astimezone(UTC).date() + timedelta(days=1))
        .order_by(version.valid_from, version.number)
    )
    newest: dict[str, StoredCalendar] = {}
    for stored, valid_from in ((_stored(*row), row[0].valid_from) for row in rows):
        if valid_from <= stored.calendar.local_date(at):
            newest[stored.calendar.key] = stored
    for key in keys:
        if key in newest:
            return newest[key]
    raise NotFound()


def calendar_versions(ids: Collection[int]) -> dict[int, StoredCalendar]:
    """These versions by id."""
    if not ids:
        return {}
    rows = db.session.execute(_versions().where(models.CalendarVersion.id.in_(sorted(set(ids)))))
    return {stored.version_id: stored for stored in (_stored(*row) for row in rows)}


def newest_calendars() -> dict[str, StoredCalendar]:
    """The newest version of every calendar, by key."""
    version = models.CalendarVersion
    newest = select(func.max(version.id)).group_by(version.calendar_id)
    rows = db.session.execute(_versions().where(version.id.in_(newest)).order_by(models.Calendar.key))
    return {stored.calendar.key: stored for stored in (_stored(*row) for row in rows)}


def calendars_without(year: int) -> tuple[str, ...]:
    """Keys of the calendars that do not know the holidays of a year; asked from October on for the next (rule 12)."""
    return tuple(key for key, stored in newest_calendars().items() if year not in stored.calendar.years)


def _rule(code: str, clock: str, stored: models.PolicyVersion) -> Rule:
    amount = None if stored.amount is None or stored.unit is None else Amount(stored.amount, Unit(stored.unit))
    return Rule(
        code=code,
        clock=ClockKind(clock),
        ticket_kind=stored.ticket_kind,
        grade=stored.grade,
        amount=amount,
        extension=stored.extension,
        starts_at=Starts(stored.starts_at),
        pausable=stored.pausable,
        rank=stored.rank,
        source=stored.source,
        certainty=Certainty(stored.certainty),
        valid_from=stored.valid_from,
        valid_until=stored.valid_until,
        version_id=stored.id,
    )


def _versions() -> Select[Any]:
    version, calendar = models.CalendarVersion, models.Calendar
    return select(version, calendar.key, calendar.zone).join(calendar, calendar.id == version.calendar_id)


def _stored(version: models.CalendarVersion, key: str, zone: str) -> StoredCalendar:
    written = {
        "zone": zone,
        "week": version.week,
        "exceptions": version.exceptions,
        "closed": [each["date"] for each in version.closed],
        "years": version.years,
    }
    return StoredCalendar(version.id, version.calendar_id, parse(key, written), _names(version.closed))


def _names(closed: Iterable[Mapping[str, str]]) -> dict[date, str]:
    return {date.fromisoformat(each["date"]): each["name"] for each in closed}
