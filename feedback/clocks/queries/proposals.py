"""What changes of calendars say: proposed by a decree or by hand, for a calendar and those that follow it, or kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from feedback.clocks import models
from feedback.clocks.queries.changes import CalendarRow, calendars
from feedback.clocks.queries.stored import (
    StoredCalendar,
    calendar_versions,
    counting_calendars,
    newest_calendars,
)
from feedback.clocks.rules.calendar import SpecialHours, Week
from feedback.clocks.rules.holidays import Holiday
from feedback.clocks.rules.versions import Content, Proposal, following, with_decree, with_hours
from feedback.kernel.clock import ZONE_NAMES
from feedback.kernel.errors import Invalid, NotFound
from feedback.kernel.text import mark
from feedback.storage.session import db


@dataclass(frozen=True, slots=True)
class Hours:
    """What one calendar is to say from a date on."""

    valid_from: date
    week: Week
    exceptions: tuple[SpecialHours, ...]
    local: tuple[Holiday, ...]
    opened: frozenset[date]


def proposals_of(change_id: int) -> tuple[Proposal, ...]:
    """What a change of calendars says, beside what each version was made from."""
    version = models.CalendarVersion
    rows = db.session.execute(select(version.id, version.based_on_id).where(version.change_id == change_id)).all()
    stored = calendar_versions([each for row in rows for each in row if each is not None])
    return tuple(_stored_proposal(stored[row.id], row.based_on_id, stored) for row in rows)


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
