"""What other shelves ask about clocks, promises and calendars: frozen rows back."""

from __future__ import annotations

from feedback.clocks.queries.clocks import (
    ClockRow,
    EventRow,
    NextDue,
    PauseRow,
    clock_events,
    clocks_of,
    expired_pauses,
    next_due,
    pauses_of,
)
from feedback.clocks.queries.promises import Promise, promises
from feedback.clocks.queries.stored import (
    Line,
    StoredCalendar,
    calendar_of_unit,
    calendar_versions,
    calendars_without,
    counting_calendars,
    every_rule,
    line_of_unit,
    line_of_versions,
    newest_calendars,
    policy_rules,
)
from feedback.clocks.queries.working import working_time

__all__ = [
    "ClockRow",
    "EventRow",
    "Line",
    "NextDue",
    "PauseRow",
    "Promise",
    "StoredCalendar",
    "calendar_of_unit",
    "calendar_versions",
    "calendars_without",
    "clock_events",
    "clocks_of",
    "counting_calendars",
    "every_rule",
    "expired_pauses",
    "line_of_unit",
    "line_of_versions",
    "newest_calendars",
    "next_due",
    "pauses_of",
    "policy_rules",
    "promises",
    "working_time",
]
