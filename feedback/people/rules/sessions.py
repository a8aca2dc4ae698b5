"""How long a session lasts, and how recently somebody must have shown who they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from feedback.kernel.permissions import Role

FRESH = timedelta(minutes=5)
WAITING = timedelta(minutes=15)
# A session's last use is noted when this part of its idle time has passed, not at every request: a day for citizens.
NOTED_AFTER = 14


@dataclass(frozen=True, slots=True)
class Limits:
    """A session ends when it was idle so long, or is so old."""

    idle: timedelta
    absolute: timedelta

    def admit(self, begun_at: datetime, seen_at: datetime, now: datetime) -> bool:
        """Whether a session is still good."""
        return now - seen_at < self.idle and now - begun_at < self.absolute

    def should_note(self, seen_at: datetime, now: datetime) -> bool:
        """Whether it is time to write down that the session is in use."""
        return now - seen_at >= self.idle / NOTED_AFTER


CITIZEN = Limits(timedelta(days=14), timedelta(days=30))
STAFF = Limits(timedelta(minutes=30), timedelta(hours=12))
ADMINISTRATOR = Limits(timedelta(minutes=15), timedelta(hours=8))


def limits_for(roles: Collection[Role]) -> Limits:
    """The limits of a person who holds these roles now (SECURITY.md section 3)."""
    if Role.ADMINISTRATOR in roles:
        return ADMINISTRATOR
    return STAFF if roles else CITIZEN


def noted(now: datetime, *, works: bool) -> datetime:
    """How precisely the use of a session is kept: an hour of a citizen's could be laid beside a sealed report's."""
    return now if works else now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def is_fresh(proven_at: datetime | None, now: datetime) -> bool:
    """Whether somebody showed who they are within five minutes."""
    return proven_at is not None and now - proven_at < FRESH


def still_waits(proven_at: datetime | None, now: datetime) -> bool:
    """Whether the second factor may still be shown after the password."""
    return proven_at is not None and now - proven_at < WAITING


_BROWSERS = {
    "Edg": "edge", "OPR/": "opera", "SamsungBrowser": "samsung", "UCBrowser": "uc", "Firefox": "firefox",
    "FxiOS": "firefox", "CriOS": "chromium", "Chrom": "chromium", "Safari": "safari",
}  # fmt: skip
_SYSTEMS = {
    "Android": "android", "iPhone": "ios", "iPad": "ios", "Windows": "windows", "Mac OS": "macos",
    "CrOS": "chromeos", "Linux": "linux",
}  # fmt: skip


def device_word(user_agent: str) -> str:
    """`chromium/android`: enough to know one's own phone again, too little to know anybody else by."""
    browser = next((word for sign, word in _BROWSERS.items() if sign in user_agent), "")
    system = next((word for sign, word in _SYSTEMS.items() if sign in user_agent), "")
    return f"{browser}/{system}"
