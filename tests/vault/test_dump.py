"""A stolen dump, without private keys: it must not name who sent a sealed report, nor let anybody work it out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from feedback.storage.base import Base
from feedback.storage.session import db
from feedback.vault.keys import make_keys
from tests.adapters.mailbox import serving
from tests.factories import World
from tests.site import Reader
from tests.vault.keys import make_key
from tests.vault.scene import ADDRESS, ADDRESS_OF_VISITOR, AT, NAMES, Scene, play

# Rows about a person as such. What a citizen asks of their own data is named to them, and counts hours by law.
Kept = list[tuple[str, dict[str, Any]]]
OF_PEOPLE = frozenset({"person", "browser_session", "audit_entry", "mail_preference", "passkey", "provider_identity"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The instance folder of a city: public keys, the worker's key, files."""
    public, *_ = make_key(tmp_path / "elsewhere")
    folder = tmp_path / "instance"
    make_keys(folder)
    shutil.copy(public, folder)
    return folder


def rows() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row of every table the database has."""
    assert set(inspect(db.engine).get_table_names()) >= set(Base.metadata.tables)
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            yield table.name, dict(row)


def written(value: Any) -> str:
    """A value as somebody who reads the dump would see it, in lower case."""
    if isinstance(value, bytes):
        return f"{value.decode('latin-1')} {value.hex()}".lower()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False).lower()
    return str(value).lower()


def test_a_stolen_dump_names_nobody(app: Flask, world: World, readers: Callable[[], Reader], folder: Path) -> None:
    with serving() as mailbox:
        scene = play(app, world, readers, mailbox, folder)
    readers().sign_in(world.stranger).open("/akun")  # somebody who sent nothing
    db.session.rollback()
    kept = list(rows())
    faults = [*_names(kept), *_joins(kept, scene), *_hours(kept, scene), *_unlike(kept, scene), *_in_folder(folder, scene)]
    assert faults == []
    _it_would_show(kept)


def _names(kept: Kept) -> Iterator[str]:
    """A name, an address or a telephone number anywhere but in the account itself."""
    for table, row in kept:
        for column, value in row.items():
            if table != "person" and any(one in written(value) for one in NAMES):
                yield f"{table}.{column} names somebody"


def _joins(kept: Kept, scene: Scene) -> Iterator[str]:
    """The number of the account in a row that is about anything else."""
    for table, row in kept:
        for column, value in row.items():
            if table not in OF_PEOPLE and str(scene.account) in written(value):
                yield f"{table}.{column} holds the account"


def _hours(kept: Kept, scene: Scene) -> Iterator[str]:
    """An hour in a row about the account, or in a session: it could be laid beside that of a report."""
    for table, row in kept:
        if table == "browser_session" or any(str(scene.account) in written(value) for value in row.values()):
            for column, value in row.items():
                has_hour = isinstance(value, datetime) and value.time() != time()
                if has_hour or "05:37" in written(value):
                    yield f"{table}.{column} knows the hour"


def _unlike(kept: Kept, scene: Scene) -> Iterator[str]:
    """Number, length and columns of seals and sessions tell who gave an address, or opened a report."""
    seals: dict[int, set[tuple[str, int, str]]] = {one: set() for one in scene.ids().values()}
    for row in (row for table, row in kept if table == "sealed_identity"):
        seals[row["ticket_id"]].add((row["part"], len(row["sealed"]), row["key_id"]))
    if len({frozenset(one) for one in seals.values()}) != 1:
        yield f"seals differ: {seals}"
    lengths = {len(row["data"]) for table, row in kept if table == "browser_session"}
    if len(lengths) != 1:
        yield f"sessions differ in length: {lengths}"


def _in_folder(folder: Path, scene: Scene) -> Iterator[str]:
    files = [file for file in folder.rglob("*") if file.is_file() and file.suffix not in (".private", ".key", ".half")]
    assert any("files" in file.parts for file in files)
    for file in files:
        content = f"{file.name} {file.read_bytes().decode('latin-1')}".lower()
        if any(one in content for one in (*NAMES, str(scene.account))):
            yield f"{file} names somebody"


def _it_would_show(kept: Kept) -> None:
    """The test would see them: every table is there, the account's address, and an hour that officials need."""
    assert {"sealed_identity", "outbox", "attachment", "ticket_event", "use_count", "browser_session"} <= {one for one, _ in kept}
    everything = " ".join(written(value) for _, row in kept for value in row.values())
    assert ADDRESS in everything
    assert ADDRESS_OF_VISITOR not in everything
    assert str(AT)[:16] in everything
