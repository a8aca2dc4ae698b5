"""What the worker does for accounts."""

from __future__ import annotations

from feedback.people.actions import forget_old_sessions
from feedback.people.actions.expiry import note_ends, warn_of_ends
from feedback.people.actions.links import forget_old_links

TIMERS = (forget_old_sessions, forget_old_links, warn_of_ends, note_ends)
