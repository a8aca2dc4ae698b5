"""Changes of calendars and policies: what is proposed, by whom, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from feedback.clocks import models
from feedback.clocks.queries.stored import (
    newest_calendars,
    rule_of,
)
from feedback.clocks.rules.policy import Rule
from feedback.clocks.rules.words import ChangeSubject, VersionStatus
from feedback.kernel.errors import NotFound
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



def rules_of(change_id: int) -> tuple[Rule, ...]:
    """What a change of policies says."""
    return _policy_rules(models.PolicyVersion.change_id == change_id)



def rule_before(change_id: int) -> Rule | None:
    """The version a change of a policy was made from."""
    version = models.PolicyVersion
    base = select(version.based_on_id).where(version.change_id == change_id)
    found = _policy_rules(version.id.in_(base))
    return found[0] if found else None



def lacking_years(today: date) -> Mapping[int, tuple[str, ...]]:
    """Years whose holidays some calendars lack, with their keys: this year, and from October on the next (rule 12)."""
    years = (today.year, today.year + 1) if today.month >= OCTOBER else (today.year,)
    newest = newest_calendars()
    found = {year: tuple(key for key, each in newest.items() if year not in each.calendar.years) for year in years}
    return {year: keys for year, keys in found.items() if keys}



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
