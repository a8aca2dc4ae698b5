"""Calendars and policies as they are stored, as the rules want them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from feedback.clocks import models
from feedback.clocks.rules.calendar import Calendar, parse
from feedback.clocks.rules.due import Amount, Unit
from feedback.clocks.rules.holidays import Holiday, parse_holiday
from feedback.clocks.rules.policy import Certainty, ClockKind, Rule, Starts
from feedback.clocks.rules.versions import Content, first_moment
from feedback.clocks.rules.words import VersionStatus
from feedback.kernel.clock import ZONE_NAMES
from feedback.kernel.errors import NotFound
from feedback.storage.session import db
from feedback.units.queries import ancestors, unit_by_id, units_by_ids
from feedback.units.rules import UnitRow, path_ids


@dataclass(frozen=True, slots=True)
class StoredCalendar:
    """One version of a calendar; ``holidays`` are its closed dates with the reason of each."""

    version_id: int
    calendar_id: int
    name: str
    number: int
    valid_from: date
    calendar: Calendar
    holidays: tuple[Holiday, ...]

    @property
    def zone(self) -> str:
        """Its IANA zone."""
        return self.calendar.zone.key

    @property
    def names(self) -> Mapping[date, str]:
        """Why each closed date is closed."""
        return {each.date: each.name for each in self.holidays}

    @property
    def content(self) -> Content:
        """Everything it says."""
        return Content(self.calendar.week, self.calendar.exceptions, self.holidays, self.calendar.years)


@dataclass(frozen=True, slots=True)
class Line:
    """Which calendar counts from some instant on: ``current``, and after it others from the instants of ``later``."""

    current: StoredCalendar
    later: tuple[tuple[datetime, StoredCalendar], ...] = ()


def policy_rules() -> tuple[Rule, ...]:
    """Every published rule, a policy's newest version first."""
    return _rules(models.PolicyVersion.status == VersionStatus.PUBLISHED)


def every_rule() -> dict[int, Rule]:
    """Every rule that ever counted or may count, by the id of its version: a clock keeps the one it was started by."""
    return {rule.version_id: rule for rule in _rules() if rule.version_id is not None}


def calendar_of_unit(unit_id: int, at: datetime) -> StoredCalendar:
    """The calendar that counts for a unit at an instant: its own, else its nearest parent's, else that of its zone."""
    return line_of_unit(unit_id, at).current


def line_of_unit(unit_id: int, at: datetime) -> Line:
    """The calendar that counts for a unit at an instant, and the versions already published for a later date."""
    unit = unit_by_id(unit_id)
    if unit is None:
        raise NotFound()
    line = (unit,) if unit.calendar_key else (*ancestors(unit), unit)
    keys = [each.calendar_key for each in reversed(line) if each.calendar_key]
    keys.append(ZONE_NAMES[unit.zone].lower())
    by_key: dict[str, list[StoredCalendar]] = {}
    for stored in _calendars(_published().where(models.Calendar.key.in_(keys))):
        by_key.setdefault(stored.calendar.key, []).append(stored)
    found = _line([by_key[key] for key in keys if key in by_key], at)
    if found is None:
        raise NotFound()
    return found


def calendars_of_units(units: Sequence[UnitRow], at: datetime) -> dict[int, StoredCalendar]:
    """The calendar that counts for each unit at an instant, as ``calendar_of_unit`` finds it; two statements."""
    keys = _keys_by_id({id_ for unit in units for id_ in path_ids(unit.path)})
    counting = counting_calendars()
    found: dict[int, StoredCalendar] = {}
    for unit in units:
        line = (keys.get(id_) for id_ in reversed(path_ids(unit.path)))
        wanted = (*(key for key in line if key), ZONE_NAMES[unit.zone].lower())
        chosen = _chosen([counting[key] for key in wanted if key in counting], at)
        if chosen is None:
            raise NotFound()
        found[unit.id] = chosen
    return found


def _keys_by_id(unit_ids: Collection[int]) -> dict[int, str | None]:
    return {unit.id: unit.calendar_key for unit in units_by_ids(unit_ids).values()}


