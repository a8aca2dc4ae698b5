from __future__ import annotations

import dataclasses
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import Settings
from feedback.admin.actions import demo
from feedback.admin.actions.check import findings
from feedback.admin.actions.demo import forget_first_passwords, seed_demo, take_first_passwords
from feedback.admin.actions.heartbeat import beat
from feedback.admin.cli import COMMANDS
from feedback.app import create_app
from feedback.kernel.clock import utc_now
from feedback.people.actions import sign_in
from feedback.people.models import Person
from feedback.storage.outbox import census
from feedback.storage.session import db
from feedback.tickets.models import Ticket
from feedback.tickets.rules.words import State
from feedback.units.models import Unit
from feedback.vault.keys import make_keys
from tests.conftest import make_settings
from tests.factories import World


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "instance"
    place.mkdir()
    return place


def test_the_demonstration_tells_a_story_of_every_state(app: Flask, folder: Path) -> None:
    assert seed_demo(folder)
    states = set(db.session.scalars(select(Ticket.state).distinct()))
    assert states == set(State)
    assert census().get("pending", 0) == 0
    newest, oldest = db.session.execute(select(func.max(Ticket.created_at), func.min(Ticket.created_at))).one()
    assert newest <= utc_now()
    assert (utc_now() - oldest).days in range(50, 61)
    passwords = take_first_passwords(folder)
    assert len(passwords) == count(Person) == len({one.password for one in passwords})
    assert sign_in(passwords[0].email, passwords[0].password, source="10.0.0.1")


def test_passwords_wait_for_their_owner_only_and_are_shown_once(app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "tell_stories", lambda _people, _now: 0)
    assert seed_demo(folder)
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert take_first_passwords(folder) == take_first_passwords(folder) != ()
    forget_first_passwords(folder)
    assert take_first_passwords(folder) == ()
    assert not seed_demo(folder)
    assert take_first_passwords(folder) == ()


def test_a_fill_that_breaks_half_way_leaves_nothing_and_can_be_repeated(app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(_people: object, _now: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(demo, "tell_stories", killed)
        with pytest.raises(KeyboardInterrupt):
            seed_demo(folder)
    assert (count(Unit), count(Person)) == (0, 0)
    monkeypatch.setattr(demo, "tell_stories", lambda _people, _now: 0)
    assert seed_demo(folder)


def test_nothing_is_filled_into_a_site_in_use(app: Flask, world: World, folder: Path) -> None:
    units = count(Unit)
    assert not seed_demo(folder)
    assert count(Unit) == units
    answer = app.test_cli_runner().invoke(args=["seed"])
    assert answer.exit_code == 1
    assert "only fills an empty database" in answer.stderr


def runner_for(settings: Settings, folder: Path, *, is_demo: bool) -> Callable[..., tuple[int, str]]:
    changed = dataclasses.replace(settings, instance=folder, demo=is_demo)

    def run(*words: str) -> tuple[int, str]:
        result = create_app(changed).test_cli_runner().invoke(args=list(words))
        return result.exit_code, result.output

    return run


def test_prepare_twice_changes_nothing_and_shows_no_password_again(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "tell_stories", lambda _people, _now: 0)
    settings = make_settings(folder, f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    run = runner_for(settings, folder, is_demo=True)
    code, first = run("prepare")
    assert code == 0, first
    assert "administrator@" in first
    assert "/masuk" in first
    code, second = run("prepare")
    assert code == 0, second
    assert "administrator@" not in second
    assert "password" not in second


def test_a_real_installation_begins_empty(folder: Path, tmp_path: Path) -> None:
    settings = make_settings(folder, f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    run = runner_for(settings, folder, is_demo=False)
    code, text = run("prepare")
    assert code == 0, text
    assert "password" not in text
    code, report = run("doctor")
    assert code == 1
    assert "Nobody is administrator" in report
    assert "up to date" in report
    assert "The worker never ran here" in report


def test_doctor_names_what_is_missing_before_prepare(folder: Path, tmp_path: Path) -> None:
    settings = make_settings(folder, f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    code, report = runner_for(settings, folder, is_demo=False)("doctor")
    assert code == 1
    assert "migrations are not all applied" in report
    assert "keys of sealed contacts are missing" in report


def test_doctor_tells_what_keeps_production_from_starting(app: Flask, world: World, folder: Path) -> None:
    make_keys(folder)
    beat(folder, utc_now())
    settings = dataclasses.replace(app.config["SETTINGS"], instance=folder, demo=True)
    found = list(findings(settings, utc_now()))
    assert any("DEMO must be off" in one.text and one.is_note for one in found)
    found = list(findings(dataclasses.replace(settings, production=True), utc_now()))
    assert any("DEMO must be off" in one.text and not one.is_fine for one in found)


def test_the_worker_command_drains_and_ends(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["worker", "--once"])
    assert answer.exit_code == 0, answer.output
    assert re.search(r"Did \d jobs\.", answer.output)


def test_every_command_explains_itself(app: Flask) -> None:
    for command in COMMANDS:
        answer = app.test_cli_runner().invoke(args=[command.name or "", "--help"])
        assert answer.exit_code == 0
        assert len(answer.output) > 80
