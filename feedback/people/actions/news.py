"""Tell somebody by mail what happened to their account, inside the caller's transaction."""

from __future__ import annotations

import secrets
from datetime import datetime

from feedback.kernel.clock import utc_now
from feedback.people.rules import News
from feedback.storage.outbox import post
from feedback.storage.session import transaction


def tell(person_id: int, news: News, *, at: datetime, address: str = "") -> None:
    """Post the letter; ``address`` when it goes elsewhere than to the account's address."""
    key = f"account:{secrets.token_hex(16)}"  # it outlives the payload, and must not say whose account it was
    post("mail.account", key, {"person_id": person_id, "news": news, "address": address}, at=at)


def tell_of_new_device(person_id: int) -> None:
    """Somebody signed in on a browser that never opened this account."""
    with transaction():
        tell(person_id, News.NEW_DEVICE, at=utc_now())
