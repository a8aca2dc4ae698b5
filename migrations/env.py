"""Alembic's door: the application's engine and metadata, offline scripts refused."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from feedback.adapters.search import SEARCH_TABLES
from feedback.storage.base import Base, UTCDateTime
from feedback.storage.session import db


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the search index alone: it is no table of the metadata."""
    return not (kind == "table" and name in SEARCH_TABLES)


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our instant type as what it is in the database: a landed migration must not follow our code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


def _keep_references(connection: Connection, *, on: bool) -> None:
    """SQLite changes a table by building it anew, which it refuses while rows elsewhere point at it."""
    if connection.dialect.name == "sqlite":
        # Below SQLAlchemy, which would begin a transaction first: inside one the setting does nothing.
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"The migration left references that point nowhere: {broken[:5]}")


def run() -> None:
    """Migrate on one connection, all or nothing."""
    engine = db.engine
    with engine.connect() as connection:
        _keep_references(connection, on=False)
        connection = connection.execution_options(writes=True)
        if engine.dialect.name == "postgresql":
            # A lock that waits behind a long read blocks every read after it (SECURITY.md 1.15).
            connection.exec_driver_sql("SET lock_timeout = '5s'")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            include_name=include_name,
            compare_type=True,
            render_item=render_item,
            transaction_per_migration=True,
            **{
                name: value
                for name, value in current_app.extensions["migrate"].configure_args.items()
                if name not in ("render_as_batch", "compare_type")
            },
        )
        with context.begin_transaction():
            context.run_migrations()
            _check_references(connection)
        connection.commit()
        _keep_references(connection, on=True)


if context.is_offline_mode():
    raise SystemExit("Migrations need the database: run `flask db upgrade`.")
run()
