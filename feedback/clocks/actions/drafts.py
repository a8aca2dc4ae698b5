"""Changes of calendars and policies that count for nothing yet: looked at beforehand, and kept as drafts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select

from feedback.clocks import models
from feedback.clocks.actions.recount import Tally, by_calendars, by_rules, foresee
from feedback.clocks.actions.versions import version_of
from feedback.clocks.queries.stored import StoredCalendar, counting_calendars, policy_rules
from feedback.clocks.rules.policy import Rule
from feedback.clocks.rules.versions import Proposal, differences
from feedback.clocks.rules.words import ChangeSubject, VersionStatus
from feedback.kernel.errors import Invalid, NotFound
from feedback.kernel.text import mark
from feedback.storage.session import db, transaction

Versioned = type[models.CalendarVersion] | type[models.PolicyVersion]
# Above every stored number: what is proposed counts before what is there.
_NEWEST = 1_000_000


def preview_calendars(proposals: Sequence[Proposal], at: datetime) -> Tally:
    """How many open deadlines these proposals would move, and by how much; writes nothing."""
    after: dict[int, dict[date, StoredCalendar]] = {}
    for versions in counting_calendars().values():
        for stored in versions:
            after.setdefault(stored.calendar_id, {})[stored.valid_from] = stored
    for index, one in enumerate(proposals, start=1):
        after.setdefault(one.calendar_id, {})[one.valid_from] = StoredCalendar(
            version_id=-index,
            calendar_id=one.calendar_id,
            name=one.key,
            number=_NEWEST,
            valid_from=one.valid_from,
            calendar=one.calendar,
            holidays=one.after.closed,
        )
    changed = {one.calendar_id: tuple(after[one.calendar_id].values()) for one in proposals}
    return foresee(by_calendars(changed, closed_from=closed_from(proposals), at=at, lock=False), at)


def preview_rule(rule: Rule, at: datetime) -> Tally:
    """The same for a proposed version of a policy."""
    known = [each for each in policy_rules() if each.code == rule.code]
    return foresee(by_rules([rule, *known], at=at, lock=False), at)


def draft_calendars(*, title: str, reason: str, proposals: Sequence[Proposal], by_id: int | None, at: datetime) -> int:
    """Keep proposals as a draft that counts for nothing yet; returns the change's id. ``Invalid`` without news."""
    news = [one for one in proposals if one.before != one.after or one.based_on is None]
    if not news:
        raise Invalid(mark("Tidak ada yang berubah."))
    for one in news:
        assert one.calendar  # a calendar that cannot be is refused here
    with transaction():
        change = new_change(ChangeSubject.CALENDAR, title, reason, by_id, at)
        for one in news:
            number = next_number(models.CalendarVersion, models.CalendarVersion.calendar_id == one.calendar_id)
            db.session.add(
                models.CalendarVersion(
                    calendar_id=one.calendar_id,
                    number=number,
                    valid_from=one.valid_from,
                    created_at=at,
                    status=VersionStatus.DRAFT,
                    change_id=change.id,
                    based_on_id=one.based_on,
                    **one.after.written(),
                )
            )
            db.session.flush()
        return change.id


def draft_rule(*, title: str, reason: str, rule: Rule, based_on: int, by_id: int | None, at: datetime) -> int:
    """Keep a new version of a policy as a draft; returns the change's id."""
    with transaction():
        base = db.session.get(models.PolicyVersion, based_on)
        if base is None:
            raise NotFound()
        if _same_limit(base, rule):
            raise Invalid(mark("Tidak ada yang berubah."))
        change = new_change(ChangeSubject.POLICY, title, reason, by_id, at)
        number = next_number(models.PolicyVersion, models.PolicyVersion.policy_id == base.policy_id)
        version = version_of(base.policy_id, number, rule, at)
        version.status, version.change_id, version.based_on_id = VersionStatus.DRAFT, change.id, based_on
        db.session.add(version)
        db.session.flush()
        return change.id


def closed_from(proposals: Sequence[Proposal]) -> date | None:
    """The first date that proposals newly close."""
    news = [each.date for one in proposals for each in differences(one.before, one.after)["closed"] if one.before]
    return min(news, default=None)


def new_change(subject: str, title: str, reason: str, by_id: int | None, at: datetime) -> models.TimingChange:
    """A change without anything in it yet."""
    change = models.TimingChange(
        subject=subject, status=VersionStatus.DRAFT, title=title, reason=reason, made_by_id=by_id, made_at=at
    )
    db.session.add(change)
    db.session.flush()
    return change


def next_number(table: Versioned, same: ColumnElement[bool]) -> int:
    """The number of the next version of a calendar or limit."""
    return (db.session.scalar(select(func.max(table.number)).where(same)) or 0) + 1


def _same_limit(base: models.PolicyVersion, rule: Rule) -> bool:
    said = (rule.amount.number if rule.amount else None, rule.amount.unit if rule.amount else None)
    rest = (rule.extension, rule.source, rule.certainty)
    return (base.amount, base.unit) == said and (base.extension, base.source, base.certainty) == rest
