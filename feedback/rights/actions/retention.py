"""What is older than its rule goes: counted in a dry run, destroyed in a real one, class by class, batch by batch."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Date, Table, delete, exists, func, select, update

from feedback.audit.actions import record
from feedback.files.actions.destroying import destroy_files
from feedback.files.actions.sweep import sweep_pending
from feedback.files.models import Attachment
from feedback.kernel.errors import NotFound
from feedback.rights.actions.erasing import forget_identity, forget_requests
from feedback.rights.models import LegalHold, RetentionRule, RightsRequest
from feedback.rights.rules.retention import Class, Rule, in_force
from feedback.storage.base import Base
from feedback.storage.outbox import Outbox, OutboxState
from feedback.storage.session import db, transaction
from feedback.tickets.actions.tombstones import bury
from feedback.tickets.models import Ticket
from feedback.tickets.rules.words import Grade, Kind
from feedback.vault.models import SealedIdentity

BATCH = 200
SEED = Path(__file__).parents[1] / "seed" / "retention.csv"
# Classes whose rows simply go by their age: table and column that says it.
PLAIN: dict[Class, tuple[str, ...]] = {
    Class.SESSION: ("browser_session.seen_at",),
    Class.ATTEMPT: ("attempt.last_at",),
    Class.NOTICE: ("digest_round.day",),
    Class.COPY: ("data_copy.until",),
}
KEPT = frozenset({Class.AUDIT, Class.IMPORT})


@dataclass(frozen=True, slots=True)
class Outcome:
    """A class: since when it would have to be older, how many are, and how many a hold keeps."""

    code: Class
    days: int | None
    due: int
    held: int
    basis: str


def seed_rules() -> int:
    """Bring in the rules of the file that the database does not know yet; returns how many."""
    known = set(db.session.execute(select(RetentionRule.code, RetentionRule.valid_from)).tuples())
    made = 0
    with transaction(), SEED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["code"], date.fromisoformat(row["valid_from"]))
            if key not in known:
                db.session.add(
                    RetentionRule(
                        code=key[0],
                        valid_from=key[1],
                        days=int(row["days"]) if row["days"] else None,
                        basis=row["basis"],
                        certainty=row["certainty"],
                    )
                )
                made += 1
    return made


def rules_on(today: date) -> dict[Class, Rule]:
    """The rule of each class that counts today."""
    columns = select(
        RetentionRule.code, RetentionRule.days, RetentionRule.basis, RetentionRule.certainty, RetentionRule.valid_from
    )
    return in_force((Rule(Class(row[0]), *row[1:]) for row in db.session.execute(columns)), today)


def run(now: datetime, *, dry: bool) -> list[Outcome]:
    """Every class in turn; a dry run changes nothing."""
    outcomes = []
    for code, rule in sorted(rules_on(now.date()).items()):
        if code in KEPT or rule.days is None:
            outcomes.append(Outcome(code, None, 0, 0, rule.basis))
            continue
        before = now - timedelta(days=rule.days)
        outcomes.append(Outcome(code, rule.days, *_class(code, before, now, dry=dry), rule.basis))
    gone = {outcome.code.value: outcome.due for outcome in outcomes if outcome.due}
    if gone and not dry:
        with transaction():
            record("retention.run", actor_id=None, subject="retention", at=now, detail=gone)
    return outcomes


def _class(code: Class, before: datetime, now: datetime, *, dry: bool) -> tuple[int, int]:
    if code in PLAIN:
        return sum(_plain(name, before if code is not Class.COPY else now, dry=dry) for name in PLAIN[code]), 0
    if code is Class.OUTBOX:
        return _payloads(before, dry=dry), 0
    if code is Class.REQUEST:
        return _requests(before, dry=dry), 0
    if code is Class.PENDING:
        if not dry:
            return sweep_pending(now), 0  # the worker's own, which runs more often
        old = (Attachment.ticket_id.is_(None), Attachment.created_at < before)
        return db.session.scalar(select(func.count()).select_from(Attachment).where(*old)) or 0, 0
    ripe = _ripe(code, before)
    held = _held()
    waiting = db.session.scalar(select(func.count()).select_from(Ticket).where(ripe, held)) or 0
    if dry:
        return db.session.scalar(select(func.count()).select_from(Ticket).where(ripe, ~held)) or 0, waiting
    return _destroy(code, ripe & ~held, now), waiting


def _ripe(code: Class, before: datetime) -> ColumnElement[bool]:
    """Reports that ended long enough ago and still have what the class is about."""
    ended = Ticket.is_open.is_(False) & (Ticket.closed_at < before)
    if code is Class.SEALED:
        return ended & exists().where(SealedIdentity.ticket_id == Ticket.id)
    if code is Class.ATTACHMENT:
        return ended & exists().where(Attachment.ticket_id == Ticket.id)
    fresh = ended & Ticket.words_destroyed_at.is_(None)
    oversight = func.coalesce(Ticket.grade, "") == Grade.OVERSIGHT
    if code is Class.OVERSIGHT:
        return fresh & oversight
    return fresh & (Ticket.kind == Kind(code.value.removeprefix("ticket."))) & ~oversight


def _held() -> ColumnElement[bool]:
    return exists().where(LegalHold.ticket_id == Ticket.id, LegalHold.ended_at.is_(None))


def _destroy(code: Class, which: ColumnElement[bool], now: datetime) -> int:
    """Batch by batch, each whole: a run that is killed goes on where it was."""
    total = 0
    while True:
        with transaction():
            ids = list(db.session.scalars(select(Ticket.id).where(which).order_by(Ticket.id).limit(BATCH)))
            if code is Class.SEALED:
                forget_identity(ids)
            elif code is Class.ATTACHMENT:
                destroy_files(ids, now)
            else:
                destroy_files(ids, now)
                forget_identity(ids)
                forget_requests(RightsRequest.ticket_id.in_(ids))
                for ticket_id in ids:
                    bury(ticket_id, now, all_words=True)
        total += len(ids)
        if len(ids) < BATCH:
            return total


def _plain(name: str, before: datetime, *, dry: bool) -> int:
    table, column = name.split(".")
    found: Table | None = Base.metadata.tables.get(table)
    if found is None:
        return 0
    when = found.c[column]
    old = when < (before.date() if isinstance(when.type, Date) else before)
    if dry:
        return db.session.scalar(select(func.count()).select_from(found).where(old)) or 0
    with transaction():
        result: Any = db.session.execute(delete(found).where(old))
        return int(result.rowcount)


def _payloads(before: datetime, *, dry: bool) -> int:
    """What was given up keeps its line for administrators and loses what it was about."""
    dead = (Outbox.state == OutboxState.DEAD, Outbox.created_at < before, Outbox.kind != "forgotten")
    if dry:
        return db.session.scalar(select(func.count()).select_from(Outbox).where(*dead)) or 0
    with transaction():
        result: Any = db.session.execute(update(Outbox).where(*dead).values(payload={}, kind="forgotten"))
        return int(result.rowcount)


def _requests(before: datetime, *, dry: bool) -> int:
    """What was asked and answered long ago keeps its kind and its days, and loses the words on both sides."""
    which = (RightsRequest.done_at < before) & ((RightsRequest.words != "") | (RightsRequest.answer != ""))
    due = db.session.scalar(select(func.count()).select_from(RightsRequest).where(which)) or 0
    if due and not dry:
        with transaction():
            forget_requests(which)
    return due


def hold(number: str, reason: str, now: datetime, *, by: int | None = None) -> None:
    """Nothing of this report is destroyed until the hold ends. Raises NotFound."""
    with transaction():
        ticket_id = _ticket(number)
        db.session.add(LegalHold(ticket_id=ticket_id, reason=reason, begun_at=now, by_id=by))
        record("retention.held", actor_id=by, subject=f"ticket:{ticket_id}", at=now)


def release(number: str, now: datetime, *, by: int | None = None) -> None:
    """The holds of this report end. Raises NotFound when there is none."""
    with transaction():
        ticket_id = _ticket(number)
        ended = update(LegalHold).where(LegalHold.ticket_id == ticket_id, LegalHold.ended_at.is_(None))
        result: Any = db.session.execute(ended.values(ended_at=now))
        if not result.rowcount:
            raise NotFound
        record("retention.released", actor_id=by, subject=f"ticket:{ticket_id}", at=now)


def _ticket(number: str) -> int:
    ticket_id = db.session.scalar(select(Ticket.id).where(Ticket.number == number))
    if ticket_id is None:
        raise NotFound
    return ticket_id
