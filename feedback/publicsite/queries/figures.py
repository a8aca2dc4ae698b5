"""The figures of the landing page, the addresses of the sitemap, and whether the site is ready."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import case, func, select
from sqlalchemy.exc import SQLAlchemyError

from feedback.catalogue.models import Service
from feedback.kernel.actor import Actor
from feedback.storage.session import db
from feedback.tickets.models import Ticket
from feedback.tickets.queries.visible import visible
from feedback.tickets.rules.grants import Sight, grants_for
from feedback.tickets.rules.words import State
from feedback.units.models import Unit

MOST_COUNTED = 1000
CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class Recent:
    """Listed tickets received since an instant, by where they stand now; ``capped``: there are more."""

    received: int
    waiting: int
    closed: int
    capped: bool


def recent_figures(since: datetime) -> Recent:
    """How many tickets of the public list came in since then, at most the newest thousand; one statement."""
    newest = (
        select(Ticket.state)
        .where(visible(grants_for(Actor())), Ticket.received_at >= since)
        .order_by(Ticket.received_at.desc(), Ticket.id.desc())
        .limit(MOST_COUNTED + 1)
        .subquery()
    )
    row = db.session.execute(
        select(
            func.count(),
            func.count(case((newest.c.state == State.RECEIVED, 1))),
            func.count(case((newest.c.state == State.CLOSED, 1))),
        ).select_from(newest)
    ).one()
    return Recent(min(row[0], MOST_COUNTED), row[1], row[2], row[0] > MOST_COUNTED)


def chunk_count() -> int:
    """Of how many chunks of tickets the sitemap consists."""
    newest = db.session.scalar(select(func.max(Ticket.id))) or 0
    return -(-newest // CHUNK)


def numbers_of_chunk(chunk: int) -> tuple[str, ...]:
    """Numbers of the tickets whose words the public reads, in the n-th chunk from 1."""
    first = (chunk - 1) * CHUNK
    within = (Ticket.id > first, Ticket.id <= first + CHUNK)
    readable = visible(grants_for(Actor()), Sight.WORDS)
    return tuple(db.session.scalars(select(Ticket.number).where(*within, readable).order_by(Ticket.number)))


def unit_slugs() -> tuple[str, ...]:
    """Slugs of all units, for the sitemap."""
    return tuple(db.session.scalars(select(Unit.slug).order_by(Unit.slug).limit(CHUNK)))


def service_slugs() -> tuple[str, ...]:
    """Slugs of active services, for the sitemap."""
    return tuple(db.session.scalars(select(Service.slug).where(Service.is_active).order_by(Service.slug).limit(CHUNK)))


@cache
def _heads(migrations: Path) -> frozenset[str]:
    return frozenset(ScriptDirectory(str(migrations)).get_heads())


def is_ready(migrations: Path) -> bool:
    """Whether the database answers and stands at the newest migration."""
    try:
        current = frozenset(MigrationContext.configure(db.session.connection()).get_current_heads())
    except SQLAlchemyError:
        db.session.rollback()
        return False
    return bool(current) and current == _heads(migrations)
