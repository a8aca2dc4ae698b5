"""Signing in, changing the own password, signing out."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app
from sqlalchemy import select

from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark
from feedback.people.actions.accounts import set_password
from feedback.people.actions.passwords import is_right, rehashed
from feedback.people.actions.second_factor import prove_second_factor
from feedback.people.actions.sessions import begin_sign_in, note_wrong_proof
from feedback.people.actions.throttle import give_back, note_failure, take_try
from feedback.people.models import MembershipRow, Person
from feedback.people.queries import person_by_email, secret_of
from feedback.people.rules import NETWORK, STAFF_LENGTH
from feedback.people.rules.accounts import is_too_old
from feedback.storage.session import db, transaction

_NO_APP = mark("Akun ini tidak punya aplikasi kode, dan kunci sandi hanya bekerja di halaman situs. Pakai halaman itu.")


def sign_in(email: str, password: str, *, source: str, device: str = "", known: str = "") -> str:
    """Begin a session for the right password; returns its token. ``source`` is the client's network address.

    ``known`` is the mark of a browser that opened this account before: it waits for its own failures only.

    Raises Invalid with one text for an unknown address, a wrong password and a closed account, TooMany when throttled.
    """
    person_id = prove(email, password, source=source, known=known)
    _check_fit(person_id, password)
    return begin_sign_in(person_id, device=device)


def _check_fit(person_id: int, password: str) -> None:
    """Refuse what is no password for an official; a link brings a new one.

    One of a citizen who got a role may be too short, and some installations end them by age (BSSN 4/2021).
    """
    if not _works(person_id):
        return
    if len(password) < STAFF_LENGTH:
        raise Invalid(
            mark("Kata sandi petugas paling sedikit %(min)s karakter. Pilih Lupa kata sandi untuk membuat yang baru."),
            field="password",
            values={"min": STAFF_LENGTH},
        )
    days, person = current_app.config["SETTINGS"].bssn_password_days, db.session.get_one(Person, person_id)
    if days and is_too_old(person.password_set_at or person.created_at, utc_now(), days):
        raise Invalid(
            mark("Kata sandi ini sudah lebih dari %(days)s hari. Pilih Lupa kata sandi untuk membuat yang baru."),
            field="password",
            values={"days": days},
        )


def _works(person_id: int) -> bool:
    held = select(MembershipRow.id).where(MembershipRow.person_id == person_id).limit(1)
    return db.session.scalar(held) is not None


def change_own_password(
    email: str, current: str, new: str, *, source: str, device: str = "", strong: bool = False
) -> str:
    """Change one's own password, end every session and return the token of a new one, as strong as the one before.

    Raises Invalid for a wrong current password (field ``current_password``) or a weak new one, TooMany when throttled.
    """
    try:
        person_id = prove(email, current, source=source)
    except Invalid:
        raise Invalid(mark("Kata sandi sekarang salah."), field="current_password") from None
    set_password(person_id, new, by=person_id, staff=_works(person_id))
    return begin_sign_in(person_id, device=device, strong=strong)


def prove(email: str, password: str, *, source: str, known: str = "") -> int:
    """The id of the open account whose password this is; its hash is made anew when it is outdated."""
    email = email.strip().lower()[:254]
    own, network = f"account:{email}:{known or source}", f"{NETWORK}sign-in:{source}"
    sources = (own,) if known else (own, network)
    take_try(*sources)
    row = db.session.execute(
        select(Person.id, Person.password_hash, Person.is_active).where(Person.email == email)
    ).one_or_none()
    db.session.rollback()
    right = is_right(password, row.password_hash if row else None)
    if row is None or not right or not row.is_active:
        note_failure(*sources)
        raise Invalid(mark("Surel atau kata sandi salah."))
    give_back(*sources)
    stronger = rehashed(password, row.password_hash)
    if stronger is not None:
        with transaction():
            db.session.get_one(Person, row.id).password_hash = stronger
    return int(row.id)


def prove_both(email: str, password: str, ask: Callable[[], str], *, source: str) -> int:
    """The id of an account after its password and then a code, for a terminal. Raises as `prove` does.

    ``ask`` is called after the right password. A passkey needs a page, so whoever has no app is sent there.
    """
    try:
        person_id = prove(email, password, source=source)
    except Invalid:
        tried = person_by_email(email)
        note_wrong_proof(tried.id if tried else None)
        raise
    if secret_of(person_id) is None:
        raise Invalid(_NO_APP, field="code")
    try:
        prove_second_factor(person_id, ask(), source=source)
    except Invalid:
        note_wrong_proof(person_id)
        raise
    return person_id
