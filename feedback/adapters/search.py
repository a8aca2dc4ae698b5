"""Text search over public tickets: one port, the implementation chosen by the database.

Callers put in only what everybody may read (published, neither confidential nor hidden) and take it out when that ends,
in the transaction of the change itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Select, event, false, literal, select

from feedback.adapters.search_postgres import PostgresSearch
from feedback.adapters.search_sqlite import SQLiteSearch
from feedback.adapters.search_words import asked_stems, stems
from feedback.storage.base import Base
from feedback.storage.session import db

# Tables of this index (and what SQLite keeps behind it), which the metadata does not know.
SEARCH_TABLES = tuple(f"ticket_search{part}" for part in ("", "_data", "_idx", "_content", "_docsize", "_config"))


class Search(Protocol):
    """What an implementation offers; ``stems`` are never user input as typed."""

    def create(self, connection: Connection) -> None:
        """Make the index; harmless when it is there."""

    def write(self, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Put tickets' search words in place of earlier ones, in one statement."""

    def erase(self, ticket_id: int) -> None:
        """Forget a ticket's search words."""

    def found(self, stems: Sequence[str]) -> Select[Any]:
        """The ids, named ``id``, of the tickets that have every one of these words."""


_BY_DIALECT: dict[str, Search] = {"sqlite": SQLiteSearch(), "postgresql": PostgresSearch()}


def create_search(connection: Connection) -> None:
    """Make the index of this database; migrations call it, and ``create_all`` does."""
    _BY_DIALECT[connection.dialect.name].create(connection)


def index_ticket(ticket_id: int, words: str) -> None:
    """Make a public ticket findable by these words, inside the caller's transaction; earlier ones are replaced."""
    index_tickets([(ticket_id, words)])


def index_tickets(rows: Iterable[tuple[int, str]]) -> None:
    """The same for many tickets at once, as an import brings them."""
    _here().write([(ticket_id, stems(words)) for ticket_id, words in rows])


def unindex_ticket(ticket_id: int) -> None:
    """Make a ticket unfindable, inside the caller's transaction."""
    _here().erase(ticket_id)


def matching(text: str, ids: Any) -> ColumnElement[bool]:
    """The clause for tickets, by their id column, that have every word of a question; no words, no tickets."""
    return ids.in_(found(text))  # type: ignore[no-any-return]


def found(text: str) -> Select[Any]:
    """The ids, in a column named ``id``, of the tickets that have every word of a question; no words, no tickets."""
    asked = asked_stems(text)
    return _here().found(asked) if asked else select(literal(0).label("id")).where(false())


def _here() -> Search:
    return _BY_DIALECT[db.engine.dialect.name]


@event.listens_for(Base.metadata, "after_create")
def _after_create(_metadata: Any, connection: Connection, **_rest: Any) -> None:
    create_search(connection)
