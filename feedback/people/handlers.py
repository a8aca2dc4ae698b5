"""What the worker does for accounts."""

from __future__ import annotations

from feedback.people.actions import forget_old_sessions

TIMERS = (forget_old_sessions,)
