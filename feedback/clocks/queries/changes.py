"""Changes of calendars and policies: what is proposed, by whom, and how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from feedback.clocks import models
from feedback.clocks.queries.stored import (
    StoredCalendar,
    calendar_versions,
    counting_calendars,
    newest_calendars,
    rule_of,
)
from feedback.clocks.rules.calendar import SpecialHours, Week
from feedback.clocks.rules.holidays import Holiday
from feedback.clocks.rules.policy import Rule
from feedback.clocks.rules.versions import Content, Proposal, following, with_decree, with_hours
from feedback.clocks.rules.words import ChangeSubject, VersionStatus
from feedback.kernel.clock import ZONE_NAMES
from feedback.kernel.errors import Invalid, NotFound
from feedback.kernel.text import mark
from feedback.people.models import Person
from feedback.storage.session import db

OCTOBER = 10


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar by its name; ``parent_key`` is the one it follows."""

    id: int
    key: str
    name: str
    zone: str
    parent_id: int | None
    parent_key: str | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a calendar or policy as its history shows it."""

    id: int
    number: int
    valid_from: date
    created_at: datetime
    status: VersionStatus
    change_id: int | None
    title: str | None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change with the people who made, approved and published it; ``summary`` is what its publication did."""

    id: int
    subject: ChangeSubject
    status: VersionStatus
    title: str
    reason: str
    made_at: datetime
    made_by_id: int | None
    made_by: str | None
    approved_at: datetime | None
    approved_by: str | None
    published_at: datetime | None
    published_by: str | None
    restores_id: int | None
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hours:
    """What one calendar is to say from a date on."""

    valid_from: date
    week: Week
    exceptions: tuple[SpecialHours, ...]
    local: tuple[Holiday, ...]
    opened: frozenset[date]


def calendars() -> tuple[CalendarRow, ...]:
    """Every calendar by key, those without a published version too."""
    calendar = models.Calendar
    rows = db.session.execute(
        select(calendar.id, calendar.key, calendar.name, calendar.zone, calendar.parent_id).order_by(calendar.key)
    ).all()
    keys = {row.id: row.key for row in rows}
    return tuple(
        CalendarRow(row.id, row.key, row.name, row.zone, row.parent_id, keys.get(row.parent_id)) for row in rows
    )


def calendar_history(calendar_id: int) -> tuple[VersionRow, ...]:
    """Every version of a calendar, newest first."""
    return _history(models.CalendarVersion, models.CalendarVersion.calendar_id == calendar_id)


def policy_history(code: str) -> tuple[VersionRow, ...]:
    """Every version of a policy, newest first."""
    mine = select(models.Policy.id).where(models.Policy.code == code).scalar_subquery()
    return _history(models.PolicyVersion, models.PolicyVersion.policy_id == mine)


def changes(subject: ChangeSubject, *, limit: int = 50) -> tuple[ChangeRow, ...]:
    """The newest changes of calendars, or of policies."""
    wanted = _changes().where(models.TimingChange.subject == subject)
    rows = db.session.execute(wanted.order_by(models.TimingChange.id.desc()).limit(limit))
    return tuple(_change_row(row) for row in rows)


