"""The calendars of the three zones and the default policies, from the shipped files."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from feedback.clocks import models
from feedback.clocks.actions.versions import version_of
from feedback.clocks.data import shipped_holidays, shipped_rules
from feedback.clocks.queries.stored import newest_calendars
from feedback.clocks.rules.calendar import parse_week, write_week
from feedback.clocks.rules.holidays import Holiday, known_years, write_holiday
from feedback.kernel.clock import ZONE_NAMES, utc_now
from feedback.storage.session import db, transaction

# A version that counts for every instant the platform knows.
SINCE = date(2000, 1, 1)
_MORNING, _AFTERNOON = ["08:00", "12:00"], ["13:00", "16:00"]
OFFICE_WEEK = parse_week(
    {
        **{day: [_MORNING, _AFTERNOON] for day in ("mon", "tue", "wed", "thu")},
        "fri": [["08:00", "11:30"], ["13:00", "16:30"]],
    }
)


def seed_calendars_and_policies(now: datetime | None = None) -> None:
    """Write what the files have and the database has not; what administrators changed is left alone."""
    at = now or utc_now()
    with transaction():
        _seed_calendars(at)
        _seed_policies(at)


def _seed_calendars(at: datetime) -> None:
    there = newest_calendars()
    missing = {zone: name for zone, name in ZONE_NAMES.items() if name.lower() not in there}
    calendars = [
        models.Calendar(key=name.lower(), name=f"Kantor pemerintah {name}", zone=zone) for zone, name in missing.items()
    ]
    db.session.add_all(calendars)
    db.session.flush()
    holidays = shipped_holidays()
    db.session.add_all([_first_version(calendar.id, holidays, at) for calendar in calendars])
    db.session.flush()


def _first_version(calendar_id: int, holidays: tuple[Holiday, ...], at: datetime) -> models.CalendarVersion:
    return models.CalendarVersion(
        calendar_id=calendar_id,
        number=1,
        valid_from=SINCE,
        week=dict(write_week(OFFICE_WEEK)),
        exceptions=[],
        closed=[write_holiday(holiday) for holiday in holidays],
        years=sorted(known_years(holidays)),
        created_at=at,
    )


def _seed_policies(at: datetime) -> None:
    there = set(db.session.scalars(select(models.Policy.code)))
    rules = [rule for rule in shipped_rules() if rule.code not in there]
    policies = [models.Policy(code=rule.code, clock=rule.clock) for rule in rules]
    db.session.add_all(policies)
    db.session.flush()
    db.session.add_all([version_of(policy.id, 1, rule, at) for policy, rule in zip(policies, rules, strict=True)])
    db.session.flush()
