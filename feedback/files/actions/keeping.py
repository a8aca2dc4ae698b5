"""Take a file in: look, count, clean in the child, seal, store durably, only then write the row (SECURITY.md 1.4)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from feedback.adapters.cleaner import Cleaned, Unfit, clean_file
from feedback.adapters.files import Store, StoreFailure, store_for
from feedback.files.actions.quota import take_quota
from feedback.files.models import Attachment
from feedback.files.queries import owner_of, storage_name
from feedback.files.rules.kinds import (
    LARGEST_FILE,
    LARGEST_SENDING,
    LONGEST_ALT,
    MOST_FILES,
    Kind,
    Phase,
    Scan,
    format_of,
    shown_name,
)
from feedback.files.rules.quota import Uploader
from feedback.files.rules.sealing import seal
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid, Unavailable
from feedback.kernel.private import find
from feedback.kernel.text import clean, mark
from feedback.storage.keyring import keyed_hash
from feedback.storage.outbox import post
from feedback.storage.session import db, transaction

_UNFIT = {
    "unreadable": mark("Berkas ini rusak atau tidak dapat dibaca. Coba foto ulang atau simpan sebagai JPEG."),
    "too_many_pixels": mark("Foto ini lebih dari 40 megapiksel. Perkecil dulu, lalu pilih lagi."),
    "too_many_pages": mark("Dokumen ini lebih dari 200 halaman. Kirim bagian yang perlu saja."),
    "encrypted": mark("Dokumen ini terkunci kata sandi. Buka kuncinya dulu, lalu pilih lagi."),
    "too_heavy": mark("Berkas ini terlalu berat untuk diperiksa. Coba foto ulang atau simpan sebagai JPEG."),
}
_WRONG_KIND = mark("Hanya foto (JPEG, PNG, WebP, HEIC) dan PDF yang diterima; berkas ini bukan salah satunya.")
_FULL = mark("Tempat penyimpanan sedang penuh. Kirim dulu tanpa foto, atau coba lagi sebentar.")
_BUSY = mark("Sedang banyak foto yang diperiksa. Tunggu sebentar, lalu pilih lagi.")


@dataclass(frozen=True, slots=True)
class Given:
    """One file as it came; ``size`` is known before ``data`` is read."""

    name: str
    data: bytes
    alt: str = ""
    phase: Phase = Phase.NONE


def keep_file(given: Given, form_key: str, uploader: Uploader) -> None:
    """Keep a file for a form that is being written; the same file twice is kept once.

    Raises Invalid, TooMany, Unavailable; then nothing of it is stored.
    """
    found = format_of(given.data)
    _check_size(len(given.data))
    if found is None:
        raise Invalid(_WRONG_KIND)
    owner = owner_of(form_key)
    source = keyed_hash("file-of-form", f"{owner}:{hashlib.sha256(given.data).hexdigest()}")
    if _is_known(owner, source):
        return
    _check_room(owner, len(given.data))
    take_quota(len(given.data), uploader, utc_now())
    cleaned = _clean(given.data, found)
    row = Attachment(
        token=secrets.token_hex(16),
        owner_hash=owner,
        source_hash=source,
        kind=Kind.PDF if found == "pdf" else Kind.IMAGE,
        name=shown_name(given.name),
        size=len(given.data),
        parts=[],
        scan=Scan.WAITING if current_app.config["SETTINGS"].clamav else Scan.READY,
        created_at=utc_now(),
        alt=clean(given.alt, lines=False)[:LONGEST_ALT],
        phase=given.phase,
        pages=cleaned.pages,
    )
    _store(row, cleaned)


def _check_size(size: int) -> None:
    if size == 0:
        raise Invalid(mark("Berkas ini kosong."))
    if size > LARGEST_FILE:
        raise Invalid(mark("Berkas ini lebih dari 10 MB. Perkecil dulu, lalu pilih lagi."))


def _is_known(owner: str, source: str) -> bool:
    known = select(Attachment.id).where(Attachment.owner_hash == owner, Attachment.source_hash == source)
    return db.session.scalar(known) is not None


def _check_room(owner: str, size: int) -> None:
    """Ten files and 40 MB for one sending; asked again where the row is written."""
    statement = select(func.count(), func.coalesce(func.sum(Attachment.size), 0)).where(
        Attachment.owner_hash == owner, Attachment.ticket_id.is_(None)
    )
    count, total = db.session.execute(statement).one()
    if count >= MOST_FILES:
        raise Invalid(mark("Paling banyak 10 berkas sekali kirim; berkas ini tidak ikut."))
    if total + size > LARGEST_SENDING:
        raise Invalid(mark("Semua berkas bersama-sama paling besar 40 MB; berkas ini tidak ikut."))


def _clean(data: bytes, found: str) -> Cleaned:
    db.session.rollback()  # no transaction is open while a child works
    try:
        return clean_file(data, found)
    except Unfit as unfit:
        if unfit.code == "busy":
            raise Unavailable(_BUSY, retry_after=30) from None
        raise Invalid(_UNFIT[unfit.code]) from None


def _store(row: Attachment, cleaned: Cleaned) -> None:
    settings = current_app.config["SETTINGS"]
    store = store_for(settings)
    written: list[str] = []
    try:
        for part in cleaned.parts:
            name = storage_name(row.token, part.name)
            sealed = seal(part.data, settings.files_key, name)
            written.append(name)
            store.put(name, sealed)
            told = {"name": part.name, "width": part.width, "height": part.height, "length": len(part.data)}
            row.parts.append(told | {"sha256": hashlib.sha256(sealed).hexdigest()})
        with transaction():
            _alone(row.owner_hash)
            _check_room(row.owner_hash, row.size)
            db.session.add(row)
            if row.scan == Scan.WAITING:
                post("files.scan", f"files.scan:{row.token}", {"token": row.token}, at=row.created_at)
    except StoreFailure as failure:
        _forget(store, written)
        current_app.logger.error("the store of attached files fails: %s", failure)
        raise Unavailable(_FULL, retry_after=60) from None
    except IntegrityError:  # the same file of the same form, sent twice at once: one of the two is enough
        _forget(store, written)
    except BaseException:
        _forget(store, written)
        raise


def _alone(owner: str) -> None:
    """Whoever keeps another file of the same form waits: two that count at once would both find room for the last."""
    if db.session.get_bind().dialect.name == "postgresql":  # on SQLite there is one writer anyway
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(owner, 0))))


def _forget(store: Store, names: list[str]) -> None:
    """Best effort: what stays behind belongs to no row, and the sweep finds it."""
    for name in names:
        try:
            store.delete(name)
        except StoreFailure as failure:
            current_app.logger.warning("a file without a row stays until the sweep: %s", failure)


def describe_files(form_key: str, alts: Mapping[str, str]) -> None:
    """Keep what the writer says about their pending files, by token."""
    owner = owner_of(form_key)
    with transaction():
        for token, alt in alts.items():
            words = clean(alt, lines=False)[:LONGEST_ALT]
            mine = (Attachment.owner_hash == owner, Attachment.token == token, Attachment.ticket_id.is_(None))
            db.session.execute(update(Attachment).where(*mine, Attachment.alt != words).values(alt=words))


def drop_file(form_key: str, token: str) -> bool:
    """Take a pending file out of a form; False when it is not there (any more)."""
    mine = (Attachment.owner_hash == owner_of(form_key), Attachment.token == token, Attachment.ticket_id.is_(None))
    with transaction():
        gone = db.session.execute(delete(Attachment).where(*mine).returning(Attachment.parts)).first()
    if gone is None:
        return False
    forget_parts(token, gone.parts)
    return True


def forget_parts(token: str, parts: list[Any]) -> None:
    """Delete what a row that is gone had stored."""
    _forget(store_for(current_app.config["SETTINGS"]), [storage_name(token, part["name"]) for part in parts])


def check_described(form_key: str) -> None:
    """Raise Invalid(field="files") while a pending photo of this form has no words."""
    bare = select(Attachment.id).where(
        Attachment.owner_hash == owner_of(form_key),
        Attachment.ticket_id.is_(None),
        Attachment.kind == Kind.IMAGE,
        Attachment.alt == "",
    )
    if db.session.scalar(bare.limit(1)) is not None:
        raise Invalid(mark("Tulis satu baris tentang setiap foto: apa yang tampak."), field="files")


def check_alts(alts: Iterable[str]) -> None:
    """Raise Invalid(field="files") for private data about a photo: what the unit needs belongs in the text."""
    for one in (one for alt in alts for one in find(alt)):
        message = mark("Keterangan foto memuat data pribadi: %(words)s. Hapus dari situ; bila perlu, tulis dalam isi.")
        raise Invalid(message, field="files", values={"words": one.words})


def bind_files(form_key: str, *, ticket_id: int, event_id: int, sealed: bool) -> int:
    """Inside the caller's transaction: what the form brought now belongs to this event. Returns how many.

    Raises Invalid for private data in what is said about a photo.
    ``sealed``: an anonymous or confidential reporter's names of files are left behind; they tell who and when.
    """
    mine = select(Attachment.id).where(
        Attachment.owner_hash == owner_of(form_key), Attachment.ticket_id.is_(None), Attachment.scan != Scan.INFECTED
    )
    values: dict[str, Any] = {"ticket_id": ticket_id, "event_id": event_id}
    if sealed:
        values["name"] = ""
    bound = db.session.execute(
        update(Attachment)
        .where(Attachment.id.in_(mine.order_by(Attachment.id).limit(MOST_FILES)))
        .values(**values)
        .returning(Attachment.alt)
    )
    alts = bound.scalars().all()
    check_alts(alts)
    return len(alts)
