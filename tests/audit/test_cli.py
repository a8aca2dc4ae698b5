from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from config import Settings
from feedback.audit.handlers import anchor_of_the_day
from feedback.audit.queries import verify
from feedback.audit.rules import read_anchor
from feedback.kernel.clock import utc_now
from feedback.storage.session import db
from tests.audit.test_chain import _without_triggers, write


def run(app: Flask, *words: str) -> tuple[int, str]:
    db.session.remove()
    done = app.test_cli_runner().invoke(args=["audit", *words])
    return done.exit_code, done.output


def test_a_whole_chain_is_told_and_ends_well(app: Flask) -> None:
    write()
    assert run(app, "verify") == (0, "3 rows, all whole.\n")


def test_a_broken_one_ends_with_one_and_its_row(app: Flask) -> None:
    write()
    _without_triggers("UPDATE audit_entry SET deed = 'z' WHERE id = 2")
    status, told = run(app, "verify", "--json")
    assert status == 1
    assert json.loads(told)["broken"] == 2
    assert run(app, "verify")[0] == 1


def test_an_anchor_is_printed_kept_and_compared(app: Flask, tmp_path: Path) -> None:
    write()
    status, line = run(app, "anchor")
    file = tmp_path / "anchor.json"
    file.write_text(line)
    assert status == 0
    assert read_anchor(line).sequence == 3
    assert run(app, "verify", "--anchor", str(file))[0] == 0
    _without_triggers("DELETE FROM audit_entry WHERE id = 3")
    assert run(app, "verify")[0] == 0
    assert run(app, "verify", "--anchor", str(file))[0] == 1
    file.write_text("bukan jangkar")
    assert run(app, "verify", "--anchor", str(file))[0] == 2


def test_the_worker_keeps_one_anchor_a_day_and_never_writes_over_it(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    settings: Settings = app.config["SETTINGS"]
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, instance=tmp_path))
    now = utc_now()
    write()
    assert anchor_of_the_day(now)
    write()
    assert not anchor_of_the_day(now)
    [file] = (tmp_path / "anchors").iterdir()
    assert file.name == f"{now.date()}.json"
    anchor = read_anchor(file.read_text())
    assert anchor.sequence == 3
    assert verify([anchor]).broken is None
    assert run(app, "verify")[0] == 0
    _without_triggers("DELETE FROM audit_entry WHERE id = 6")
    assert run(app, "verify")[0] == 0
    _without_triggers("DELETE FROM audit_entry WHERE id >= 3")
    status, told = run(app, "verify")
    assert (status, "the end was cut off" in told) == (1, True), "the anchors kept here are asked too"
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_entry")).scalar() == 2
