"""A clock that is moved by hand, and a postman who keeps every letter."""

from __future__ import annotations

from tests.notices.conftest import sent
from tests.tickets.conftest import hands

__all__ = ["hands", "sent"]
