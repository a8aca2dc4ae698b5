"""Pages of an account: sign in and out, register, change what is known."""

from __future__ import annotations

from feedback.people.views import account, signing_in, step_up, working
from feedback.people.views.blueprint import people

__all__ = ["account", "people", "signing_in", "step_up", "working"]
