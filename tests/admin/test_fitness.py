"""Production starts only when nothing is wrong; every fault is one sentence (SECURITY.md: refuses with status 78)."""

from __future__ import annotations

import dataclasses
import os
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from config import ROOT, Settings, load_settings
from feedback.admin.actions.fitness import faults
from feedback.app import create_app
from feedback.vault.cli import cli as vault
from feedback.vault.rules.halves import new_key, private_from
from feedback.vault.rules.sealing import public_of
from tests.conftest import make_settings

# Typed twice each.
PASSPHRASES = ("kelapa hijau di tepi dermaga", "kelapa hijau di tepi dermaga", "tiga perahu menunggu angin", "tiga perahu menunggu angin")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def fit(folder: Path, sqlite_template: Path) -> Settings:
    """Settings nothing is wrong with."""
    file = folder / "feedback.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    file.chmod(0o600)
    (folder / "vault.public").write_text("ab" * 32)
    (folder / "contact.public").write_text("cd" * 32)
    return dataclasses.replace(
        make_settings(folder, f"sqlite:///{file}"),
        secret_key=secrets.token_urlsafe(48),
        files_key=secrets.token_urlsafe(48),
        public_url="https://lapor.contoh.go.id",
        trusted_hosts=("lapor.contoh.go.id", "127.0.0.1"),
        production=True,
    )


def found(settings: Settings, **changed: Any) -> list[str]:
    app = create_app(dataclasses.replace(settings, **changed))
    with app.app_context():
        try:
            return list(faults(app.config["SETTINGS"]))
        finally:
            from feedback.storage.session import db

            db.session.remove()
            db.engine.dispose()


def test_nothing_is_wrong(fit: Settings) -> None:
    assert found(fit) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"debug": True}, "FLASK_DEBUG must be off"),
        ({"demo": True}, "DEMO must be off"),
        ({"unset": frozenset({"PUBLIC_URL"})}, "PUBLIC_URL must be set"),
        ({"unset": frozenset({"TRUSTED_HOSTS"})}, "TRUSTED_HOSTS must be set"),
        ({"public_url": "http://lapor.contoh.go.id"}, "PUBLIC_URL must begin with https://"),
        ({"trusted_hosts": ("*",)}, "TRUSTED_HOSTS must hold lapor.contoh.go.id"),
        ({"secret_key": "kunci"}, "SECRET_KEY must be random and at least 32"),
        ({"files_key": "kunci"}, "FILES_KEY must be random and at least 32"),
        ({"secret_key": "ab" * 40}, "SECRET_KEY must be random and at least 32"),
        ({"secret_key": "ChangeMe-ChangeMe-0192-kjhgfdlkjhgfd"}, "SECRET_KEY looks like a sample"),
    ],
)
def test_one_sentence_for_each_fault(fit: Settings, changed: dict[str, Any], sentence: str) -> None:
    assert [one for one in found(fit, **changed) if one.startswith(sentence)] == found(fit, **changed) != []


def test_a_site_on_this_machine_alone_needs_no_https(fit: Settings) -> None:
    assert found(fit, public_url="http://127.0.0.1:8000") == []


def test_files_others_could_read(fit: Settings, folder: Path) -> None:
    (folder / "secret.key").write_text("x")
    (folder / "contact.private").write_text("x")
    for file in folder.iterdir():
        file.chmod(0o644)
    folder.chmod(0o755)
    told = found(fit)
    assert [re.sub(r".*chmod", "chmod", one) for one in told if "contact.public" in one] == []
    for name in ("secret.key", "contact.private", "feedback.sqlite3"):
        assert any(one.endswith(f"chmod 600 {folder / name}") for one in told), name
    assert any(one.endswith(f"chmod 700 {folder}") for one in told)


def test_identities_need_a_key_that_nobody_can_open_here(fit: Settings, folder: Path) -> None:
    (folder / "vault.public").unlink()
    assert [one for one in found(fit) if one.startswith(f"{folder / 'vault.public'} is missing")] == found(fit) != []
    (folder / "vault-demo").mkdir(mode=0o700)
    (folder / "vault-demo/vault-ab-1.half").write_text("")
    assert [one for one in found(fit) if one.startswith("A half of the vault's private key")] == found(fit) != []


def test_a_half_is_known_by_what_it_holds(fit: Settings, folder: Path) -> None:
    half = new_key((PASSPHRASES[0], PASSPHRASES[2])).halves[0]
    (folder / "old").mkdir(mode=0o700)
    (folder / "old/keep-this.txt").write_text(half)
    assert [one for one in found(fit) if "keep-this.txt" in one] == found(fit) != []


@pytest.mark.parametrize("name", ["vault.public", "contact.public"])
def test_a_public_key_that_is_none_is_told_before_somebody_reports(fit: Settings, folder: Path, name: str) -> None:
    for written in ("zz", "ab" * 31, ""):
        (folder / name).write_text(written)
        assert [one for one in found(fit) if one.startswith(f"{folder / name} is damaged")] == found(fit) != []
    (folder / name).unlink()
    assert [one for one in found(fit) if one.startswith(f"{folder / name} is missing")] == found(fit) != []


