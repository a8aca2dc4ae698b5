"""Failed tries are counted, and the next one has to wait."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from feedback.kernel.clock import utc_now
from feedback.kernel.errors import TooMany
from feedback.kernel.text import mark
from feedback.people.models import Attempt
from feedback.people.rules import FORGOTTEN_AFTER, NETWORK, free_tries, seconds_to_wait
from feedback.storage.keyring import keyed_hash
from feedback.storage.session import db, transaction

LOG = logging.getLogger("feedback.people")
WAIT = mark("Terlalu banyak percobaan. Tunggu %(seconds)s detik, lalu coba lagi.")


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
        raise TooMany(WAIT, retry_after=wait)


def count_failure(*sources: str) -> None:
    """One more failure from each of these sources; old counts are forgotten."""
    now = utc_now()
    with transaction():
        _count([_key(source, now) for source in sources], now)
    note_failure(*sources)


def note_failure(*sources: str) -> None:
    """What was counted was wrong: from now on these wait. One line in the log says what was tried.

    Never by whom or from where: beside an hour that would name who reports.
    """
    now = utc_now()
    LOG.warning("refused proof of %s", sources[0].removeprefix(NETWORK).partition(":")[0])
    with transaction(durable=False):
        _stamp([_key(source, now) for source in sources], now)


def take_try(*sources: str) -> int:
    """Count a try before its answer is known, so that many at once get no more of them than one after the other.

    Returns the failures of the first source, this one included. `give_back` after the right answer, `note_failure`
    after a wrong one. Raises TooMany.
    """
    now = utc_now()
    keys = {_key(source, now): free_tries(source) for source in sources}
    with transaction(durable=False):
        counted = _count(list(keys), now)
        wait = max(seconds_to_wait(counted[key][0] - 1, counted[key][1], now, free) for key, free in keys.items())
        if wait:
            raise TooMany(WAIT, retry_after=wait)
        _stamp([next(iter(keys))], now)  # who is right must not make the neighbours wait
    return counted[next(iter(keys))][0]


def give_back(*sources: str) -> None:
    """The right answer was given: the first source's failures are forgotten, and others have one less."""
    now = utc_now()
    own = _key(sources[0], now)
    with transaction(durable=False):
        for key in sorted(_key(source, now) for source in sources):  # in the order in which `take_try` locks them
            which = Attempt.key == key
            if key == own:
                db.session.execute(delete(Attempt).where(which))
            else:
                db.session.execute(update(Attempt).where(which).values(failures=Attempt.failures - 1))


def _count(keys: list[str], now: datetime) -> dict[str, tuple[int, datetime]]:
    """One more under each key, whose row is locked from here on: how many, and when the one before was."""
    db.session.execute(delete(Attempt).where(Attempt.last_at < now - FORGOTTEN_AFTER))
    insert = sqlite_insert if db.session.get_bind().dialect.name == "sqlite" else postgresql_insert
    new = insert(Attempt).values([{"key": key, "failures": 1, "last_at": now} for key in sorted(set(keys))])
    more = new.on_conflict_do_update(index_elements=[Attempt.key], set_={"failures": Attempt.failures + 1})
    rows = db.session.execute(more.returning(Attempt.key, Attempt.failures, Attempt.last_at))
    return {key: (failures, last_at) for key, failures, last_at in rows}


def _stamp(keys: list[str], now: datetime) -> None:
    db.session.execute(update(Attempt).where(Attempt.key.in_(keys)).values(last_at=now))


def forget_failures(*sources: str) -> None:
    """The right answer was given."""
    with transaction():
        keys = [_key(source, utc_now()) for source in sources]
        db.session.execute(delete(Attempt).where(Attempt.key.in_(keys)))
