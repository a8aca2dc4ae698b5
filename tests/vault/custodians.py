"""Both custodians of the tests' vault key at one table: opens what was sealed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from feedback.storage.session import db
from feedback.vault.keys import DEMONSTRATION, HALF
from feedback.vault.models import SealedIdentity
from feedback.vault.rules.halves import private_from
from feedback.vault.rules.sealing import Identity, Part, open_seal, record_name


@cache
def vault_private(instance: Path) -> bytes:
    folder = instance / DEMONSTRATION
    one, other = (file.read_text() for file in sorted(folder.glob(HALF)))
    first, second = re.findall(r"half \d: (\S+)", (folder / "README.txt").read_text())
    return private_from((one, other), (first, second))


def identity_of(ticket_id: int) -> Identity | None:
    """Who reported, as the two custodians read it."""
    wanted = select(SealedIdentity.sealed).where(SealedIdentity.ticket_id == ticket_id, SealedIdentity.part == Part.IDENTITY)
    sealed = db.session.scalar(wanted)
    if sealed is None:
        return None
    private = vault_private(current_app.config["SETTINGS"].instance)
    return Identity(**open_seal(sealed, private, record_name(ticket_id, Part.IDENTITY)))
