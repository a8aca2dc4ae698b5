"""Accounts and the provider: signed in, linked and parted. An address alone never opens an account (docs/adr)."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, select

from feedback.adapters.oidc import Identity
from feedback.audit.actions import record
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Forbidden
from feedback.kernel.text import excerpt, has_words, mark
from feedback.people.actions.accounts import CreatePerson, create_person
from feedback.people.actions.invitations import accept_linked
from feedback.people.actions.news import tell
from feedback.people.models import Person, ProviderIdentity
from feedback.people.queries import person_by_email
from feedback.people.rules import News, noted
from feedback.storage.session import db, transaction

UNVERIFIED = mark("Penyedia itu belum memastikan alamat surel Anda. Pastikan dulu di sana, lalu coba lagi.")


def provider_sign_in(found: Identity, *, locale: str) -> int:
    """Whose account this identity opens: the one linked to it, or a new one for an address nobody has here.

    Raises Conflict when the address has an account that is not linked (its owner links it while signed in), Forbidden
    for a closed account or an address the provider did not verify.
    """
    with transaction():
        linked = _linked(found)
        if linked is not None:
            if not db.session.get_one(Person, linked.person_id).is_active:
                raise Forbidden(mark("Akun ini ditutup."))
            linked.used_at = noted(utc_now(), works=False)
            return linked.person_id
        if not found.email_verified:
            raise Forbidden(UNVERIFIED)
        if person_by_email(found.email) is not None:
            raise Conflict(
                mark("Alamat surel ini sudah punya akun. Masuk dengan kata sandi, lalu hubungkan di Keamanan akun.")
            )
        name = found.name if has_words(found.name) else found.email.split("@")[0]
        # Nobody knows this password: the account is entered by the provider until its owner sets another.
        password = secrets.token_urlsafe(32)
        command = CreatePerson(found.email, excerpt(name, 120), password, locale=locale)
        person_id = create_person(command, by_themselves=True)
        _link(found, person_id)
        return person_id


def link_provider(found: Identity, person_id: int) -> None:
    """Let this identity open the account of who is signed in. Raises Forbidden, or Conflict for another address."""
    with transaction():
        person = db.session.get_one(Person, person_id)
        if not found.email_verified:
            raise Forbidden(UNVERIFIED)
        if found.email != person.email:
            raise Conflict(mark("Alamat surel di penyedia itu bukan alamat akun ini."))
        _link(found, person_id)
        tell(person_id, News.WAYS_IN, at=utc_now())


def accept_with_provider(found: Identity, token: str) -> int:
    """Take an invitation with the identity whose verified address it was sent to; returns the person's id."""
    if not found.email_verified:
        raise Forbidden(UNVERIFIED)
    with transaction():
        name = found.name if has_words(found.name) else found.email.split("@")[0]
        person_id = accept_linked(token, email=found.email, name=excerpt(name, 120))
        _link(found, person_id)
        return person_id


def part_provider(person_id: int) -> None:
    """The provider opens this account no longer."""
    with transaction():
        db.session.execute(delete(ProviderIdentity).where(ProviderIdentity.person_id == person_id))
        record("provider.parted", actor_id=person_id, subject=f"person:{person_id}", at=utc_now(), coarse=True)
        tell(person_id, News.WAYS_IN, at=utc_now())


def _linked(found: Identity) -> ProviderIdentity | None:
    same = ProviderIdentity.issuer == found.issuer, ProviderIdentity.subject == found.subject
    return db.session.scalar(select(ProviderIdentity).where(*same))


def _link(found: Identity, person_id: int) -> None:
    linked, now = _linked(found), utc_now()
    if linked is not None:
        if linked.person_id != person_id:
            raise Conflict(mark("Akun di penyedia itu sudah terhubung dengan akun lain di sini."))
        return
    mine = ProviderIdentity.person_id == person_id, ProviderIdentity.issuer == found.issuer
    if db.session.scalar(select(ProviderIdentity.id).where(*mine)) is not None:
        raise Conflict(mark("Akun ini sudah terhubung dengan akun lain di penyedia itu. Lepaskan dulu."))
    begun = noted(now, works=False)
    db.session.add(ProviderIdentity(person_id=person_id, issuer=found.issuer, subject=found.subject, created_at=begun))
    record("provider.linked", actor_id=person_id, subject=f"person:{person_id}", at=now, coarse=True)
