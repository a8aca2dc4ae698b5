"""Calendars and limits change: the clocks are counted again, the queues follow, and the log says who did it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from feedback.audit.actions import record
from feedback.clocks import actions as clocks
from feedback.clocks.rules.policy import Rule
from feedback.clocks.rules.versions import Proposal
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Forbidden
from feedback.kernel.text import mark
from feedback.storage.session import transaction
from feedback.tickets.actions.due import refresh_due


def new_calendar(*, key: str, name: str, zone: str, parent_id: int | None, actor: Actor) -> int:
    """A calendar that counts for nobody until its first version is published; returns its id."""
    now = utc_now()
    with transaction():
        calendar_id = clocks.create_calendar(key=key, name=name, zone=zone, parent_id=parent_id)
        detail = {"key": key, "zone": zone, "parent_id": parent_id}
        record("calendar.created", actor_id=actor.person_id, subject=f"calendar:{calendar_id}", at=now, detail=detail)
        return calendar_id


def keep_calendars(*, title: str, reason: str, proposals: Sequence[Proposal], actor: Actor) -> int:
    """Keep proposals about calendars as a draft; returns the change's id."""
    now = utc_now()
    with transaction():
        change_id = clocks.draft_calendars(
            title=title, reason=reason, proposals=proposals, by_id=actor.person_id, at=now
        )
        _record("drafted", change_id, actor, now, {"calendars": sorted({one.key for one in proposals})})
        return change_id


def keep_rule(*, title: str, reason: str, rule: Rule, based_on: int, actor: Actor) -> int:
    """Keep a new version of a limit as a draft; returns the change's id."""
    now = utc_now()
    with transaction():
        change_id = clocks.draft_rule(
            title=title, reason=reason, rule=rule, based_on=based_on, by_id=actor.person_id, at=now
        )
        _record("drafted", change_id, actor, now, {"policy": rule.code})
        return change_id


def approve_change(change_id: int, actor: Actor) -> None:
    """Agree to somebody else's draft."""
    now = utc_now()
    with transaction():
        clocks.approve(change_id=change_id, by_id=_person(actor), at=now)
        _record("approved", change_id, actor, now, {})


def discard_change(change_id: int, actor: Actor) -> None:
    """Throw a draft away."""
    now = utc_now()
    with transaction():
        clocks.discard(change_id=change_id)
        _record("discarded", change_id, actor, now, {})


def publish_change(change_id: int, actor: Actor) -> clocks.Published:
    """From now on an approved change counts; the queues show the deadlines it moved."""
    now = utc_now()
    with transaction():
        done = clocks.publish(change_id=change_id, by_id=_person(actor), at=now)
        _follow("published", done, actor, now)
        return done


def roll_back_change(change_id: int, reason: str, actor: Actor) -> clocks.Published:
    """What counted before a change counts again, as new versions."""
    now = utc_now()
    with transaction():
        done = clocks.roll_back(change_id=change_id, reason=reason, by_id=_person(actor), at=now)
        _record("rolled_back", change_id, actor, now, {"by_change": done.change_id})
        _follow("published", done, actor, now)
        return done


def _follow(deed: str, done: clocks.Published, actor: Actor, now: datetime) -> None:
    refresh_due(done.ticket_ids)
    detail = {"tickets": len(done.ticket_ids), "excused": len(done.excused_clock_ids)}
    _record(deed, done.change_id, actor, now, detail)


def _record(deed: str, change_id: int, actor: Actor, now: datetime, detail: dict[str, Any]) -> None:
    subject = f"timing_change:{change_id}"
    record(f"timing.{deed}", actor_id=actor.person_id, subject=subject, at=now, detail=detail)


def _person(actor: Actor) -> int:
    if actor.person_id is None:
        raise Forbidden(mark("Masuk dahulu."))
    return actor.person_id
