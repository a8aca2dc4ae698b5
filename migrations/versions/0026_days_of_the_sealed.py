"""of sealed reports the day of receipt is kept, of citizens' accounts the day they were opened"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ticket = sa.table(
    "ticket", sa.column("id"), sa.column("zone"), sa.column("received_at", sa.DateTime(timezone=True)),
    sa.column("anonymous", sa.Boolean()), sa.column("confidential", sa.Boolean()),
)  # fmt: skip
cycle = sa.table(
    "ticket_cycle", sa.column("ticket_id"), sa.column("number"), sa.column("started_at", sa.DateTime(timezone=True))
)
person = sa.table("person", sa.column("id"), sa.column("created_at", sa.DateTime(timezone=True)))
membership = sa.table("membership", sa.column("person_id"))
BATCH = 1000


def upgrade() -> None:
    sealed = sa.or_(ticket.c.anonymous, ticket.c.confidential)
    _each(sa.select(ticket.c.id, ticket.c.received_at, ticket.c.zone).where(sealed), ticket.c.id, _keep_day)
    works = sa.select(membership.c.person_id)
    citizens = sa.select(person.c.id, person.c.created_at).where(person.c.id.not_in(works))
    _each(citizens, person.c.id, _floor(person, "created_at"))
    for name, columns in (("passkey", ("created_at", "used_at")), ("provider_identity", ("created_at", "used_at"))):
        for column in columns:
            table = sa.table(name, sa.column("id"), sa.column(column, sa.DateTime(timezone=True)))
            known = sa.select(table.c.id, table.c[column]).where(table.c[column].is_not(None))
            _each(known, table.c.id, _floor(table, column))


def downgrade() -> None:
    """The hours are gone, and nothing needs them."""


def _each(wanted: Any, key: Any, change: Callable[..., None]) -> None:
    last = 0
    while rows := op.get_bind().execute(wanted.where(key > last).order_by(key).limit(BATCH)).tuples().all():
        for row in rows:
            change(*row)
        last = rows[-1][0]


def _keep_day(id_: int, received_at: datetime, zone: str) -> None:
    date = _aware(received_at).astimezone(ZoneInfo(zone)).date()
    day = _stored(datetime.combine(date, time(), ZoneInfo(zone)))
    op.execute(ticket.update().where(ticket.c.id == id_).values(received_at=day))
    first = cycle.update().where(cycle.c.ticket_id == id_, cycle.c.number == 1)
    op.execute(first.values(started_at=day))


def _floor(table: Any, column: str) -> Callable[[int, datetime], None]:
    def change(id_: int, at: datetime) -> None:
        day = datetime.combine(_aware(at).astimezone(UTC).date(), time(), UTC)
        op.execute(table.update().where(table.c.id == id_).values({column: _stored(day)}))

    return change


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _stored(at: datetime) -> datetime:
    """As the database keeps an instant: SQLite without a zone, in UTC."""
    at = at.astimezone(UTC)
    return at.replace(tzinfo=None) if op.get_bind().dialect.name == "sqlite" else at
