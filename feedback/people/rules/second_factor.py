"""Codes of an authenticator app (RFC 6238): which are accepted, each once (SECURITY.md section 3)."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

STEP = 30
RECOVERY_CODES = 10
ISSUER = "Masyarakat Bicara"
EXAMPLE = ".contoh.example"


def new_secret() -> str:
    """A secret of 160 random bits, as apps read it."""
    return pyotp.random_base32(32)


def step_of(now: datetime) -> int:
    """The half minute an instant lies in."""
    return int(now.timestamp()) // STEP


def code_at(secret: str, step: int) -> str:
    """The code an app shows in that half minute."""
    return pyotp.TOTP(secret).generate_otp(step)


def accepted_step(secret: str, typed: str, last_step: int, now: datetime) -> int | None:
    """The step whose code this is: now, one before or one after, and none that is not newer than the last accepted."""
    digits = "".join(one for one in typed if one.isascii() and one.isdigit())
    for step in (step_of(now), step_of(now) - 1, step_of(now) + 1):
        if step > last_step and hmac.compare_digest(code_at(secret, step), digits):
            return step
    return None


def app_link(secret: str, email: str) -> str:
    """What the QR code says: an address that apps open."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def in_groups(secret: str) -> str:
    """The secret to be typed by hand, four signs at a time."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def is_example(email: str) -> bool:
    """Whether an account is one of the demonstration's."""
    return email.endswith(EXAMPLE)


def example_code(secret: str, last_step: int, now: datetime) -> str | None:
    """A code that is accepted for half a minute at least; None when both were used, until the next half minute."""
    now_step = step_of(now)
    step = next((one for one in (now_step, now_step + 1) if one > last_step), None)
    return None if step is None else code_at(secret, step)
