"""Failed tries are counted, and the next one has to wait."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import delete, select

from feedback.kernel.clock import utc_now
from feedback.kernel.errors import TooMany
from feedback.kernel.text import mark
from feedback.people.models import Attempt
from feedback.people.rules import FORGOTTEN_AFTER, NETWORK, free_tries, seconds_to_wait
from feedback.storage.keyring import keyed_hash
from feedback.storage.session import db, transaction

LOG = logging.getLogger("feedback.people")


def _key(source: str, now: datetime) -> str:
    """What is counted under: a network anew each hour, or the slips of thousands of people would add up for ever."""
    return keyed_hash("attempt", f"{source}:{now:%Y%m%d%H}" if source.startswith(NETWORK) else source)


def check_attempts(*sources: str) -> None:
    """Raise TooMany while one of these sources has to wait after failures."""
    now = utc_now()
    keys = [_key(source, now) for source in sources]
    rows = db.session.execute(select(Attempt.key, Attempt.failures, Attempt.last_at).where(Attempt.key.in_(keys)))
    free = {key: free_tries(source) for key, source in zip(keys, sources, strict=True)}
    wait = max((seconds_to_wait(failures, last_at, now, free[key]) for key, failures, last_at in rows), default=0)
    if wait:
        raise TooMany(mark("Terlalu banyak percobaan. Tunggu %(seconds)s detik, lalu coba lagi."), retry_after=wait)


def count_failure(*sources: str) -> None:
    """One more failure from each of these sources; old counts are forgotten."""
    now = utc_now()
    # What was tried, never by whom or from where: beside an hour that would name who reports.
    LOG.warning("refused proof of %s", sources[0].removeprefix(NETWORK).partition(":")[0])
    with transaction():
        db.session.execute(delete(Attempt).where(Attempt.last_at < now - FORGOTTEN_AFTER))
        for source in sources:
            key = _key(source, now)
            row = db.session.get(Attempt, key, with_for_update=True)
            if row is None:
                db.session.add(Attempt(key=key, failures=1, last_at=now))
            else:
                row.failures += 1
                row.last_at = now


def forget_failures(*sources: str) -> None:
    """The right answer was given."""
    with transaction():
        keys = [_key(source, utc_now()) for source in sources]
        db.session.execute(delete(Attempt).where(Attempt.key.in_(keys)))
