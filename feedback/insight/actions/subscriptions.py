"""Reports that come by themselves: subscribing, ordering each month's once, ending when the role is over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from feedback.audit.actions import record
from feedback.clocks.queries import calendar_of_unit
from feedback.insight.models import ReportSubscription
from feedback.insight.queries.cohort import watched_units
from feedback.insight.queries.subscriptions import SubscriptionRow, running_before
from feedback.insight.rules.subscriptions import Ended, month_before, month_end
from feedback.kernel.actor import Actor
from feedback.kernel.clock import local_date
from feedback.kernel.errors import NotFound
from feedback.notices.rules.hours import next_open
from feedback.storage.outbox import post
from feedback.storage.session import db, transaction
from feedback.units.rules import UnitRow


def subscribe(unit: UnitRow, reader: Actor, now: datetime, *, by: int | None) -> None:
    """Begin (or begin again) with the month that runs now, whose report comes when it is over."""
    if unit.id not in {each.id for each in watched_units(reader)} or reader.person_id is None:
        raise NotFound()
    begun = month_before(local_date(now, unit.zone))
    with transaction():
        mine = (ReportSubscription.unit_id == unit.id) & (ReportSubscription.person_id == reader.person_id)
        row = db.session.scalar(select(ReportSubscription).where(mine).with_for_update())
        if row is None:
            row = ReportSubscription(person_id=reader.person_id, unit_id=unit.id, created_at=now, last_month=begun)
            db.session.add(row)
        elif row.ended_at is not None:
            row.ended_at, row.ended_why, row.last_month, row.snapshot_id = None, None, begun, None
        _note("subscribed", unit.id, by, now, reader=reader.person_id)


def end(row: SubscriptionRow, why: Ended, now: datetime, *, by: int | None) -> None:
    """Send no more of them; the row stays and says why."""
    with transaction():
        running = (ReportSubscription.id == row.id) & ReportSubscription.ended_at.is_(None)
        values = {"ended_at": now, "ended_why": why.value}
        if db.session.execute(update(ReportSubscription).where(running).values(values)).rowcount:  # type: ignore[attr-defined]
            _note("unsubscribed", row.unit_id, by, now, reader=row.person_id, why=why.value)


def order_reports(now: datetime) -> int:
    """Order the report of the month that is over, once, from the unit's first open minute of the new month on."""
    count = 0
    # A month begins first in the east: WIT is the day everybody else is about to have.
    for row in running_before(month_before(local_date(now, "Asia/Jayapura"))):
        month = month_before(local_date(now, row.zone))
        calendar = calendar_of_unit(row.unit_id, now).calendar
        first = next_open(calendar, calendar.closing_midnight(month_end(month)))
        if row.last_month >= month or now < first:
            continue
        with transaction():
            due = (ReportSubscription.id == row.id) & (ReportSubscription.last_month < month)
            values = {"last_month": month, "snapshot_id": None}
            if db.session.execute(update(ReportSubscription).where(due).values(values)).rowcount:  # type: ignore[attr-defined]
                payload = {"subscription_id": row.id, "month": month.isoformat()}
                post("mail.report", f"report:{row.id}:{month.isoformat()}", payload, at=next_open(calendar, now))
                count += 1
    return count


def keep_sent(row: SubscriptionRow, month: date, snapshot_id: str) -> None:
    """Which figures were made for a month, so that a second try sends the same."""
    with transaction():
        same = (ReportSubscription.id == row.id) & (ReportSubscription.last_month == month)
        db.session.execute(update(ReportSubscription).where(same).values(snapshot_id=snapshot_id))


def _note(deed: str, unit_id: int, by: int | None, now: datetime, **detail: Any) -> None:
    record(f"insight.{deed}", actor_id=by, subject=f"unit:{unit_id}", at=now, detail=detail)
