"""The only clock. Rules never call it: they are handed ``now``."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """This instant, aware, in UTC, whole microseconds."""
    return datetime.now(UTC)


def local_date(instant: datetime, zone: str) -> date:
    """The calendar date of an aware instant in an IANA zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


def zone_name(zone: str) -> str:
    """What Indonesians call the zone (WIB, WITA, WIT); the IANA name for any other."""
    return ZONE_NAMES.get(zone, zone)
