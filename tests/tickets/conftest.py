"""A clock that stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from tests.factories import MONDAY


class Hands:
    """The hands of the clock, moved in the time of the province (WIT)."""

    def __init__(self, traveller: Any) -> None:
        self._traveller = traveller

    def at(self, month: int, day: int, hour: int = 11, minute: int = 0) -> datetime:
        """Set the clock to a moment of 2026 in the province and return it."""
        moment = datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Jayapura"))
        self._traveller.move_to(moment, tick=False)
        return moment


@pytest.fixture
def hands() -> Iterator[Hands]:
    """It is Monday 2 March 2026, 11.00 WIT; ask for it before `world`."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield Hands(traveller)
