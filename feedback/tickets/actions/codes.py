"""The secret code by which a reporter opens a ticket: of it only a keyed hash is stored."""

from __future__ import annotations

import secrets

from feedback.kernel.references import code_from
from feedback.storage.keyring import keyed_digest, keyed_hash


def tracking_code(form_key: str) -> str:
    """The secret code of a report. It follows from its form, so a resend shows it though only a hash is stored."""
    return code_from(keyed_digest("tracking-code-of-form", form_key))


def new_code() -> str:
    """A code that follows from nothing."""
    return code_from(secrets.token_bytes(32))


def code_hash(code: str) -> str:
    """How a secret code is stored."""
    return keyed_hash("tracking-code", code)
