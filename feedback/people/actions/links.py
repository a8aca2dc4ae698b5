"""Links sent by mail: made, used once, forgotten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.engine import CursorResult

from feedback.kernel.errors import NotFound
from feedback.people.models import AccountLink
from feedback.people.queries.links import link_hash, link_token, working
from feedback.people.rules import noted
from feedback.people.rules.links import KEPT, LASTS, LinkKind
from feedback.storage.session import db, transaction


def make_link(person_id: int, kind: LinkKind, nonce: str, *, at: datetime, address: str | None = None) -> None:
    """Keep a link in the place of earlier ones of its kind; one that is there already stays as it is, used or not."""
    hashed = link_hash(link_token(nonce))
    with transaction():
        if db.session.scalar(select(AccountLink.token_hash).where(AccountLink.token_hash == hashed)) is None:
            end_links(person_id, kind, at=at)
            ends = at + LASTS[kind]
            db.session.add(
                AccountLink(token_hash=hashed, person_id=person_id, kind=kind, expires_at=ends, address=address)
            )


def use_link(token: str, kind: LinkKind, *, at: datetime) -> None:
    """Use a link up, inside the caller's transaction; of two at once, one is first. Raises NotFound otherwise."""
    used = db.session.execute(update(AccountLink).where(*working(token, kind, at)).values(**_over(at)))
    assert isinstance(used, CursorResult)
    if used.rowcount != 1:
        raise NotFound


def end_links(person_id: int, *kinds: LinkKind, at: datetime) -> None:
    """Links of an account that were not used are worthless from now on."""
    with transaction():
        which = update(AccountLink).where(AccountLink.person_id == person_id, AccountLink.kind.in_(kinds or LinkKind))
        db.session.execute(which.where(AccountLink.used_at.is_(None)).values(**_over(at)))


def _over(at: datetime) -> dict[str, datetime]:
    """Of a link that is over the day is kept: its hour could be laid beside that of a sealed report."""
    day = noted(at, works=False)
    return {"used_at": day, "expires_at": day}


def forget_old_links(now: datetime) -> int:
    """Delete links that ended days ago; returns how many."""
    old = select(AccountLink.token_hash).where(AccountLink.expires_at < now - KEPT).limit(500)
    found = db.session.scalars(old).all()
    if found:
        with transaction():
            db.session.execute(delete(AccountLink).where(AccountLink.token_hash.in_(found)))
    return len(found)
