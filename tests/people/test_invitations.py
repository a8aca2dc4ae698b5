"""A coordinator invites into the own subtree by mail; the link proves the address, works once, and never reaches higher."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from feedback.adapters.mail import Mail
from feedback.audit.models import AuditEntry
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound, TooMany
from feedback.kernel.permissions import Role
from feedback.people.actions import (
    CreatePerson,
    begin_sign_in,
    create_person,
    end_role,
    invitations,
    sign_in,
)
from feedback.people.actions.invitations import Invite, accept_anew, accept_as, invite, resend, withdraw
from feedback.people.models import Invitation, MembershipRow
from feedback.people.queries import actor_of, memberships_of, person_by_email, signed_in_person
from feedback.people.queries.invitations import invitation_token, open_invitation
from feedback.people.rules.invitations import MOST_A_DAY, may_give
from feedback.storage.outbox import Outbox
from feedback.storage.session import db
from tests.factories import PASSWORD, World
from tests.notices.post import work
from tests.tickets.conftest import Hands

ADDRESS = "pegawai.baru@contoh.example"
WORDS = "cengkih laut payung senja"
Sent = list[Mail]


def asked(world: World, **values: object) -> Invite:
    return Invite(**{"email": ADDRESS, "role": Role.OFFICER, "unit_id": world.agency, **values})  # type: ignore[arg-type]


def token_of(invitation_id: int) -> str:
    db.session.rollback()
    return invitation_token(db.session.scalars(select(Invitation.nonce).where(Invitation.id == invitation_id)).one())


def accept(invitation_id: int) -> int:
    return accept_anew(token_of(invitation_id), name="Pegawai Baru", password=WORDS, locale="id")


def test_the_link_comes_by_mail_and_makes_an_officer(world: World, sent: Sent) -> None:
    invite(asked(world, valid_to=date(2030, 6, 30)), world.coordinator)
    work()
    (mail,) = sent
    assert (mail.recipient, mail.subject) == (ADDRESS, "Undangan untuk Anda")
    assert "Koordinator Satu mengundang Anda menjadi petugas di Dinas Perhubungan." in mail.text
    found = re.search(r"http://localhost/undangan/(\S{43})\n", mail.text)
    assert found is not None
    person_id = accept_anew(found[1], name="Pegawai Baru", password=WORDS, locale="id")
    held = memberships_of([person_id])
    assert [(one.unit_id, one.role, one.valid_to) for one in held] == [(world.agency, Role.OFFICER, date(2030, 6, 30))]
    assert sign_in(ADDRESS, WORDS, source="10.0.0.1")


def test_neither_the_link_nor_the_address_is_kept_where_it_could_be_read(world: World) -> None:
    number = invite(asked(world), world.coordinator)
    row = db.session.get_one(Invitation, number)
    token = invitation_token(row.nonce)
    assert len(token) == 43  # 256 bits
    stored = [str(value) for value in (row.nonce, row.token_hash, *db.session.scalars(select(Outbox.payload)))]
    assert not any(token in value or ADDRESS in value for value in stored)
    assert not any(ADDRESS in str(entry.detail) + entry.subject for entry in db.session.scalars(select(AuditEntry)))


def test_it_works_once(world: World) -> None:
    number = invite(asked(world), world.coordinator)
    accept(number)
    with pytest.raises(Conflict):
        accept(number)
    new = select(MembershipRow.id).where(MembershipRow.unit_id == world.agency, MembershipRow.role == Role.OFFICER)
    assert len(db.session.scalars(new).all()) == 3  # with the two who were there


def test_it_ends_after_seven_days(hands: Hands, world: World) -> None:
    number = invite(asked(world), world.coordinator)
    hands.at(3, 9, 10, 59)
    assert accept(number)
    second = invite(asked(world, email="lain@contoh.example"), world.coordinator)
    hands.at(3, 16, 11, 0)
    with pytest.raises(Conflict):
        accept(second)


def test_sending_it_again_makes_the_old_link_worthless(hands: Hands, world: World, sent: Sent) -> None:
    number = invite(asked(world), world.coordinator)
    old = token_of(number)
    with pytest.raises(TooMany):
        resend(number, world.coordinator)
    hands.at(3, 2, 11, 11)
    resend(number, world.coordinator)
    with pytest.raises(Conflict):
        accept_anew(old, name="X", password=WORDS, locale="id")
    work()
    assert [token_of(number) in mail.text for mail in sent] == [True]  # the first was not sent any more
    assert accept(number)


def test_withdrawn_is_withdrawn(world: World) -> None:
    number = invite(asked(world), world.coordinator)
    withdraw(number, world.coordinator)
    with pytest.raises(Conflict):
        accept(number)
    with pytest.raises(Conflict):
        withdraw(number, world.coordinator)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OFFICER])
def test_a_coordinator_gives_no_role_above_officer(world: World, role: Role) -> None:
    with pytest.raises(Invalid) as caught:
        invite(asked(world, role=role), world.coordinator)
    assert caught.value.field == "unit_id"
    assert invite(asked(world, role=role), world.administrator)


def test_a_coordinator_stays_in_the_subtree(world: World) -> None:
    for unit_id in (world.other_government, 999_999):
        with pytest.raises(Invalid):
            invite(asked(world, unit_id=unit_id), world.coordinator)
    assert not may_give(world.officer, Role.OFFICER, "1.2.")
    assert not may_give(world.governor, Role.OFFICER, "1.2.")
    other = invite(asked(world, unit_id=world.other_government), world.administrator)
    for deed in (resend, withdraw):
        with pytest.raises(NotFound):
            deed(other, world.coordinator)


def test_a_sender_who_left_invites_nobody_any_more(world: World) -> None:
    number = invite(asked(world), world.coordinator)
    end_role(memberships_of([world.coordinator.person_id or 0])[0].id, by=None)
    with pytest.raises(Conflict):
        accept(number)
    assert person_by_email(ADDRESS) is None


def test_of_two_that_take_it_at_once_one_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both found it open: the row, read again under its lock, decides."""
    invitation_id = invite(asked(world), world.coordinator)
    token = token_of(invitation_id)
    seen = open_invitation(token, utc_now())
    db.session.rollback()
    monkeypatch.setattr(invitations, "open_invitation", lambda *_: seen)
    person_id = accept(invitation_id)
    with pytest.raises(Conflict, match=invitations.OVER):
        accept_as(token, person_id)


