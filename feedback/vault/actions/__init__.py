"""Seal who reported, inside the caller's transaction. Nothing here can open a seal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import current_app
from sqlalchemy import select

from feedback.storage.session import db
from feedback.vault.keys import public_key, vault_public_key
from feedback.vault.models import SealedIdentity
from feedback.vault.rules.sealing import Identity, Part, key_id, record_name, seal


def seal_reporter(ticket_id: int, identity: Identity, *, hidden: bool = False) -> None:
    """Keep who sent a new report for the two custodians of the vault's key, and the address for the worker.

    Both are kept of every ``hidden`` reporter, who gave nothing too: a row says nothing of who it is about.
    """
    _keep(ticket_id, identity, set(), hidden=hidden)


def seal_later(ticket_id: int, identity: Identity) -> None:
    """The same for a report that was open until now; what was sealed when it was sent stays as it is."""
    there = select(SealedIdentity.part).where(SealedIdentity.ticket_id == ticket_id)
    before = {Part(part) for part in db.session.scalars(there)}
    _keep(ticket_id, identity, before | {Part.CONTACT} if Part.TOGETHER in before else before, hidden=True)


def _keep(ticket_id: int, identity: Identity, before: set[Part], *, hidden: bool) -> None:
    instance = current_app.config["SETTINGS"].instance
    if (hidden or identity != Identity()) and Part.IDENTITY not in before:
        _add(ticket_id, Part.IDENTITY, asdict(identity), vault_public_key(instance))
    if (hidden or identity.email) and Part.CONTACT not in before:
        _add(ticket_id, Part.CONTACT, {"email": identity.email}, public_key(instance))


def _add(ticket_id: int, part: Part, fields: Mapping[str, Any], public: bytes) -> None:
    sealed = seal(fields, public, record_name(ticket_id, part))
    db.session.add(SealedIdentity(ticket_id=ticket_id, part=part, sealed=sealed, key_id=key_id(public)))