def test_pending_migrations(fit: Settings, folder: Path) -> None:
    with create_engine(fit.database_url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert found(fit) == ["Migrations are pending; run: flask prepare"]


def test_sqlite_without_a_write_ahead_log_or_full_sync(fit: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback.storage.session._prepare_sqlite", lambda _engine: None)
    with create_engine(fit.database_url).connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    told = found(fit)
    assert [one for one in told if "(WAL)" in one]
    # the driver's default is FULL: only somebody who lowers it is refused
    from sqlalchemy import Engine, event

    def lower(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")

    event.listen(Engine, "connect", lower)
    try:
        assert [one for one in found(fit) if "fully synchronous" in one]
    finally:
        event.remove(Engine, "connect", lower)


def test_a_database_that_does_not_answer(fit: Settings, folder: Path) -> None:
    told = found(fit, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2")
    assert len(told) == 1
    assert told[0].startswith("The database does not answer")
    started = start("-c", "import wsgi", folder=folder, **FIT, DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2")
    assert started.returncode == 75, "status 78 tells systemd not to try again, and a database comes back"


FIT = {"PUBLIC_URL": "https://lapor.contoh.go.id", "TRUSTED_HOSTS": "lapor.contoh.go.id"}


def start(*words: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    given |= {"ENVIRONMENT": "production", "INSTANCE": str(folder)} | env
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=given, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "words", [("-c", "import wsgi"), ("-m", "flask", "--app", "wsgi", "serve", "--port", "1"),
              ("-m", "flask", "--app", "wsgi", "worker", "--once"), ("-m", "flask", "--app", "wsgi", "--debug", "run", "--port", "1")],
    ids=["any server", "serve", "worker", "flask run"],
)  # fmt: skip
def test_it_ends_with_78_and_says_everything_that_is_wrong(folder: Path, words: tuple[str, ...]) -> None:
    done = start(*words, folder=folder, DEMO="1", FLASK_DEBUG="1", SECRET_KEY="short")
    assert done.returncode == 78, done.stderr
    lines = done.stderr.strip().splitlines()
    named = ["FLASK_DEBUG", "DEMO", "PUBLIC_URL", "TRUSTED_HOSTS", "SECRET_KEY", str(folder / "vault.public"), str(folder / "contact.public"), "Migrations"]
    assert [line.split()[0] for line in lines] == named, done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_prints_the_same_list(folder: Path) -> None:
    env = {"DEMO": "1", "FLASK_DEBUG": "1", "SECRET_KEY": "short"}
    refused = start("-c", "import wsgi", folder=folder, **env).stderr.strip().splitlines()
    done = start("-m", "flask", "--app", "wsgi", "doctor", folder=folder, **env)
    assert done.returncode == 1, done.stderr
    assert [line[4:] for line in done.stdout.splitlines() if line.startswith("!!")][: len(refused)] == refused


def test_prepare_runs_while_something_is_wrong_and_leaves_private_files(folder: Path, tmp_path: Path) -> None:
    done = start("-m", "flask", "--app", "wsgi", "prepare", folder=folder)
    assert done.returncode == 0, done.stderr
    open_to_others = [file.name for file in folder.iterdir() if file.stat().st_mode & 0o077]
    assert open_to_others == []
    made = CliRunner().invoke(vault, ["keygen", "--out", str(tmp_path / "elsewhere")], input="\n".join(PASSPHRASES))
    assert made.exit_code == 0, made.output
    shutil.copy(tmp_path / "elsewhere/vault.public", folder)
    (folder / "vault.public").chmod(0o600)
    # What is made at the start is never looked through for garbage again.
    started = start("-c", "import gc, wsgi; print(gc.get_freeze_count() > 50_000)", folder=folder, **FIT)
    assert (started.returncode, started.stdout, started.stderr) == (0, "True\n", "")


def test_a_vault_key_is_two_files_for_two_people(tmp_path: Path) -> None:
    run = CliRunner()
    made = run.invoke(vault, ["keygen", "--out", str(tmp_path / "key")], input="\n".join(PASSPHRASES))
    assert made.exit_code == 0, made.output
    halves = sorted((tmp_path / "key").glob("*.half"))
    assert len(halves) == 2
    private = private_from((halves[0].read_text(), halves[1].read_text()), (PASSPHRASES[0], PASSPHRASES[2]))
    assert public_of(private).hex() == (tmp_path / "key/vault.public").read_text().strip()
    again = run.invoke(vault, ["keygen", "--out", str(tmp_path / "key")], input="\n".join(PASSPHRASES))
    assert again.exit_code == 1, "a key was written over"
    short = run.invoke(vault, ["keygen", "--out", str(tmp_path / "short")], input="a\na\nb\nb\n")
    assert short.exit_code == 1
    assert not (tmp_path / "short").exists()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PROXY_HOPS", "many", "PROXY_HOPS must be a whole number, not 'many'."),
        ("DATABASE_URL", "bicara", "DATABASE_URL must look like postgresql+psycopg://user@host/name or sqlite:////path/to/file."),
        ("DATABASE_URL", "postgresql:///bicara", "DATABASE_URL must look like postgresql+psycopg://user@host/name or sqlite:////path/to/file."),
        ("DATABASE_URL", "mysql://bicara@host/x", "DATABASE_URL must look like postgresql+psycopg://user@host/name or sqlite:////path/to/file."),
        ("INSTANCE", "/proc/bicara", "/proc/bicara/secret.key cannot be made or read: No such file or directory."),
    ],
)
def test_settings_that_cannot_be_understood_end_with_78(folder: Path, name: str, value: str, sentence: str) -> None:
    done = start("-c", "import wsgi", folder=folder, **{name: value})  # type: ignore[arg-type]
    assert done.returncode == 78
    assert done.stderr.strip() == sentence


def test_a_default_address_is_known_as_unset(tmp_path: Path) -> None:
    settings = load_settings({"INSTANCE": str(tmp_path), "ENVIRONMENT": "production"})
    assert settings.unset == {"PUBLIC_URL", "TRUSTED_HOSTS"}
    settings = load_settings({"INSTANCE": str(tmp_path), "PUBLIC_URL": "https://a.example", "TRUSTED_HOSTS": "a.example"})
    assert settings.unset == frozenset()
