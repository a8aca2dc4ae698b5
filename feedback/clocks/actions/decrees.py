"""A decree closes dates: calendars get new versions, and the clocks that run are counted again (rules 8 and 12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from feedback.clocks import models
from feedback.clocks.actions.counting import Counted, load, note, shown
from feedback.clocks.actions.targets import mark_breaches
from feedback.clocks.queries.stored import StoredCalendar, newest_calendars
from feedback.clocks.rules.holidays import Holiday, decreed, known_years, parse_holiday, write_holiday
from feedback.clocks.rules.words import LIVE, ClockEventKind
from feedback.storage.session import db, transaction


@dataclass(frozen=True, slots=True)
class Recount:
    """What a decree changed: keys of calendars, tickets whose deadlines were counted again, breaches now excused."""

    calendars: tuple[str, ...]
    ticket_ids: tuple[int, ...]
    excused_clock_ids: tuple[int, ...]


def decree_holidays(*, holidays: Sequence[Holiday], at: datetime) -> Recount:
    """Add closed dates to every calendar and count again what is not late yet; saying the same again changes nothing.

    They replace the undecreed dates of their years. A breach stays; where the new dates would have avoided it, it is
    excused. Whoever keeps a ticket's next deadline beside the ticket refreshes it for the tickets returned.
    """
    with transaction():
        # What ran out by the old dates is a breach first, whether or not anybody looked until now (rule 8).
        while mark_breaches(at):
            pass
        renewed = {
            version.calendar_id: version
            for version in (_renew(stored, holidays, at) for stored in newest_calendars().values())
            if version is not None
        }
        db.session.flush()
        fresh = {stored.calendar_id: stored for stored in newest_calendars().values() if stored.calendar_id in renewed}
        moved, excused = [], []
        for counted in _touched(min((each.date for each in holidays), default=at.date())) if fresh else ():
            stored = fresh.get(counted.calendar.calendar_id)
            if stored is None:
                continue
            if counted.clock.breached_at is None:
                _count_again(counted, stored, at)
                moved.append(counted.clock.ticket_id)
            elif _would_be_later(counted, stored):
                note(counted.clock, ClockEventKind.EXCUSED, at, reason="decree")
                excused.append(counted.clock.id)
        db.session.flush()
    keys = tuple(sorted(stored.calendar.key for stored in fresh.values()))
    return Recount(keys, tuple(sorted(set(moved))), tuple(excused))


def _renew(stored: StoredCalendar, holidays: Sequence[Holiday], at: datetime) -> models.CalendarVersion | None:
    """The next version of a calendar; None when the decree says nothing new to it."""
    before = db.session.scalars(
        select(models.CalendarVersion).where(models.CalendarVersion.id == stored.version_id)
    ).one()
    closed = decreed(tuple(parse_holiday(each) for each in before.closed), holidays)
    written = [write_holiday(each) for each in closed]
    years = sorted(stored.calendar.years | known_years(holidays))
    if written == before.closed and years == sorted(before.years):
        return None
    version = models.CalendarVersion(
        calendar_id=before.calendar_id,
        number=before.number + 1,
        valid_from=before.valid_from,
        week=before.week,
        exceptions=before.exceptions,
        closed=written,
        years=years,
        created_at=at,
    )
    db.session.add(version)
    return version


def _touched(first: date) -> list[Counted]:
    """The clocks a date closed from ``first`` on can matter to: live ones, and breaches that fell on or after it."""
    clock = models.Clock
    late = clock.breached_at.is_not(None) & (clock.due_date >= first)
    return load(or_(clock.state.in_(LIVE), late))


def _count_again(counted: Counted, stored: StoredCalendar, at: datetime) -> None:
    """The new version takes the place of the old one from where that began to count."""
    since = counted.counted_since
    db.session.add(models.ClockMove(clock_id=counted.clock.id, at=since, calendar_version_id=stored.version_id))
    counted.moves.append((since, stored))
    found = counted.aim()
    note(counted.clock, ClockEventKind.MOVED, at, reason="decree", due_date=shown(found))


def _would_be_later(counted: Counted, stored: StoredCalendar) -> bool:
    before = counted.clock.due_at
    counted.moves.append((counted.counted_since, stored))
    after = counted.due().at
    return before is not None and after is not None and after > before
