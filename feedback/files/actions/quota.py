"""Count what is received before any work is done on it."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from feedback.files.models import UploadCount
from feedback.files.rules.quota import Limits, Uploader, buckets
from feedback.kernel.errors import TooMany
from feedback.kernel.text import mark
from feedback.storage.keyring import keyed_hash
from feedback.storage.session import db, transaction

KEPT = timedelta(days=2)
_MESSAGES = {
    "site": mark("Hari ini situs sudah menerima foto sebanyak batasnya. Kirim dulu tanpa foto; tambahkan besok."),
    "network": mark("Batas foto hari ini untuk jaringan Anda sudah tercapai. Kirim dulu tanpa foto; tambahkan besok."),
    "person": mark("Batas foto hari ini untuk akun Anda sudah tercapai. Kirim dulu tanpa foto; tambahkan besok."),
}


def take_quota(size: int, uploader: Uploader, now: datetime) -> None:
    """Count ``size`` bytes for everybody concerned. Raises TooMany, and then counts nothing."""
    settings = current_app.config["SETTINGS"]
    limits = Limits(settings.files_person_mb, settings.files_network_mb, settings.files_site_mb)
    insert = sqlite_insert if db.session.get_bind().dialect.name == "sqlite" else postgresql_insert
    with transaction():
        for name, most in buckets(uploader, limits).items():
            # The day is in the hash: nobody can follow a network from one day to the next.
            row = insert(UploadCount).values(
                bucket=keyed_hash("files-quota", f"{now.date()}:{name}"), day=now.date(), size=size
            )
            counted = row.on_conflict_do_update(
                index_elements=[UploadCount.bucket], set_={"size": UploadCount.size + size}
            )
            if db.session.scalars(counted.returning(UploadCount.size)).one() > most:
                raise TooMany(_MESSAGES[name.split(":", 1)[0]], retry_after=_until_tomorrow(now))


def _until_tomorrow(now: datetime) -> int:
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((midnight - now).total_seconds()) + 1


def forget_counts(now: datetime) -> None:
    """Counters of past days are of no use."""
    with transaction():
        db.session.execute(delete(UploadCount).where(UploadCount.day < (now - KEPT).date()))
