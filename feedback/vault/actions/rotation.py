"""After a new key: take in what the custodians sealed anew; and part what was sealed before the vault had a key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from flask import current_app
from sqlalchemy import bindparam, select

from feedback.audit.actions import record
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark
from feedback.storage.session import db, transaction
from feedback.vault.actions import seal_reporter
from feedback.vault.keys import private_key, vault_public_key
from feedback.vault.models import SealedIdentity
from feedback.vault.rules.rotation import Carried, fingerprint
from feedback.vault.rules.sealing import Identity, Part, WrongSeal, key_id, open_seal, record_name

BATCH = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many rows were replaced, and how many were left as they are."""

    done: int = 0
    left: int = 0


def old_seals() -> Iterator[Carried]:
    """Every identity that is sealed to another key than today's, to be carried to the custodians."""
    current, last = key_id(vault_public_key(current_app.config["SETTINGS"].instance)), 0
    wanted = select(SealedIdentity.ticket_id, SealedIdentity.key_id, SealedIdentity.sealed).where(
        SealedIdentity.part == Part.IDENTITY, SealedIdentity.key_id != current
    )
    while True:
        page = wanted.where(SealedIdentity.ticket_id > last).order_by(SealedIdentity.ticket_id).limit(BATCH)
        rows = db.session.execute(page).tuples().all()
        if not rows:
            return
        last = rows[-1][0]
        yield from (Carried(*row) for row in rows)


def take_anew(carried: Iterable[Carried]) -> Outcome:
    """Replace seals by those made anew to today's key; one that changed meanwhile stays. Raises Invalid."""
    public = vault_public_key(current_app.config["SETTINGS"].instance)
    lines, done, left = iter(carried), 0, 0
    while batch := list(islice(lines, BATCH)):
        with transaction():
            for one in batch:
                if one.key != key_id(public):
                    raise Invalid(mark("Catatan ini disegel dengan kunci lain."), field="record")
                row = db.session.get(SealedIdentity, (one.ticket_id, Part.IDENTITY), with_for_update=True)
                if row is None or fingerprint(row.sealed) != one.replaces or len(row.sealed) != len(one.sealed):
                    left += 1
                    continue
                row.sealed, row.key_id, done = one.sealed, one.key, done + 1
    with transaction():
        _record("vault.rotated", done)
    return Outcome(done, left)


def part_old_seals() -> Outcome:
    """Seal apart, to the vault's key and the worker's, what was sealed to the worker's alone; only its host can."""
    private, done, left = private_key(current_app.config["SETTINGS"].instance), 0, 0
    ids = db.session.scalars(select(SealedIdentity.ticket_id).where(SealedIdentity.part == Part.TOGETHER)).all()
    for ticket_id in ids:
        with transaction():
            done, left = (done + 1, left) if _part(ticket_id, private) else (done, left + 1)
    with transaction():
        _record("vault.parted", done)
    return Outcome(done, left)


def _part(ticket_id: int, private: bytes) -> bool:
    """False for a seal of another key, and for one whose reporter hid their name since: the two cannot be made one."""
    rows = {row.part: row for row in db.session.scalars(_OF_TICKET, {"ticket_id": ticket_id})}
    if Part.TOGETHER not in rows or len(rows) > 1:
        return False
    try:
        found = open_seal(rows[Part.TOGETHER].sealed, private, record_name(ticket_id, Part.TOGETHER))
    except WrongSeal:
        return False
    db.session.delete(rows[Part.TOGETHER])
    seal_reporter(ticket_id, Identity(**found), hidden=True)
    return True


_OF_TICKET = select(SealedIdentity).where(SealedIdentity.ticket_id == bindparam("ticket_id")).with_for_update()


def _record(deed: str, rows: int) -> None:
    key = key_id(vault_public_key(current_app.config["SETTINGS"].instance))
    record(deed, actor_id=None, subject=f"key:{key}", at=utc_now(), detail={"rows": rows})
