"""A role's end is announced two weeks before, may be put off, and is acted on: sessions end, tickets wait for others."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from feedback.adapters.mail import Mail
from feedback.audit.models import AuditEntry
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Invalid, NotFound
from feedback.people.actions import begin_sign_in, end_role, set_active
from feedback.people.actions.expiry import extend_role, note_ends, warn_of_ends
from feedback.people.models import MembershipRow
from feedback.people.queries import memberships_of, signed_in_person
from feedback.people.queries.staff import count_ending, staff_page
from feedback.storage.session import db, transaction
from feedback.tickets.rules.words import MoveName as M
from tests.factories import World
from tests.notices.post import work
from tests.tickets.conftest import Hands
from tests.tickets.steps import assigned, make, ticket_of

Sent = list[Mail]


def role_of(person_id: int | None) -> int:
    return memberships_of([person_id or 0])[0].id


def ends(person_id: int | None, day: date) -> int:
    with transaction():
        db.session.execute(update(MembershipRow).where(MembershipRow.person_id == person_id).values(valid_to=day))
    return role_of(person_id)


def test_the_holder_and_the_nearest_coordinator_are_told_once(hands: Hands, world: World, sent: Sent) -> None:
    ends(world.officer.person_id, date(2026, 3, 17))
    assert warn_of_ends(utc_now()) == 0  # 15 days
    hands.at(3, 3, 0, 1)
    assert warn_of_ends(utc_now()) == 1
    assert warn_of_ends(utc_now()) == 0
    work()
    own, coordinator = sent
    assert "Peran Anda sebagai petugas di Dinas Perhubungan berakhir sesudah 17 Maret 2026 (WIT)." in own.text
    assert "Peran Petugas Satu sebagai petugas di Dinas Perhubungan" in coordinator.text
    assert own.subject == coordinator.subject == "Sebuah peran akan berakhir"
    assert "http://localhost/meja/petugas?daftar=akan-berakhir" in coordinator.text


def test_no_letter_when_it_was_extended_meanwhile_and_a_new_one_for_the_new_end(hands: Hands, world: World, sent: Sent) -> None:
    role = ends(world.officer.person_id, date(2026, 3, 10))
    warn_of_ends(utc_now())
    extend_role(role, date(2026, 4, 10), world.coordinator)
    work()
    assert sent == []
    hands.at(3, 30)
    assert warn_of_ends(utc_now()) == 1
    work()
    assert len(sent) == 2


def test_the_end_comes_in_the_units_own_night(hands: Hands, world: World) -> None:
    ends(world.officer.person_id, date(2026, 3, 10))
    hands.at(3, 10, 23, 59)
    token = begin_sign_in(world.officer.person_id or 0, strong=True)
    assert note_ends(utc_now()) == 0
    assert signed_in_person(token) is not None
    hands.at(3, 11, 0, 0)
    assert note_ends(utc_now()) == 1
    assert note_ends(utc_now()) == 0
    assert signed_in_person(token) is None
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "role.expired")).one()
    assert (entry.subject, entry.actor_id) == (f"person:{world.officer.person_id}", None)


@pytest.mark.parametrize("how", ["expired", "ended", "closed"])
def test_what_they_held_waits_for_somebody_else(hands: Hands, world: World, how: str) -> None:
    receipt = assigned(world)
    make(world, receipt, M.START, world.officer)
    if how == "expired":
        ends(world.officer.person_id, date(2026, 3, 3))
        hands.at(3, 4)
        note_ends(utc_now())
    elif how == "ended":
        hands.at(3, 4)
        end_role(role_of(world.officer.person_id), by=world.administrator.person_id)
    else:
        set_active(world.officer.person_id or 0, False, by=world.administrator.person_id)
    assert ticket_of(receipt).officer_id == world.officer.person_id
    work()
    assert ticket_of(receipt).officer_id is None


def test_a_role_is_put_off_but_never_brought_back(hands: Hands, world: World) -> None:
    role = ends(world.officer.person_id, date(2026, 3, 10))
    for wrong in (date(2026, 3, 10), date(2026, 3, 9)):
        with pytest.raises(Invalid):
            extend_role(role, wrong, world.coordinator)
    extend_role(role, date(2026, 3, 11), world.coordinator)
    hands.at(3, 12)
    with pytest.raises(Conflict):
        extend_role(role, date(2026, 4, 1), world.coordinator)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "role.extended")).one()
    assert (entry.actor_id, entry.subject) == (world.coordinator.person_id, f"person:{world.officer.person_id}")


def test_only_officers_of_the_own_subtree_are_extended_by_a_coordinator(world: World) -> None:
    head = ends(world.head.person_id, date(2099, 1, 1))
    with pytest.raises(NotFound):
        extend_role(head, date(2099, 2, 1), world.coordinator)
    extend_role(head, date(2099, 2, 1), world.administrator)


def test_the_list_shows_what_ends_within_reach(hands: Hands, world: World) -> None:
    ends(world.officer.person_id, date(2026, 3, 16))
    ends(world.head.person_id, date(2026, 3, 17))
    for actor in (world.coordinator, world.administrator):
        page = staff_page(actor, ending=True)
        assert [line.name for line in page.rows] == ["Petugas Satu"]
        assert count_ending(actor) == 1
    everybody = staff_page(world.coordinator, ending=False).rows
    assert {line.name for line in everybody if line.may_extend} == {"Petugas Satu"}
    assert "Kepala Dinas" in {line.name for line in everybody}
