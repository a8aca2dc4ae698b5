from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from feedback.doors import HANDLERS
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.permissions import Role
from feedback.notices.actions.letters import post_lapsing, post_letters
from feedback.people.models import MembershipRow, Person
from feedback.storage.outbox import Job, Outbox
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.rules.words import HoldReason, MoveName, RejectReason
from feedback.units.models import Unit
from tests.factories import World, make_person
from tests.notices.post import SECRET_WORDS, assign, move, report, work

_letters: list[tuple[str, str, int | None]] = []


@pytest.fixture(autouse=True)
def posted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters are noted instead of written, so that these tests see who gets one."""
    _letters.clear()

    def note(job: Job) -> None:
        _letters.append((job.payload["letter"], job.payload["audience"], job.payload["person_id"]))

    monkeypatch.setitem(HANDLERS, "mail", note)


def told() -> list[tuple[str, str, int | None]]:
    """Every letter since the last call."""
    work()
    found = list(_letters)
    _letters.clear()
    return found


def test_the_whole_way_of_a_ticket(app: Flask, world: World) -> None:
    citizen, officer, head = world.citizen, world.officer, world.head
    receipt = report(world, citizen)
    assert told() == [("receipt", "reporter", None)]
    move(receipt, MoveName.ASK_COMPLETION, world.coordinator, text="Di jalan apa?")
    assert told() == [("asked", "reporter", None)]
    move(receipt, MoveName.COMPLETE, citizen, text="Jalan Raya")
    assert told() == [("staff_completed", "coordinator", world.coordinator.person_id)]
    assign(receipt, world)
    assert told() == [
        ("assigned", "reporter", None),
        ("staff_assigned", "unit", world.second_officer.person_id),
        ("staff_assigned", "unit", officer.person_id),
    ]
    move(receipt, MoveName.START, officer)
    move(receipt, MoveName.INTERIM_REPLY, officer, text="Sedang dicek")
    assert told() == [("interim_reply", "reporter", None)]
    move(receipt, MoveName.ADD_INFORMATION, citizen, text="Dekat pasar")
    assert told() == [("staff_information", "officer", officer.person_id)]
    move(receipt, MoveName.ANSWER, officer, text="Sudah diganti")
    assert told() == [("answered", "reporter", None)]
    move(receipt, MoveName.DISPUTE, citizen, text="Masih mati")
    assert told() == [
        ("staff_disputed", "unit", world.second_officer.person_id),
        ("staff_disputed", "supervisor", head.person_id),
    ]
    move(receipt, MoveName.REVIEW_ANSWER, head, text="Kabel diganti")
    assert told() == [("answered", "reporter", None)]
    move(receipt, MoveName.CONFIRM, citizen)
    assert ("staff_confirmed", "unit", head.person_id) in told()


def test_hold_reject_refer_return(app: Flask, world: World) -> None:
    first, second, third = (report(world, world.citizen) for _ in range(3))
    assign(first, world)
    told()
    day = (utc_now() + timedelta(days=9)).date()
    hold = {"hold_reason": HoldReason.WAITING_MATERIAL, "promised_date": day, "text": "Menunggu kabel"}
    move(first, MoveName.HOLD, world.officer, **hold)
    assert told() == [("on_hold", "reporter", None)]
    move(first, MoveName.RETURN_TO_COORDINATOR, world.officer, proposed_unit_id=world.other_agency, text="Bukan kami")
    assert told() == [("staff_returned", "coordinator", world.coordinator.person_id)]
    move(second, MoveName.REJECT, world.coordinator, reject_reason=RejectReason.SPAM, text="Iklan")
    move(third, MoveName.REFER, world.coordinator, authority_id=world.authority, text="Ini milik PLN")
    assert told() == [("rejected", "reporter", None), ("referred", "reporter", None)]


def test_a_reporter_who_withdraws_is_not_told_so(app: Flask, world: World) -> None:
    receipt = report(world, world.citizen)
    assign(receipt, world)
    told()
    move(receipt, MoveName.WITHDRAW, world.citizen)
    assert {letter for letter, _, _ in told()} == {"staff_withdrawn"}


def test_whom_it_is_about_is_never_told(app: Flask, world: World) -> None:
    receipt = report(world, world.citizen)
    told()
    with transaction():
        db.session.execute(update(Ticket).values(reported_person_id=world.officer.person_id))
    assign(receipt, world)
    assert world.officer.person_id not in {person for _, _, person in told()}


def test_officers_who_left_are_not_told(app: Flask, world: World) -> None:
    with transaction():
        db.session.execute(update(Person).where(Person.id == world.officer.person_id).values(is_active=False))
        gone = MembershipRow.person_id == world.second_officer.person_id
        db.session.execute(update(MembershipRow).where(gone).values(valid_to=date(2020, 1, 2)))
    receipt = report(world)
    assign(receipt, world)
    assert ("staff_assigned", "unit", world.head.person_id) in told()


def test_officers_of_units_below_are_not_told(app: Flask, world: World) -> None:
    receipt = report(world)
    assign(receipt, world)
    assert world.division_officer.person_id not in {person for _, _, person in told()}


def test_a_person_with_two_roles_gets_one_letter(app: Flask, world: World) -> None:
    with transaction():
        agency = db.session.get(Unit, world.agency)
        assert agency is not None
        both = make_person("Dua Peran", ((agency, Role.OFFICER), (agency, Role.SUPERVISOR)))
    receipt = report(world, world.citizen)
    assign(receipt, world)
    move(receipt, MoveName.ANSWER, world.officer, text="Sudah diganti")
    told()
    move(receipt, MoveName.DISPUTE, world.citizen, text="Belum")
    assert [person for _, _, person in told()].count(both.person_id) == 1


def test_doing_it_twice_posts_none_twice(app: Flask, world: World) -> None:
    receipt = report(world, world.citizen)
    assign(receipt, world)
    event = db.session.scalars(select(TicketEvent.id).order_by(TicketEvent.id.desc())).first()
    assert event is not None
    assert post_letters(receipt.ticket_id, event, ["reporter", "unit"]) == 3
    assert post_letters(receipt.ticket_id, event, ["reporter", "unit"]) == 3
    assert len(told()) == 1 + 3


def test_an_event_that_is_gone_posts_nothing(app: Flask, world: World) -> None:
    assert post_letters(1, 999, ["reporter"]) == 0


def test_no_address_and_no_word_is_ever_in_the_outbox(app: Flask, world: World) -> None:
    receipt = report(world, anonymous=True, email="rahasia@contoh.example", name="Nur Rahasia", phone="0812")
    assign(receipt, world)
    work(only="nothing")
    rows = db.session.execute(select(Outbox.key, Outbox.payload, Outbox.last_error)).all()
    assert len(rows) == 2
    with transaction():
        event = db.session.scalars(select(TicketEvent.id).order_by(TicketEvent.id)).first()
    assert event is not None
    post_letters(receipt.ticket_id, event, ["reporter"])
    written = str(db.session.execute(select(Outbox.key, Outbox.payload)).all())
    assert "mail" in written
    for secret in ("rahasia@", "Nur Rahasia", "0812", SECRET_WORDS, receipt.code):
        assert secret not in written


def test_the_letter_before_lapsing_goes_once_a_round(app: Flask, world: World) -> None:
    receipt = report(world, world.citizen)
    assign(receipt, world)
    assert post_lapsing(receipt.ticket_id) == 0
    move(receipt, MoveName.ANSWER, world.officer, text="Sudah diganti")
    told()
    assert [post_lapsing(receipt.ticket_id), post_lapsing(receipt.ticket_id)] == [1, 1]
    assert told() == [("lapsing", "reporter", None)]
    move(receipt, MoveName.DISPUTE, world.citizen, text="Belum")
    move(receipt, MoveName.REVIEW_ANSWER, world.head, text="Sudah")
    told()
    post_lapsing(receipt.ticket_id)
    assert told() == [("lapsing", "reporter", None)]
    assert post_lapsing(999) == 0


def test_the_worker_needs_few_questions_however_many_people(
    app: Flask, world: World, statements: list[str]
) -> None:
    receipt = report(world, world.citizen)
    assign(receipt, world)
    event = db.session.scalars(select(TicketEvent.id).order_by(TicketEvent.id.desc())).first()
    assert event is not None
    statements.clear()
    post_letters(receipt.ticket_id, event, ["reporter", "unit"])
    assert len([one for one in statements if one.startswith("SELECT")]) == 2


def test_a_visitors_ticket_is_told_by_its_audience_only(app: Flask, world: World) -> None:
    report(world, Actor(), email="warga@contoh.example")
    assert told() == [("receipt", "reporter", None)]
