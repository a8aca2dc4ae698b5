"""A file waits until the worker has asked the scanner; until then nobody is shown it (SECURITY.md section 5)."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import select, update

from feedback.adapters.antivirus import is_infected
from feedback.adapters.files import store_for
from feedback.files.actions.keeping import forget_parts
from feedback.files.models import Attachment
from feedback.files.queries import storage_name
from feedback.files.rules.kinds import Scan
from feedback.files.rules.sealing import unseal
from feedback.storage.outbox import Hopeless
from feedback.storage.session import db, transaction


class NoScanner(Hopeless):
    """Files wait for a scanner, but CLAMAV names none any more."""


def scan_file(token: str) -> None:
    """Ask about everything that would be served, and show the file or throw it away. Any failure leaves it waiting."""
    settings = current_app.config["SETTINGS"]
    waiting = (Attachment.token == token, Attachment.scan == Scan.WAITING)
    parts = db.session.scalar(select(Attachment.parts).where(*waiting))
    db.session.rollback()  # the scanner may take a minute
    if parts is None:  # removed meanwhile, or another worker was faster
        return
    if not settings.clamav:
        raise NoScanner("CLAMAV is not set")
    store = store_for(settings)
    names = [storage_name(token, part["name"]) for part in parts]
    bad = any(is_infected(unseal(store.get(name), settings.files_key, name), settings.clamav) for name in names)
    with transaction():
        db.session.execute(update(Attachment).where(*waiting).values(scan=Scan.INFECTED if bad else Scan.READY))
    if bad:
        current_app.logger.error("an attached file is infected and is not shown: attachment %s", token[:8])
        forget_parts(token, parts)
