"""A copy that can be trusted: the database as it stood at one instant, then keys and attachments (SECURITY.md 1.18).

The database is copied first. Attachments are stored before their rows and never changed, so every row of the copy
finds its file; a file that came later only waits for the sweep.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import URL, make_url

from config import Settings
from feedback.kernel.clock import utc_now
from feedback.storage.disk import sync
from feedback.storage.session import db

MANIFEST = "manifest.json"
_SQLITE, _POSTGRES = "database.sqlite3", "database.pgdump"
# Written anew by every worker; the rest of the folder of an installation belongs to it.
_PASSING = ("worker.seen", "worker.seen.new")


class BackupFailed(Exception):
    """The copy or the way back cannot be made; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What was copied."""

    folder: Path
    files: int
    size: int


def back_up(settings: Settings, target: Path) -> Backup:
    """Copy database, keys and attachments into a new folder under ``target``; whole or not at all.

    Raises BackupFailed when the folder cannot be written or PostgreSQL's own tool fails.
    """
    name = f"bicara-{utc_now():%Y%m%dT%H%M%SZ}"
    unfinished, folder = target / f".{name}.unfinished", target / name
    if folder.exists():
        raise BackupFailed(f"{folder} exists already.")
    try:
        unfinished.mkdir(parents=True, mode=0o700)
        _copy_database(unfinished)
        _copy_instance(settings.instance, unfinished / "instance")
        return _finish(unfinished, folder)
    except OSError as error:
        raise BackupFailed(f"{target} cannot be written: {error.strerror}.") from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _finish(unfinished: Path, folder: Path) -> Backup:
    """Write the list of what is in it, make it durable, and only then give it its name."""
    listed = {str(file.relative_to(unfinished)): _digest(file) for file in _files(unfinished)}
    size = sum(file.stat().st_size for file in _files(unfinished))
    manifest = {"made_at": utc_now().isoformat(), "migration": _migration(), "sha256": listed}
    (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1))
    for path in (*unfinished.rglob("*"), unfinished):
        sync(path)
    unfinished.rename(folder)
    sync(folder.parent)
    return Backup(folder, len(listed), size)


def restore(settings: Settings, folder: Path) -> int:
    """Bring a copy back into an empty installation; returns how many files it has.

    Raises BackupFailed when the copy is damaged or anything is there already.
    """
    listed = _checked(folder)
    if inspect(db.engine).get_table_names():
        raise BackupFailed("The database holds tables already; a copy is only brought back into an empty one.")
    db.engine.dispose()
    _restore_database(folder)
    for file in _files(folder / "instance"):
        goal = settings.instance / file.relative_to(folder / "instance")
        goal.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(file, goal)
        goal.chmod(0o600)
        sync(goal)
    return len(listed)


def _checked(folder: Path) -> dict[str, str]:
    try:
        listed: dict[str, str] = json.loads((folder / MANIFEST).read_text())["sha256"]
    except (OSError, ValueError, KeyError):
        raise BackupFailed(f"{folder} is no whole copy: its {MANIFEST} cannot be read.") from None
    for name, digest in listed.items():
        file = folder / name
        if not file.resolve().is_relative_to(folder.resolve()) or not file.is_file() or _digest(file) != digest:
            raise BackupFailed(f"{name} is missing or was changed since the copy was made.")
    for file in _files(folder):
        if str(file.relative_to(folder)) not in {*listed, MANIFEST}:
            raise BackupFailed(f"{file} is not on its list: somebody put it there after the copy was made.")
    return listed


def _copy_database(folder: Path) -> None:
    url = _url()
    if url.get_backend_name() != "sqlite":
        _postgres("pg_dump", "--format=custom", "--no-owner", f"--file={folder / _POSTGRES}", dsn=url)
        return
    # SQLite's own way: it reads one instant while others go on writing. A plain copy of a live file is often unusable.
    with closing(sqlite3.connect(str(url.database))) as source, closing(sqlite3.connect(folder / _SQLITE)) as copy:
        source.backup(copy)


def _restore_database(folder: Path) -> None:
    url = _url()
    if url.get_backend_name() == "sqlite":
        if not (folder / _SQLITE).exists():
            raise BackupFailed("The copy was made from PostgreSQL, and DATABASE_URL names SQLite.")
        goal = Path(str(url.database))
        for leftover in (goal, Path(f"{goal}-wal"), Path(f"{goal}-shm")):
            leftover.unlink(missing_ok=True)
        shutil.copyfile(folder / _SQLITE, goal)
        goal.chmod(0o600)
        sync(goal)
        return
    if not (folder / _POSTGRES).exists():
        raise BackupFailed("The copy was made from SQLite, and DATABASE_URL names PostgreSQL.")
    _postgres("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(folder / _POSTGRES), dsn=url)


def _url() -> URL:
    return make_url(db.engine.url)


def _dsn(url: URL) -> str:
    """Where the database is, without its password: `URL.set` takes none away, and one written as *** is believed."""
    return url._replace(drivername="postgresql", password=None).render_as_string()


def _postgres(tool: str, *words: str, dsn: URL) -> None:
    """One of PostgreSQL's own tools; the password goes by its environment, where no list of processes shows it."""
    program = shutil.which(tool)
    if program is None:
        raise BackupFailed(f"{tool} is missing: install postgresql-client of the server's version or newer.")
    env = {"PATH": str(Path(program).parent), "PGPASSWORD": str(dsn.password or "")}
    asked = [program, f"--dbname={_dsn(dsn)}", *words]
    done = subprocess.run(asked, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupFailed(f"{tool} failed: {(done.stderr.strip().splitlines() or ['no reason given'])[0]}")


def _copy_instance(instance: Path, goal: Path) -> None:
    """Keys and attachments; the database is copied by itself, half-written files are left behind."""
    goal.mkdir(mode=0o700)
    database = _url().database or ""
    own = {Path(database).resolve(), Path(f"{database}-wal").resolve(), Path(f"{database}-shm").resolve()}
    for file in _files(instance):
        if file.resolve() in own or file.name in _PASSING:
            continue
        copy = goal / file.relative_to(instance)
        copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            shutil.copyfile(file, copy)
        except FileNotFoundError:
            continue  # a temporary file that has been finished or swept meanwhile


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _migration() -> str:
    return str(db.session.scalar(text("SELECT version_num FROM alembic_version")))


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
