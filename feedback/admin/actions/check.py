"""What an operator wants to know before users do: each finding is one sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from config import ROOT, Settings
from feedback.admin.actions.fitness import faults
from feedback.admin.actions.heartbeat import last_beat
from feedback.admin.queries import administrators
from feedback.admin.rules import year_to_know
from feedback.clocks.queries import calendars_without
from feedback.publicsite.queries.figures import is_ready
from feedback.storage.outbox import census
from feedback.storage.session import db
from feedback.vault.contact_key import is_being_replaced
from feedback.vault.keys import PRIVATE_FILE, PUBLIC_FILE

SILENT_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    is_fine: bool
    text: str
    is_note: bool = False


def findings(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look at settings, keys, database, worker and data; the data only when the database is ready."""
    yield from _start(settings)
    yield from _settings(settings)
    yield _keys(settings.instance)
    ready = is_ready(ROOT / "migrations")
    yield Finding(ready, "The database answers and is up to date." if ready else _NOT_READY)
    yield _worker(settings.instance, now)
    yield _files(settings)
    if ready:
        yield from _data(now)


_NOT_READY = "The database does not answer, or its migrations are not all applied; run: flask prepare"


def _start(settings: Settings) -> Iterator[Finding]:
    """What production refuses to start with; elsewhere the same list is worth knowing."""
    for fault in faults(settings):
        yield Finding(not settings.production, fault, is_note=not settings.production)


def _settings(settings: Settings) -> Iterator[Finding]:
    if settings.production and settings.mail == "console":
        yield Finding(False, "MAIL=console: nobody gets mail; set MAIL=smtp.")
    yield Finding(True, f"Settings are read; links lead to {settings.public_url}.")


def _keys(instance: Path) -> Finding:
    if not (instance / PRIVATE_FILE).exists() or not (instance / PUBLIC_FILE).exists():
        return Finding(False, f"The keys of sealed contacts are missing in {instance}; run: flask prepare")
    if is_being_replaced(instance):
        return Finding(True, "The old key of contacts is still here: flask vault rotate contact --finish", is_note=True)
    return Finding(True, "The keys of sealed contacts are in place.")


def _worker(instance: Path, now: datetime) -> Finding:
    seen = last_beat(instance)
    if seen is None or now - seen > SILENT_AFTER:
        since = "never ran here" if seen is None else f"was last seen at {seen.isoformat(timespec='seconds')}"
        return Finding(False, f"The worker {since}: mail waits until flask worker runs.")
    return Finding(True, "The worker runs.")


def _files(settings: Settings) -> Finding:
    if settings.files != "local":
        return Finding(True, f"Attached files are kept in the bucket {settings.s3_bucket}.")
    folder = settings.instance / "files"
    if not folder.exists():
        return Finding(True, "No file was attached yet; the folder is made with the first.", is_note=True)
    if folder.stat().st_mode & 0o077:
        return Finding(False, f"{folder} can be read by other users; run: chmod 700 {folder}")
    if not os.access(folder, os.W_OK | os.X_OK):
        return Finding(False, f"{folder} cannot be written by this user: no photo can be taken.")
    return Finding(True, "The folder of attached files can be written, by this user alone.")


def _data(now: datetime) -> Iterator[Finding]:
    try:
        dead = census().get("dead", 0)
        yield Finding(
            dead == 0, f"{dead} side effects were given up; see /kelola." if dead else "Nothing was given up."
        )
        if administrators() == 0:
            yield Finding(False, "Nobody is administrator; run: flask people add, then flask people grant.")
        year = year_to_know(now)
        for key in calendars_without(year):
            yield Finding(
                True, f"Calendar {key} has no holidays of {year}: deadlines there are provisional.", is_note=True
            )
    except SQLAlchemyError as error:
        db.session.rollback()
        yield Finding(False, f"The database failed while it was asked: {type(error).__name__}.")
