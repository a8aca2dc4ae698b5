"""One site for the whole corpus on each database, with limits nobody reaches."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config import RATES, Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Thousands of requests come from one network here."""
    return replace(settings, rates=dict.fromkeys(RATES, (10**9, 10**9)))
