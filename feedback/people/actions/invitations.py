"""Invitations: a coordinator or administrator asks somebody by mail to take a role; the link proves the address."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from feedback.audit.actions import record
from feedback.kernel.actor import Actor
from feedback.kernel.clock import local_date, utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.kernel.permissions import Role
from feedback.kernel.text import mark
from feedback.people.actions.accounts import CreatePerson, create_person, set_password
from feedback.people.actions.credentials import drop_credentials
from feedback.people.actions.roles import GrantRole, grant_role
from feedback.people.models import Invitation, MembershipRow, Person
from feedback.people.queries import actor_of
from feedback.people.queries.invitations import invitation_hash, invitation_token, open_invitation, waiting
from feedback.people.queries.vouching import INVITED, is_vouched_for
from feedback.people.rules.accounts import check_email
from feedback.people.rules.invitations import INVITATION_LASTS, check_end, check_pace, check_resend, may_give
from feedback.storage.outbox import post
from feedback.storage.session import db, transaction
from feedback.units.queries import unit_by_id
from feedback.units.rules import UnitRow, in_force

OVER = mark("Undangan ini tidak berlaku lagi. Minta koordinator mengirim yang baru.")


@dataclass(frozen=True, slots=True)
class Invite:
    """Who is asked to take which role where, and until when."""

    email: str
    role: Role
    unit_id: int
    valid_to: date | None = None


def invite(command: Invite, asker: Actor) -> int:
    """Ask somebody by mail to take a role; returns the invitation's id.

    Raises Invalid for a unit or role out of the asker's reach, Conflict when the role is held or asked for already,
    TooMany after many in a day.
    """
    email, now = command.email.strip().lower(), utc_now()
    check_email(email)
    with transaction():
        unit = _unit_in_reach(command, asker, now)
        check_end(command.valid_to, local_date(now, unit.zone))
        since = Invitation.invited_by_id == asker.person_id, Invitation.created_at > now - timedelta(days=1)
        check_pace(db.session.scalar(select(func.count()).select_from(Invitation).where(*since)) or 0)
        _refuse_twice(email, command, local_date(now, unit.zone))
        nonce = secrets.token_urlsafe(32)
        row = Invitation(
            email=email,
            role=command.role,
            unit_id=unit.id,
            valid_to=command.valid_to,
            invited_by_id=asker.person_id or 0,
            created_at=now,
            sent_at=now,
            expires_at=now + INVITATION_LASTS,
            nonce=nonce,
            token_hash=invitation_hash(invitation_token(nonce)),
        )
        db.session.add(row)
        db.session.flush()
        _post_mail(row)
        _note("invitation.sent", row, asker.person_id, now)
        return row.id


def _unit_in_reach(command: Invite, asker: Actor, now: datetime) -> UnitRow:
    """The unit, when it exists today and the asker may give the role there; one answer for all that will not do."""
    unit = unit_by_id(command.unit_id)
    if unit is None or not in_force(unit, local_date(now, unit.zone)) or not may_give(asker, command.role, unit.path):
        raise Invalid(mark("Anda tidak dapat memberi peran ini di unit itu."), field="unit_id")
    return unit


def _refuse_twice(email: str, command: Invite, today: date) -> None:
    held = (
        select(MembershipRow.id)
        .join(Person, Person.id == MembershipRow.person_id)
        .where(Person.email == email, MembershipRow.unit_id == command.unit_id, MembershipRow.role == command.role)
        .where(MembershipRow.valid_to.is_(None) | (MembershipRow.valid_to >= today))
    )
    if db.session.scalar(held.limit(1)) is not None:
        raise Conflict(mark("Peran ini sudah dipegang orang itu di unit tersebut."))
    asked = select(Invitation.id).where(
        Invitation.email == email, Invitation.unit_id == command.unit_id, Invitation.role == command.role
    )
    if db.session.scalar(asked.where(*waiting(utc_now())).limit(1)) is not None:
        raise Conflict(mark("Alamat ini sudah diundang untuk peran itu. Kirim ulang dari daftar undangan."))


def _post_mail(row: Invitation) -> None:
    # The link is not in the payload: it follows from the row and the site's key when the mail is written.
    post("mail.invitation", f"invitation:{row.nonce}", {"invitation_id": row.id, "nonce": row.nonce}, at=row.sent_at)


def _note(deed: str, row: Invitation, by: int | None, at: datetime) -> None:
    detail = {"role": row.role, "unit": row.unit_id}
    record(deed, actor_id=by, subject=f"invitation:{row.id}", at=at, detail=detail)


def _in_reach(invitation_id: int, asker: Actor) -> Invitation:
    row = db.session.get(Invitation, invitation_id, with_for_update=True)
    unit = unit_by_id(row.unit_id) if row else None
    if row is None or unit is None or not may_give(asker, Role(row.role), unit.path):
        raise NotFound
    if row.accepted_at is not None or row.withdrawn_at is not None:
        raise Conflict(mark("Undangan ini sudah diterima atau ditarik."))
    return row


def resend(invitation_id: int, asker: Actor) -> None:
    """Send a new link for seven more days; the old one is worthless. Raises NotFound, Conflict, TooMany."""
    now = utc_now()
    with transaction():
        row = _in_reach(invitation_id, asker)
        check_resend(row.sent_at, now)
        row.nonce = secrets.token_urlsafe(32)
        row.token_hash = invitation_hash(invitation_token(row.nonce))
        row.sent_at, row.expires_at = now, now + INVITATION_LASTS
        _post_mail(row)
        _note("invitation.resent", row, asker.person_id, now)


def withdraw(invitation_id: int, asker: Actor) -> None:
    """Take an invitation back; its link is worthless. Raises NotFound, Conflict."""
    now = utc_now()
    with transaction():
        row = _in_reach(invitation_id, asker)
        row.withdrawn_at = now
        _note("invitation.withdrawn", row, asker.person_id, now)


def accept_anew(token: str, *, name: str, password: str, locale: str) -> int:
    """Take the role with a new account, or with one nobody vouched for, which the link's holder takes over.

    Whoever registered under an official's address loses it here: password, sessions and every other way in are gone.
    Returns the person's id. Raises Conflict for a link that is over, Invalid for the name or password.
    """
    with transaction():
        row = _open(token)
        person = db.session.scalar(select(Person).where(Person.email == row.email))
        if person is None:
            person_id = create_person(CreatePerson(row.email, name, password, staff=True, locale=locale))
        elif not person.is_active or is_vouched_for(person.id):
            raise Conflict(mark("Alamat ini sudah punya akun. Masuk dengan akun itu, lalu terima undangan."))
        else:
            person_id = person.id
            set_password(person_id, password, by=person_id, staff=True)
            drop_credentials(person_id)
        _take(row, person_id)
        return person_id


def accept_linked(token: str, *, email: str, name: str) -> int:
    """Take the role for whom the provider proved to have the address; returns the person's id.

    An account that is known keeps its ways in; one nobody vouched for is taken over, as in `accept_anew`.
    """
    with transaction():
        row = _open(token)
        if email != row.email:
            raise Conflict(mark("Undangan ini untuk alamat surel lain."))
        person = db.session.scalar(select(Person).where(Person.email == email))
        if person is not None and not person.is_active:
            raise Conflict(OVER)
        password = secrets.token_urlsafe(32)  # nobody knows it: the account is entered by the provider
        if person is None:
            person_id = create_person(CreatePerson(email, name, password, staff=True))
        else:
            person_id = person.id
            if not is_vouched_for(person_id):
                set_password(person_id, password, by=person_id, staff=True)
                drop_credentials(person_id)
        _take(row, person_id)
        return person_id


def accept_as(token: str, person_id: int) -> None:
    """Take the role with the account one is signed in to; it must have the address the link was sent to."""
    with transaction():
        row = _open(token)
        person = db.session.get(Person, person_id)
        if person is None or person.email != row.email or not is_vouched_for(person_id):
            raise Conflict(mark("Undangan ini untuk alamat surel lain."))
        _take(row, person_id)


def _open(token: str) -> Invitation:
    """The invitation of a link, locked. Raises Conflict when it is over, or its sender may not give the role now."""
    found = open_invitation(token, utc_now())
    if found is None:
        raise Conflict(OVER)
    row = db.session.get_one(Invitation, found.id, with_for_update=True, populate_existing=True)
    sender, unit = actor_of(row.invited_by_id), unit_by_id(row.unit_id)
    spent = row.accepted_at is not None or row.withdrawn_at is not None
    if spent or sender is None or unit is None or not may_give(sender, Role(row.role), unit.path):
        raise Conflict(OVER)
    return row


def _take(row: Invitation, person_id: int) -> None:
    now = utc_now()
    row.accepted_at, row.person_id = now, person_id
    record(INVITED, actor_id=person_id, subject=f"person:{person_id}", at=now, detail={"invitation": row.id})
    command = GrantRole(person_id, row.unit_id, Role(row.role), valid_to=row.valid_to)
    grant_role(command, by=row.invited_by_id, proven=True)
