"""A clock that is moved by hand, and a postman who keeps every letter."""

from __future__ import annotations

from typing import Any

import pytest

from feedback.adapters.mail import Mail
from feedback.notices.handlers import sending
from tests.tickets.conftest import hands

__all__ = ["hands", "sent"]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Mail]:
    """Every letter that was sent, in order."""
    letters: list[Mail] = []

    class Postman:
        def send(self, mail: Mail) -> None:
            letters.append(mail)

    def known(_settings: Any) -> Postman:
        return Postman()

    monkeypatch.setattr(sending, "mailer_for", known)
    return letters
