"""What the worker does for tickets by the clock."""

from __future__ import annotations

from feedback.tickets.actions.timers import TIMERS

__all__ = ["TIMERS"]
