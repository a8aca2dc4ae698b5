"""The same words once more: an earlier report of the writer or one everybody reads, and what coordinators see of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from feedback.kernel.actor import Actor
from feedback.kernel.text import skeleton
from feedback.storage.keyring import keyed_hash
from feedback.storage.session import db
from feedback.tickets.models import Ticket
from feedback.tickets.queries.visible import visible
from feedback.tickets.rules.grants import Sight, grants_for
from feedback.tickets.rules.words import State

SAME_WITHIN = timedelta(days=30)
# "Lampu mati" is written by many who mean many lamps.
_SHORTEST = 20


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier report with the same words, which this reader may read."""

    number: str
    received_at: datetime
    zone: str
    state: State


def words_hash(text: str) -> str | None:
    """What near-same texts share, as a keyed hash; None for a text too short to say so."""
    bones = skeleton(text)
    return keyed_hash("words", bones) if len(bones) >= _SHORTEST else None


def twin_of(digest: str | None, now: datetime) -> int | None:
    """The newest report of the last thirty days with these words, whoever may read it; None when there is none."""
    if digest is None:
        return None
    same = select(Ticket.id).where(Ticket.words_hash == digest, Ticket.created_at > now - SAME_WITHIN)
    return db.session.scalar(same.order_by(Ticket.id.desc()).limit(1))


def earlier_like(text: str, actor: Actor, now: datetime) -> Earlier | None:
    """The newest of them whose words this reader may read anyway."""
    digest = words_hash(text)
    if digest is None:
        return None
    same = (Ticket.words_hash == digest, Ticket.created_at > now - SAME_WITHIN)
    return _first(actor, *same)


def twin_for(twin_id: int, actor: Actor) -> Earlier | None:
    """The twin of a report, for an official who may read its words."""
    return _first(actor, Ticket.id == twin_id)


def _first(actor: Actor, *which: object) -> Earlier | None:
    columns = select(Ticket.number, Ticket.received_at, Ticket.zone, Ticket.state)
    readable = columns.where(*which, visible(grants_for(actor), Sight.WORDS))  # type: ignore[arg-type]
    row = db.session.execute(readable.order_by(Ticket.id.desc()).limit(1)).one_or_none()
    return None if row is None else Earlier(row.number, row.received_at, row.zone, State(row.state))


def is_known_writer(actor: Actor) -> bool:
    """Whether a coordinator verified a report of this account before: their links are not counted."""
    if actor.person_id is None:
        return False
    verified = select(Ticket.id).where(Ticket.reporter_id == actor.person_id, Ticket.published_at.is_not(None))
    return db.session.scalar(verified.limit(1)) is not None
