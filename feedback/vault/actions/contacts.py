"""Addresses for news under a new key of the worker's: begun, sealed anew on its host, the old key destroyed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import select, tuple_

from feedback.audit.actions import record
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict
from feedback.kernel.text import mark
from feedback.storage.session import db, transaction
from feedback.vault.actions.rotation import BATCH, Outcome
from feedback.vault.contact_key import (
    alone,
    destroy_old_key,
    is_being_replaced,
    old_private_key,
    private_keys,
    replace_key,
    replaced_at,
)
from feedback.vault.keys import public_key
from feedback.vault.models import SealedIdentity
from feedback.vault.rules.sealing import Part, WrongSeal, key_id, open_seal, public_of, record_name, seal

# Longer than any request that may still seal to the old key.
SETTLES = timedelta(minutes=10)
_TOO_SOON = mark("Tunggu sepuluh menit setelah kunci diganti: permintaan yang berjalan memakai kunci lama.")
_ROW = SealedIdentity.ticket_id, SealedIdentity.part
_OURS = SealedIdentity.part.in_((Part.CONTACT, Part.TOGETHER))


def renew_contact_key() -> Outcome:
    """Make a new key unless one is being changed already, and seal to it what was sealed to the old. Safe to repeat."""
    instance = _instance()
    with alone(instance):
        replace_key(instance)
        return _seal_anew(instance)


def retire_contact_key(carry: Callable[[], None]) -> Outcome:
    """Seal anew what came meanwhile, ``carry`` over what else hangs on the old key, destroy it. Safe to repeat.

    Raises Conflict when no key is being changed, and while a request that knows the old one only may be under way.
    """
    instance = _instance()
    with alone(instance):
        if not is_being_replaced(instance):
            raise Conflict(mark("Tidak ada kunci lama yang menunggu dimusnahkan."))
        if utc_now() < replaced_at(instance) + SETTLES:
            raise Conflict(_TOO_SOON)
        outcome = _seal_anew(instance)
        carry()
        _record_end(old_private_key(instance))
        destroy_old_key(instance)
        return outcome


def _record_end(old: bytes | None) -> None:
    if old is not None:  # written over, and killed before it was removed: it was recorded then
        with transaction():
            subject = f"key:{key_id(public_of(old))}"
            record("vault.contact_key_destroyed", actor_id=None, subject=subject, at=utc_now())


def _seal_anew(instance: Path) -> Outcome:
    """In batches, each whole or not at all; a seal that no key opens stays as it is."""
    public, keys, last = public_key(instance), private_keys(instance), (0, "")
    current, outcome = key_id(public), Outcome()
    wanted = select(SealedIdentity).where(_OURS, SealedIdentity.key_id != current).order_by(*_ROW).limit(BATCH)
    while True:
        with transaction():
            rows = db.session.scalars(wanted.where(tuple_(*_ROW) > last).with_for_update()).all()
            done = sum(_anew(row, keys, public) for row in rows)
        if not rows:
            break
        last = rows[-1].ticket_id, rows[-1].part
        outcome = Outcome(outcome.done + done, outcome.left + len(rows) - done)
    with transaction():
        detail = {"rows": outcome.done}
        record("vault.contacts_resealed", actor_id=None, subject=f"key:{current}", at=utc_now(), detail=detail)
    return outcome


def _anew(row: SealedIdentity, keys: dict[str, bytes], public: bytes) -> bool:
    name = record_name(row.ticket_id, Part(row.part))
    try:
        fields = open_seal(row.sealed, keys[row.key_id], name)
    except (WrongSeal, KeyError):
        return False
    row.sealed, row.key_id = seal(fields, public, name), key_id(public)
    return True


def _instance() -> Path:
    instance: Path = current_app.config["SETTINGS"].instance
    return instance