def test_nobody_is_asked_twice_and_nobody_asks_without_end(world: World) -> None:
    invite(asked(world), world.coordinator)
    with pytest.raises(Conflict):
        invite(asked(world), world.coordinator)
    for serial in range(MOST_A_DAY - 1):
        invite(asked(world, email=f"orang-{serial}@instansi.example"), world.coordinator)
    with pytest.raises(TooMany):
        invite(asked(world, email="satu-lagi@instansi.example"), world.coordinator)


def test_whoever_registered_under_the_address_loses_the_account(world: World) -> None:
    command = CreatePerson(email=ADDRESS, name="Siapa Saja", password="kopi pagi di dermaga timur")
    squatter = begin_sign_in(create_person(command, by_themselves=True))  # before accounts began with a letter
    number = invite(asked(world), world.coordinator)
    person = person_by_email(ADDRESS)
    assert person is not None
    with pytest.raises(Conflict):  # being signed in is not enough: the account was never shown to be the official's
        accept_as(token_of(number), person.id)
    assert accept(number) == person.id
    assert signed_in_person(squatter) is None
    with pytest.raises(Invalid):
        sign_in(ADDRESS, "kopi pagi di dermaga timur", source="10.0.0.1")
    assert sign_in(ADDRESS, WORDS, source="10.0.0.1")


def test_an_account_that_is_known_takes_it_signed_in_and_keeps_its_password(world: World) -> None:
    person_id = create_person(CreatePerson(ADDRESS, "Pegawai", PASSWORD, staff=True), by=world.administrator.person_id)
    number = invite(asked(world), world.coordinator)
    with pytest.raises(Conflict):
        accept(number)
    with pytest.raises(Conflict):
        accept_as(token_of(number), world.stranger.person_id or 0)
    token = begin_sign_in(person_id)
    accept_as(token_of(number), person_id)
    assert signed_in_person(token) is None  # sessions are renewed with a new role
    assert sign_in(ADDRESS, PASSWORD, source="10.0.0.1")
    held = actor_of(person_id)
    assert isinstance(held, Actor)
    assert held.holds_at(world.agency, Role.OFFICER)


def test_each_step_is_in_the_log(hands: Hands, world: World) -> None:
    number = invite(asked(world), world.coordinator)
    hands.at(3, 2, 12)
    resend(number, world.coordinator)
    person_id = accept(number)
    second = invite(asked(world, email="lain@contoh.example"), world.coordinator)
    withdraw(second, world.coordinator)
    rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    told = [(row.deed, row.actor_id) for row in rows if row.deed.startswith("invitation.")]
    by = world.coordinator.person_id
    assert told == [
        ("invitation.sent", by), ("invitation.resent", by), ("invitation.accepted", person_id),
        ("invitation.sent", by), ("invitation.withdrawn", by),
    ]  # fmt: skip
    granted = [row.actor_id for row in rows if row.deed == "role.granted" and row.subject == f"person:{person_id}"]
    assert granted == [by]


@pytest.mark.parametrize("email", ["", "bukan-alamat", "a@b", "x" * 300 + "@a.id", "a\u202eb@c.id", "a@b.id\nBcc: c@d.id"])
def test_an_address_nobody_can_write_to_is_refused(world: World, email: str) -> None:
    with pytest.raises(Invalid) as caught:
        invite(asked(world, email=email), world.coordinator)
    assert caught.value.field == "email"
