"""Text search in SQLite: an FTS5 table whose rowid is the ticket's id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, column, select, table, text

from feedback.storage.session import db

_TABLE = table("ticket_search", column("rowid"), column("words"))


class SQLiteSearch:
    """Search on the database's own full-text index."""

    def create(self, connection: Connection) -> None:
        """Make the index; harmless when it is there."""
        connection.execute(
            text(
                "CREATE VIRTUAL TABLE IF NOT EXISTS ticket_search USING fts5(words, tokenize = 'ascii', detail = none)"
            )
        )

    def write(self, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Put tickets' search words in place of earlier ones, in one statement."""
        db.session.execute(
            text("INSERT OR REPLACE INTO ticket_search (rowid, words) VALUES (:id, :words)"),
            [{"id": ticket_id, "words": " ".join(stems)} for ticket_id, stems in rows],
        )

    def erase(self, ticket_id: int) -> None:
        """Forget a ticket's search words."""
        db.session.execute(text("DELETE FROM ticket_search WHERE rowid = :id"), {"id": ticket_id})

    def found(self, stems: Sequence[str]) -> Select[Any]:
        """The ids, named ``id``, of the tickets that have every one of these words."""
        quoted = " ".join(f'"{stem}"' for stem in stems)
        return select(_TABLE.c.rowid.label("id")).where(column("ticket_search").op("MATCH")(quoted))
