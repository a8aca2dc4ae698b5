"""The only clock. Rules never call it: they are handed ``now``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def utc_now() -> datetime:
    """This instant, aware, in UTC, whole microseconds."""
    return _pretended.get() or datetime.now(UTC)


@contextmanager
def pretending(instant: datetime) -> Iterator[None]:
    """Inside, it is that instant: how the demonstration tells what happened weeks ago. No door may use it."""
    token = _pretended.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _pretended.reset(token)


def local_date(instant: datetime, zone: str) -> date:
    """The calendar date of an aware instant in an IANA zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def day_begins(instant: datetime, zone: str) -> datetime:
    """The local midnight that begins the date of an instant: how a time is kept whose hour nobody is to learn."""
    return datetime.combine(local_date(instant, zone), time(), ZoneInfo(zone)).astimezone(UTC)


ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


def zone_name(zone: str) -> str:
    """What Indonesians call the zone (WIB, WITA, WIT); the IANA name for any other."""
    return ZONE_NAMES.get(zone, zone)
