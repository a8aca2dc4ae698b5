"""What an acknowledged row is worth: SQLite's settings on every connection, a full disk, a lock nobody waits behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from feedback.app import create_app
from feedback.storage.session import db
from tests.conftest import make_settings
from tests.factories import World
from tests.site import Reader
from tests.tickets.steps import footprint

FULL = 2


def test_every_sqlite_connection_is_fully_synchronous(sqlite_template: Path, tmp_path: Path) -> None:
    app = create_app(make_settings(tmp_path, f"sqlite:///{sqlite_template}"))
    with app.app_context():
        connections = [db.engine.connect() for _ in range(4)]
        for connection in connections:
            names = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
            assert found == {"journal_mode": "wal", "synchronous": FULL, "foreign_keys": 1, "recursive_triggers": 1}
            assert int(connection.exec_driver_sql("PRAGMA busy_timeout").scalar() or 0) >= 5000
        for connection in connections:
            connection.close()
        db.engine.dispose()


@contextmanager
def _full_disk() -> Iterator[None]:
    """The database may not grow: SQLite by its own limit, PostgreSQL by the error it gives (53100, disk_full)."""
    if db.engine.dialect.name == "sqlite":

        def stop_growing(connection: Any, *_rest: Any) -> None:
            connection.execute("PRAGMA max_page_count = 1")  # below what is there it means: no further page

        event.listen(db.engine, "checkout", stop_growing)
        yield
        event.remove(db.engine, "checkout", stop_growing)
        db.engine.dispose()
        return
    db.session.rollback()  # a transaction left open here would keep the trigger waiting
    full = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$"
    with db.engine.begin() as connection:
        connection.execute(text(full))
        connection.execute(text("CREATE TRIGGER full_disk BEFORE INSERT ON ticket_event EXECUTE FUNCTION full_disk()"))
    yield
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER full_disk ON ticket_event"))


def test_a_full_disk_is_told_and_nothing_is_half_written(app: Flask, world: World, reader: Reader) -> None:
    page = reader.open("/lapor")
    place = {"region": world.village, "topic": str(world.topic)}
    page = reader.send(page, button="periksa", text="Lampu mati. " * 700, **place)
    before = footprint()
    with _full_disk():
        answer = reader.send(page, button="kirim")
        assert answer.status == 503
        assert int(answer.response.headers["Retry-After"]) > 0
        assert reader.open("/laporan").status == 200
    assert footprint() == before
    again = reader.send(page, button="kirim")
    assert "MB-" in again.text


@pytest.mark.slow
def test_a_migration_does_not_wait_behind_a_long_read(postgres_url: str, tmp_path: Path) -> None:
    """A waiting ALTER would block every reader behind it (SECURITY.md 1.15): it gives up after seconds instead."""
    with create_engine(postgres_url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS locked WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE locked TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"))
    url = make_url(postgres_url).set(database="locked").render_as_string(hide_password=False)
    app = create_app(make_settings(tmp_path, url))
    with app.app_context():
        upgrade(revision="0001")
        reading = create_engine(url).connect()
        try:
            # Without a limit of ours the migration would wait until the server ends this reader, and then pass.
            reading.execute(text("SET idle_in_transaction_session_timeout = '20s'"))
            reading.execute(text("SELECT count(*) FROM ticket"))
            began = time.monotonic()
            with pytest.raises(OperationalError, match="lock timeout"):
                downgrade(revision="base")
            assert time.monotonic() - began < 30
            assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == "0001"
        finally:
            reading.close()
            db.session.remove()
            db.engine.dispose()


def test_nothing_is_written_for_an_anonymous_reader(world: World, client: FlaskClient) -> None:
    before = footprint()
    for path in ("/", "/laporan", "/layanan", "/unit", "/statistik", "/lapor", "/lacak"):
        assert client.get(path).status_code == 200
    assert footprint() == before
