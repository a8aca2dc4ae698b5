"""Alembic's door: the application's engine and metadata, offline scripts refused."""

from __future__ import annotations

from alembic import context
from flask import current_app

from feedback.adapters.search import SEARCH_TABLES
from feedback.storage.base import Base, UTCDateTime
from feedback.storage.session import db


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the search index alone: it is no table of the metadata."""
    return not (kind == "table" and name in SEARCH_TABLES)


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our instant type as what it is in the database: a landed migration must not follow our code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


def run() -> None:
    """Migrate on one connection, all or nothing."""
    engine = db.engine
    with engine.connect() as connection:
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
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("Migrations need the database: run `flask db upgrade`.")
run()
