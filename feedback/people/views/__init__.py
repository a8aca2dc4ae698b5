"""Pages of an account: sign in and out, register, change what is known."""

from __future__ import annotations

from feedback.people.views import (
    account,
    invitations,
    passkeys,
    provider,
    recovery,
    registering,
    second_factor,
    security,
    signing_in,
    staff,
    step_up,
    working,
)
from feedback.people.views.blueprint import people

__all__ = [
    "account",
    "invitations",
    "passkeys",
    "people",
    "provider",
    "recovery",
    "registering",
    "second_factor",
    "security",
    "signing_in",
    "staff",
    "step_up",
    "working",
]
