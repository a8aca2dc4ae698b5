"""Text search in PostgreSQL: a table of word vectors under a GIN index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, cast, column, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY

from feedback.storage.session import db

_TABLE = table("ticket_search", column("ticket_id"), column("words"))


class PostgresSearch:
    """Search on vectors made of our own stems: the database never stems or splits."""

    def create(self, connection: Connection) -> None:
        """Make the table and its index; harmless when they are there."""
        for statement in (
            "CREATE TABLE IF NOT EXISTS ticket_search (ticket_id integer PRIMARY KEY, words tsvector NOT NULL)",
            "CREATE INDEX IF NOT EXISTS ix_ticket_search_words ON ticket_search USING gin (words)",
        ):
            connection.execute(text(statement))

    def write(self, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Put tickets' search words in place of earlier ones, in one statement."""
        db.session.execute(
            text(
                "INSERT INTO ticket_search (ticket_id, words) VALUES (:id, array_to_tsvector(CAST(:words AS text[])))"
                " ON CONFLICT (ticket_id) DO UPDATE SET words = excluded.words"
            ),
            [{"id": ticket_id, "words": list(stems)} for ticket_id, stems in rows],
        )

    def erase(self, ticket_id: int) -> None:
        """Forget a ticket's search words."""
        db.session.execute(text("DELETE FROM ticket_search WHERE ticket_id = :id"), {"id": ticket_id})

    def found(self, stems: Sequence[str]) -> Select[Any]:
        """The ids, named ``id``, of the tickets that have every one of these words."""
        quoted = " & ".join(f"'{stem}'" for stem in stems)
        return select(_TABLE.c.ticket_id.label("id")).where(_TABLE.c.words.op("@@")(cast(quoted, TSQUERY)))
