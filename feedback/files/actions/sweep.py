"""What nobody sent is forgotten after a day; what belongs to no row is removed; rows are compared with files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select

from feedback.adapters.files import Missing, store_for
from feedback.files.actions.keeping import forget_parts
from feedback.files.actions.quota import forget_counts
from feedback.files.models import Attachment
from feedback.files.queries import pending_before, storage_name
from feedback.files.rules.kinds import Scan
from feedback.storage.outbox import post
from feedback.storage.session import db, transaction

KEPT = timedelta(days=1)
AT_ONCE = 100
_ROWS = 1000


def sweep_pending(now: datetime) -> int:
    """Forget files of forms that were not sent within a day; returns how many."""
    count = 0
    for row_id, token, parts in pending_before(now - KEPT, limit=AT_ONCE):
        # Asked again in the transaction: the form may be sent at this very moment.
        still = delete(Attachment).where(Attachment.id == row_id, Attachment.ticket_id.is_(None))
        with transaction():
            gone = db.session.execute(still.returning(Attachment.id)).first()
        if gone is not None:
            forget_parts(token, parts)
            count += 1
    return count


def order_sweep(now: datetime) -> None:
    """Once a day, whoever's worker is first."""
    with transaction():
        post("files.sweep", f"files.sweep:{now.date().isoformat()}", {}, at=now)


def sweep_orphans(now: datetime) -> int:
    """Remove stored files older than a day that no row names (a kill between file and row); returns how many."""
    forget_counts(now)
    store = store_for(current_app.config["SETTINGS"])
    old = [name for name, written in store.names() if written < now - KEPT]
    count = 0
    for start in range(0, len(old), _ROWS):
        some = old[start : start + _ROWS]
        tokens = {name.split("-", 1)[0] for name in some}
        rows = db.session.execute(select(Attachment.token, Attachment.scan).where(Attachment.token.in_(tokens)))
        known = {row.token for row in rows if row.scan != Scan.INFECTED}
        db.session.rollback()
        for name in some:
            if name.split("-", 1)[0] not in known:
                store.delete(name)
                count += 1
    return count


@dataclass(frozen=True, slots=True)
class Flaw:
    """A stored file that is not what its row says."""

    name: str
    what: str


def check_files() -> Iterator[Flaw | None]:
    """Every stored file of every row, by its digest: None for a whole one. Reads everything once."""
    store = store_for(current_app.config["SETTINGS"])
    last = 0
    statement = select(Attachment.id, Attachment.token, Attachment.parts).where(Attachment.scan != Scan.INFECTED)
    while rows := db.session.execute(
        statement.where(Attachment.id > last).order_by(Attachment.id).limit(_ROWS)
    ).all():
        db.session.rollback()
        for row in rows:
            for part in row.parts:
                name = storage_name(row.token, part["name"])
                try:
                    same = hashlib.sha256(store.get(name)).hexdigest() == part["sha256"]
                except Missing:
                    yield Flaw(name, "missing")
                else:
                    yield None if same else Flaw(name, "changed")
        last = rows[-1].id
