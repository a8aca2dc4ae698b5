"""Sessions: begun, renewed, kept, ended. The cookie's token is never stored, only its hash (docs/adr/0013)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.engine import CursorResult

from feedback.audit.actions import record
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import NotFound
from feedback.people.models import BrowserSession, MembershipRow
from feedback.people.queries.sessions import PROVEN, Opened, locked, token_hash, unlocked
from feedback.people.rules import CITIZEN, noted
from feedback.storage.session import db, transaction

CSRF = "csrf_token"


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def begin_sign_in(person_id: int, *, device: str = "", strong: bool = False) -> str:
    """A new session of somebody who just showed who they are; returns its token, for the cookie alone.

    ``strong`` says that a second factor was shown; ``device`` is a coarse word, see `device_word`.
    """
    token, now = _new_token(), utc_now()
    works = db.session.scalar(select(MembershipRow.id).where(MembershipRow.person_id == person_id).limit(1)) is not None
    begun = noted(now, works=works)
    data = {CSRF: secrets.token_hex(20), PROVEN: now.isoformat()}
    with transaction():
        row = BrowserSession(token_hash=token_hash(token), created_at=begun, seen_at=begun, data=locked(token, data))
        row.person_id, row.device, row.strong = person_id, device, strong
        db.session.add(row)
        if works:  # a citizen's sign-in would stand in time beside the sealed report sent right after it
            record("person.signed_in", actor_id=person_id, subject=f"person:{person_id}", at=now)
    return token


def note_wrong_proof(person_id: int | None) -> None:
    """Append that an official failed to show again who they are; a citizen's hour stays out of the log."""
    if db.session.scalar(select(MembershipRow.id).where(MembershipRow.person_id == person_id).limit(1)) is not None:
        with transaction():
            record("person.proof_failed", actor_id=person_id, subject=f"person:{person_id}", at=utc_now())


def renew(token: str, *, strong: bool = False) -> str:
    """Somebody showed again who they are: the session gets a new token, and the old one is worthless."""
    new = _new_token()
    with transaction():
        row = _row(token)
        if row is None:
            raise NotFound
        row.data = locked(new, {**unlocked(token, row.data), PROVEN: utc_now().isoformat()})
        row.token_hash, row.strong = token_hash(new), row.strong or strong
    return new


def keep(token: str | None, changes: Mapping[str, Any]) -> str:
    """Keep what changed in a browser's session (None: forget that word), in a new row without ``token``.

    Only the changed words are written, so that two requests at once do not undo each other.
    """
    with transaction():
        row = _row(token) if token else None
        if token is None or row is None:
            token, now = _new_token(), noted(utc_now(), works=False)
            row = BrowserSession(token_hash=token_hash(token), created_at=now, seen_at=now, data=b"")
            db.session.add(row)
        words = {**unlocked(token, row.data), **changes}
        row.data = locked(token, {word: value for word, value in words.items() if value is not None})
    return token


def _row(token: str) -> BrowserSession | None:
    found = select(BrowserSession).where(BrowserSession.token_hash == token_hash(token))
    return db.session.scalar(found.with_for_update())


def note_use(kept: Opened) -> None:
    """A session is in use now."""
    seen = noted(utc_now(), works=kept.works)
    with transaction():
        db.session.execute(update(BrowserSession).where(BrowserSession.id == kept.id).values(seen_at=seen))


def end_session(token: str) -> None:
    """End one session; the cookie is worthless from now on, a copy of it too."""
    with transaction():
        db.session.execute(delete(BrowserSession).where(BrowserSession.token_hash == token_hash(token)))


def end_own_session(person_id: int, session_id: int) -> None:
    """Somebody ends one of their own sessions. Raises NotFound for one that is over or another's."""
    own = delete(BrowserSession).where(BrowserSession.id == session_id, BrowserSession.person_id == person_id)
    with transaction():
        ended = db.session.execute(own)
    assert isinstance(ended, CursorResult)
    if not ended.rowcount:
        raise NotFound


def end_sessions(person_id: int, *, but: int | None = None) -> None:
    """Sign somebody out everywhere, or everywhere but in one session."""
    which = [BrowserSession.person_id == person_id]
    if but is not None:
        which.append(BrowserSession.id != but)
    with transaction():
        db.session.execute(delete(BrowserSession).where(*which))


def forget_old_sessions(now: datetime) -> int:
    """Delete sessions nobody can use any more; returns how many."""
    old = BrowserSession.seen_at < now - CITIZEN.idle
    found = db.session.scalars(select(BrowserSession.id).where(old).order_by(BrowserSession.seen_at).limit(500)).all()
    if not found:
        return 0
    with transaction():
        db.session.execute(delete(BrowserSession).where(BrowserSession.id.in_(found)))
    return len(found)