def line_of_versions(versions: Sequence[StoredCalendar], at: datetime) -> Line:
    """The same for the versions of one calendar; before the first of them the first counts."""
    found = _line([sorted(versions, key=_rank)], at)
    return found or Line(min(versions, key=_rank))


def _line(candidates: Sequence[Sequence[StoredCalendar]], at: datetime) -> Line | None:
    """``candidates``: versions of each calendar in the order they count, the nearest calendar first."""
    current = _chosen(candidates, at)
    if current is None:
        return None
    later: list[tuple[datetime, StoredCalendar]] = []
    coming = {first_moment(each.valid_from, each.calendar.zone) for versions in candidates for each in versions}
    last = current
    for moment in sorted(each for each in coming if each > at):
        chosen = _chosen(candidates, moment)
        if chosen is not None and chosen.version_id != last.version_id:
            later.append((moment, chosen))
            last = chosen
    return Line(current, tuple(later))


def _chosen(candidates: Sequence[Sequence[StoredCalendar]], at: datetime) -> StoredCalendar | None:
    for versions in candidates:
        begun = [each for each in versions if each.valid_from <= each.calendar.local_date(at)]
        if begun:
            return begun[-1]
    return None


def _rank(stored: StoredCalendar) -> tuple[date, int]:
    return stored.valid_from, stored.number


def calendar_versions(ids: Collection[int]) -> dict[int, StoredCalendar]:
    """These versions by id, whatever became of them."""
    if not ids:
        return {}
    wanted = _versions().where(models.CalendarVersion.id.in_(sorted(set(ids))))
    return {stored.version_id: stored for stored in _calendars(wanted)}


def newest_calendars() -> dict[str, StoredCalendar]:
    """The published version of every calendar that counts from the latest date on, by key."""
    return {key: versions[-1] for key, versions in counting_calendars().items()}


def counting_calendars() -> dict[str, tuple[StoredCalendar, ...]]:
    """Every calendar's versions that count on some date, in the order of those dates, by key."""
    found: dict[str, dict[date, StoredCalendar]] = {}
    for stored in sorted(_calendars(_published()), key=lambda each: (each.calendar.key, *_rank(each))):
        found.setdefault(stored.calendar.key, {})[stored.valid_from] = stored
    return {key: tuple(versions.values()) for key, versions in found.items()}


def calendars_without(year: int) -> tuple[str, ...]:
    """Keys of the calendars that do not know the holidays of a year; asked from October on for the next (rule 12)."""
    return tuple(key for key, stored in newest_calendars().items() if year not in stored.calendar.years)


def _rules(*conditions: Any) -> tuple[Rule, ...]:
    policy, version = models.Policy, models.PolicyVersion
    rows = db.session.execute(
        select(policy.code, policy.clock, version)
        .join(policy, policy.id == version.policy_id)
        .where(*conditions)
        .order_by(policy.code, version.number.desc())
    )
    return tuple(rule_of(code, clock, stored) for code, clock, stored in rows)


def rule_of(code: str, clock: str, stored: models.PolicyVersion) -> Rule:
    """A stored version as the rules want it."""
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
    joined = select(version, calendar.key, calendar.zone, calendar.name).join(
        calendar, calendar.id == version.calendar_id
    )
    return joined.order_by(version.valid_from, version.number)


def _published() -> Select[Any]:
    return _versions().where(models.CalendarVersion.status == VersionStatus.PUBLISHED)


def _calendars(statement: Select[Any]) -> list[StoredCalendar]:
    return [_stored(*row) for row in db.session.execute(statement)]


def _stored(version: models.CalendarVersion, key: str, zone: str, name: str) -> StoredCalendar:
    written = {
        "zone": zone,
        "week": version.week,
        "exceptions": version.exceptions,
        "closed": [each["date"] for each in version.closed],
        "years": version.years,
    }
    return StoredCalendar(
        version_id=version.id,
        calendar_id=version.calendar_id,
        name=name,
        number=version.number,
        valid_from=version.valid_from,
        calendar=parse(key, written),
        holidays=tuple(parse_holiday(each) for each in version.closed),
    )
