"""Use cases of the clocks, called inside the transaction of the move that causes them; they never commit."""

from __future__ import annotations

from feedback.clocks.actions.decrees import Recount, decree_holidays
from feedback.clocks.actions.pauses import end_pause, pause
from feedback.clocks.actions.running import cancel_all, hand_over, start, start_all, stop
from feedback.clocks.actions.seed import seed_calendars_and_policies
from feedback.clocks.actions.targets import Breach, excuse, extend, mark_breaches, receive_earlier, retarget

__all__ = [
    "Breach",
    "Recount",
    "cancel_all",
    "decree_holidays",
    "end_pause",
    "excuse",
    "extend",
    "hand_over",
    "mark_breaches",
    "pause",
    "receive_earlier",
    "retarget",
    "seed_calendars_and_policies",
    "start",
    "start_all",
    "stop",
]
