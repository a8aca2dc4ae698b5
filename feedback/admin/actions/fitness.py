"""What production refuses to start with: each fault is one sentence that says what to mend (exit status 78)."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.sansio.utils import host_is_trusted

from config import ROOT, BadSettings, Settings
from feedback.publicsite.queries.figures import is_ready
from feedback.storage.session import db
from feedback.vault.keys import PUBLIC_FILE, VAULT_FILE, halves_on_this_host
from feedback.vault.rules.sealing import is_public_key

SHORTEST_KEY = 32
# Words of keys that people copy from somewhere; long enough that chance does not write them.
SAMPLE_WORDS = (
    "change", "contoh", "example", "sample", "secret", "rahasia", "password", "develop", "masyarakat", "0123456789",
)  # fmt: skip
LOOPBACK = ("localhost", "127.0.0.1", "::1")
FULL = 2  # PRAGMA synchronous
_NO_ANSWER = "The database does not answer"


class MayPass(BadSettings):
    """Nothing is wrong but the database, which may be starting: systemd tries again."""

    status = 75


def refuse_unfit() -> None:
    """Raise BadSettings with every fault, a line each, when production should not be served like this."""
    settings: Settings = current_app.config["SETTINGS"]
    found = list(faults(settings)) if settings.production else []
    # No connection may be handed to the processes a server forks from this one.
    db.session.remove()
    db.engine.dispose()
    if found:
        passing = len(found) == 1 and found[0].startswith(_NO_ANSWER)
        raise (MayPass if passing else BadSettings)("\n".join(found))


def faults(settings: Settings) -> Iterator[str]:
    """Everything that would keep production from starting, in development too; needs an application context."""
    yield from _setting_faults(settings)
    yield from _key_faults("SECRET_KEY", settings.secret_key)
    yield from _key_faults("FILES_KEY", settings.files_key)
    yield from _file_faults(settings)
    yield from _seal_faults(settings.instance)
    yield from _database_faults()


def _setting_faults(settings: Settings) -> Iterator[str]:
    if settings.debug:
        yield "FLASK_DEBUG must be off in production: set FLASK_DEBUG=0."
    if settings.demo:
        yield "DEMO must be off in production, it shows example accounts: set DEMO=0."
    if "PUBLIC_URL" in settings.unset:
        yield "PUBLIC_URL must be set in production: links in mail are made from it."
    elif not settings.secure and urlsplit(settings.public_url).hostname not in LOOPBACK:
        yield "PUBLIC_URL must begin with https:// in production: otherwise cookies travel in the clear."
    if "TRUSTED_HOSTS" in settings.unset:
        yield "TRUSTED_HOSTS must be set in production: the host names that are answered."
    elif not host_is_trusted(urlsplit(settings.public_url).hostname, settings.trusted_hosts):
        host = urlsplit(settings.public_url).hostname
        yield f"TRUSTED_HOSTS must hold {host}, the host of PUBLIC_URL: otherwise no link leads anywhere."


def _key_faults(name: str, key: str) -> Iterator[str]:
    if len(key) < SHORTEST_KEY or len(set(key)) < 12:
        yield f"{name} must be random and at least {SHORTEST_KEY} characters long; unset, one is made."
    elif any(word in key.casefold() for word in SAMPLE_WORDS):
        yield f"{name} looks like a sample; unset, a random one is made."


def _seal_faults(folder: Path) -> Iterator[str]:
    """Identities are sealed to a key that nobody can open on this host, and there is something to seal with."""
    for half in halves_on_this_host(folder):
        yield f"A half of the vault's private key lies in {half}: take it off this host, the demonstration's too."
        return
    made_by = {VAULT_FILE: "make one on another machine with: flask vault keygen", PUBLIC_FILE: "run: flask prepare"}
    for name, remedy in made_by.items():
        if not (folder / name).is_file():
            yield f"{folder / name} is missing; {remedy}"
        elif not is_public_key((folder / name).read_text(errors="replace")):
            yield f"{folder / name} is damaged: nothing can be sealed to it; bring back the one you kept."


def _file_faults(settings: Settings) -> Iterator[str]:
    """Keys, database and settings that other users of the machine could read."""
    folder = settings.instance
    if folder.is_dir() and folder.stat().st_mode & 0o077:
        yield f"{folder} is open to other users; run: chmod 700 {folder}"
    for file in _private_files(folder):
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield f"{file} can be read by other users; run: chmod 600 {file}"


def _private_files(folder: Path) -> Iterator[Path]:
    yield from sorted(file for pattern in ("*.key", "*.private") for file in folder.glob(pattern))
    url = make_url(db.engine.url)
    if url.get_backend_name() == "sqlite" and url.database:
        database = Path(url.database)
        yield from (file for file in (database, Path(f"{database}-wal")) if file.is_file())
    if (ROOT / ".env").is_file():
        yield ROOT / ".env"


def _database_faults() -> Iterator[str]:
    try:
        with db.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                if connection.exec_driver_sql("PRAGMA journal_mode").scalar() != "wal":
                    yield "SQLite does not keep a write-ahead log (WAL): put the database on a local disk."
                if connection.exec_driver_sql("PRAGMA synchronous").scalar() != FULL:
                    yield "SQLite is not fully synchronous: acknowledged reports could be lost in a power cut."
    except SQLAlchemyError as error:
        yield f"{_NO_ANSWER} ({type(error).__name__}): check DATABASE_URL."
        return
    if not is_ready(ROOT / "migrations"):
        yield "Migrations are pending; run: flask prepare"
