"""Use cases of the clocks, called inside the transaction of the move that causes them; they never commit."""

from __future__ import annotations

from feedback.clocks.actions.calendars import create_calendar
from feedback.clocks.actions.changes import Published, approve, discard, publish, publish_at_once, roll_back
from feedback.clocks.actions.decrees import Recount, decree_holidays
from feedback.clocks.actions.drafts import draft_calendars, draft_rule, preview_calendars, preview_rule
from feedback.clocks.actions.pauses import end_pause, pause
from feedback.clocks.actions.recount import Tally
from feedback.clocks.actions.running import cancel_all, hand_over, start, start_all, stop
from feedback.clocks.actions.seed import seed_calendars_and_policies
from feedback.clocks.actions.targets import Breach, excuse, extend, mark_breaches, receive_earlier, retarget

__all__ = [
    "Breach",
    "Published",
    "Recount",
    "Tally",
    "approve",
    "cancel_all",
    "create_calendar",
    "decree_holidays",
    "discard",
    "draft_calendars",
    "draft_rule",
    "end_pause",
    "excuse",
    "extend",
    "hand_over",
    "mark_breaches",
    "pause",
    "preview_calendars",
    "preview_rule",
    "publish",
    "publish_at_once",
    "receive_earlier",
    "retarget",
    "roll_back",
    "seed_calendars_and_policies",
    "start",
    "start_all",
    "stop",
]
