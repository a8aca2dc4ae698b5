"""What an app on somebody's phone shows."""

from __future__ import annotations

import re

from sqlalchemy import select, update

from feedback.kernel.clock import utc_now
from feedback.people.models import Authenticator
from feedback.people.queries import secret_of
from feedback.people.rules import code_at, step_of
from feedback.storage.session import db, transaction
from tests.site import Page, Reader

RECOVERY = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")


def secret_on(page: Page) -> str:
    """The secret as it is told to be typed by hand."""
    found = re.search(r'class="key">([A-Z2-7 ]+)<', page.html)
    assert found is not None, page.text
    return found[1].replace(" ", "")


def set_up_app(reader: Reader, page: Page) -> tuple[Page, str]:
    """Set up an app on the page that asks for it; returns the page with the recovery codes, and the secret."""
    secret = secret_on(page)
    return reader.send(page, has="code", code=code_at(secret, step_of(utc_now()))), secret


def code_of(person_id: int | None, ahead: int = 0) -> str:
    """The code somebody's app shows now; codes shown before this are forgotten, as if half a minute had passed."""
    db.session.rollback()
    found = secret_of(person_id or 0)
    assert found is not None
    with transaction():
        db.session.execute(update(Authenticator).where(Authenticator.person_id == person_id).values(last_step=0))
    return code_at(found[0], step_of(utc_now()) + ahead)


def apps() -> list[Authenticator]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Authenticator)))
