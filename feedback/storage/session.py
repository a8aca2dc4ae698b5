"""The database handle and the one transaction boundary (DESIGN.md 3.1, 3.12)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event

from feedback.storage.base import Base

db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
_DURABLE, _QUICK = {"writes": "FULL"}, {"writes": "NORMAL"}


def init_storage(app: Flask, url: str) -> None:
    """Bind the database of ``url`` to the application, with the durability the receipt promises."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    if url.startswith("sqlite"):
        options: dict[str, Any] = {"connect_args": {"timeout": 10}}
    else:
        options = {"pool_size": 5, "max_overflow": 5, "pool_pre_ping": True, "pool_timeout": 10}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # The driver must not open transactions by itself: `begin` below decides which kind.
        connection.isolation_level = None
        cursor = connection.cursor()
        # FULL: with NORMAL a power cut takes acknowledged rows with it (SECURITY.md 1.3).
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its lock at once; one that upgrades a read lock can be refused without waiting.
        writes = connection.get_execution_options().get("writes")
        if writes:
            connection.exec_driver_sql(f"PRAGMA synchronous={writes}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def transaction(*, durable: bool = True) -> Iterator[None]:
    """The only place that commits. An inner one joins the outer; any error undoes all of it.

    What may be lost in a power cut, such as counts, asks not to wait for the disk.
    """
    session = db.session()
    if session.info.get("writing"):
        yield
        return
    session.rollback()  # ends the reading snapshot, so that the writer sees the newest rows
    session.info["writing"] = True
    try:
        connection = session.connection(execution_options=_DURABLE if durable else _QUICK)
        if not durable and connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("writing", None)
