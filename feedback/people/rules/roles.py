"""What roles are called, and when one is held."""

from __future__ import annotations

from datetime import date

from feedback.kernel.permissions import Role
from feedback.kernel.text import mark

ROLE_LABELS = {
    Role.OFFICER: mark("Petugas"),
    Role.COORDINATOR: mark("Koordinator"),
    Role.SUPERVISOR: mark("Atasan"),
    Role.INSPECTOR: mark("Inspektur"),
    Role.ADMINISTRATOR: mark("Administrator"),
}


def is_current(valid_from: date, valid_to: date | None, today: date) -> bool:
    """Whether a membership is held on a local date."""
    return valid_from <= today and (valid_to is None or today <= valid_to)