def change(change_id: int) -> ChangeRow:
    """One change; ``NotFound`` when there is none."""
    row = db.session.execute(_changes().where(models.TimingChange.id == change_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _change_row(row)


def proposals_of(change_id: int) -> tuple[Proposal, ...]:
    """What a change of calendars says, beside what each version was made from."""
    version = models.CalendarVersion
    rows = db.session.execute(select(version.id, version.based_on_id).where(version.change_id == change_id)).all()
    stored = calendar_versions([each for row in rows for each in row if each is not None])
    return tuple(_stored_proposal(stored[row.id], row.based_on_id, stored) for row in rows)


def rules_of(change_id: int) -> tuple[Rule, ...]:
    """What a change of policies says."""
    return _policy_rules(models.PolicyVersion.change_id == change_id)


def rule_before(change_id: int) -> Rule | None:
    """The version a change of a policy was made from."""
    version = models.PolicyVersion
    base = select(version.based_on_id).where(version.change_id == change_id)
    found = _policy_rules(version.id.in_(base))
    return found[0] if found else None


def propose_holidays(holidays: Sequence[Holiday], *, whole_years: bool) -> tuple[Proposal, ...]:
    """What a decree makes of every calendar: those at the top take it, those below follow them."""
    rows = {row.id: row for row in calendars()}
    found = []
    for versions in counting_calendars().values():
        if rows[versions[0].calendar_id].parent_id is None:
            tops = [_over(each, with_decree(each.content, holidays, whole_years=whole_years)) for each in versions]
            found += [proposal for top in tops for proposal in (top, *_below(top, rows))]
    return tuple(each for each in found if each.before != each.after)


def propose_hours(calendar_id: int, hours: Hours) -> tuple[Proposal, ...]:
    """What a calendar and those below it are to say from a date on. ``Invalid`` before its first version begins."""
    rows = {row.id: row for row in calendars()}
    if calendar_id not in rows:
        raise NotFound()
    base = _base(rows[calendar_id], rows)
    if base is None or hours.valid_from < base.valid_from:
        raise Invalid(mark("Tanggal ini sebelum kalender dimulai."), field="valid_from")
    counting = _counting_on(calendar_id, hours.valid_from) or base
    after = with_hours(
        counting.content, week=hours.week, exceptions=hours.exceptions, local=hours.local, opened=hours.opened
    )
    after.calendar(rows[calendar_id].key, counting.calendar.zone)
    first = counting.calendar_id != calendar_id
    top = Proposal(
        calendar_id=calendar_id,
        key=rows[calendar_id].key,
        zone=ZoneInfo(rows[calendar_id].zone),
        valid_from=hours.valid_from,
        based_on=None if first else counting.version_id,
        before=None if first else counting.content,
        after=after,
    )
    return (top, *_below(top, rows))


def base_of(calendar_id: int) -> StoredCalendar | None:
    """What a new version of a calendar is made from: its newest one, else that of the one it follows or of its zone."""
    rows = {row.id: row for row in calendars()}
    return _base(rows[calendar_id], rows) if calendar_id in rows else None


def nationally_closed(calendar_id: int) -> Mapping[date, Holiday]:
    """The closed dates of the calendar above, from which one below may differ."""
    row = next((each for each in calendars() if each.id == calendar_id), None)
    above = newest_calendars().get(row.parent_key or "") if row else None
    return {each.date: each for each in above.holidays} if above else {}


def lacking_years(today: date) -> Mapping[int, tuple[str, ...]]:
    """Years whose holidays some calendars lack, with their keys: this year, and from October on the next (rule 12)."""
    years = (today.year, today.year + 1) if today.month >= OCTOBER else (today.year,)
    newest = newest_calendars()
    found = {year: tuple(key for key, each in newest.items() if year not in each.calendar.years) for year in years}
    return {year: keys for year, keys in found.items() if keys}


def _base(row: CalendarRow, rows: Mapping[int, CalendarRow]) -> StoredCalendar | None:
    newest = newest_calendars()
    line: CalendarRow | None = row
    while line is not None:
        if line.key in newest:
            return newest[line.key]
        line = rows.get(line.parent_id) if line.parent_id else None
    return newest.get(ZONE_NAMES.get(row.zone, "").lower())


def _counting_on(calendar_id: int, day: date) -> StoredCalendar | None:
    versions = [each for every in counting_calendars().values() for each in every if each.calendar_id == calendar_id]
    begun = [each for each in versions if each.valid_from <= day]
    return begun[-1] if begun else None


def _below(top: Proposal, rows: Mapping[int, CalendarRow]) -> Iterable[Proposal]:
    """What the calendars that follow this one say after it changed, from the same date on."""
    if top.before is None:
        return
    for row in rows.values():
        if row.parent_id != top.calendar_id:
            continue
        counting = _counting_on(row.id, top.valid_from) or _first(row.id)
        if counting is None:
            continue
        own = _over(counting, following(counting.content, top.before, top.after))
        own = replace(own, valid_from=max(top.valid_from, counting.valid_from))
        yield own
        yield from _below(own, rows)


def _first(calendar_id: int) -> StoredCalendar | None:
    versions = [each for every in counting_calendars().values() for each in every if each.calendar_id == calendar_id]
    return versions[0] if versions else None


def _over(stored: StoredCalendar, after: Content) -> Proposal:
    return Proposal(
        calendar_id=stored.calendar_id,
        key=stored.calendar.key,
        zone=stored.calendar.zone,
        valid_from=stored.valid_from,
        based_on=stored.version_id,
        before=stored.content,
        after=after,
    )


def _stored_proposal(stored: StoredCalendar, based_on: int | None, versions: Mapping[int, StoredCalendar]) -> Proposal:
    before = versions[based_on].content if based_on else None
    return replace(_over(stored, stored.content), based_on=based_on, before=before)


def _policy_rules(condition: Any) -> tuple[Rule, ...]:
    policy, version = models.Policy, models.PolicyVersion
    rows = db.session.execute(
        select(policy.code, policy.clock, version).join(policy, policy.id == version.policy_id).where(condition)
    )
    return tuple(rule_of(code, clock, stored) for code, clock, stored in rows)


def _history(table: Any, mine: Any) -> tuple[VersionRow, ...]:
    rows = db.session.execute(
        select(
            table.id, table.number, table.valid_from, table.created_at, table.status, table.change_id,
            models.TimingChange.title,
        )
        .outerjoin(models.TimingChange, models.TimingChange.id == table.change_id)
        .where(mine)
        .order_by(table.number.desc())
    )  # fmt: skip
    return tuple(
        VersionRow(id_, number, valid_from, at, VersionStatus(status), change_id, title)
        for id_, number, valid_from, at, status, change_id, title in rows
    )


def _changes() -> Select[Any]:
    made, approved, published = (select(Person.id, Person.name).subquery() for _ in range(3))
    row = models.TimingChange
    return (
        select(
            row.id, row.subject, row.status, row.title, row.reason, row.made_at, row.made_by_id,
            made.c.name.label("made_by"), row.approved_at, approved.c.name.label("approved_by"), row.published_at,
            published.c.name.label("published_by"), row.restores_id, row.summary,
        )
        .outerjoin(made, made.c.id == row.made_by_id)
        .outerjoin(approved, approved.c.id == row.approved_by_id)
        .outerjoin(published, published.c.id == row.published_by_id)
    )  # fmt: skip


def _change_row(row: Any) -> ChangeRow:
    values = dict(row._mapping)
    values["subject"], values["status"] = ChangeSubject(values["subject"]), VersionStatus(values["status"])
    return ChangeRow(**values)
