"""How long to wait after failures."""

from __future__ import annotations

from datetime import datetime, timedelta

FREE_TRIES = 5
NETWORK_TRIES = 100
# So many wrong codes after the right password are no slips: the owner is told that somebody knows it.
ALARM = 10
NETWORK = "network:"
LONGEST_WAIT = 60
FORGOTTEN_AFTER = timedelta(hours=24)


def free_tries(source: str) -> int:
    """How many failures cost nothing: a network is an office, a village or a whole mobile operator."""
    return NETWORK_TRIES if source.startswith(NETWORK) else FREE_TRIES


def seconds_to_wait(failures: int, last_at: datetime, now: datetime, free: int = FREE_TRIES) -> int:
    """Five tries are free (more for a network), then the wait doubles from 1 s to 60 s (SECURITY.md section 3)."""
    if failures < free or now - last_at > FORGOTTEN_AFTER:
        return 0
    wait = min(2 ** min(failures - free, 10), LONGEST_WAIT)
    left = wait - (now - last_at).total_seconds()
    return max(0, -int(-left // 1))
