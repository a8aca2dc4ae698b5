"""An administrator at the pages."""

from __future__ import annotations

import pytest

from feedback.storage.session import db
from tests.factories import World
from tests.site import Reader


@pytest.fixture
def admin(world: World, reader: Reader) -> Reader:
    reader.sign_in(world.administrator)
    fresh()  # a reading snapshot from before the requests would know nothing of them
    return reader


def fresh() -> None:
    db.session.rollback()
    db.session.expire_all()
