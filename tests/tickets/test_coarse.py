"""Of a sealed report the day is kept and not the hour: in lists, their order and cursors, rounds, receipts, and joined ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from feedback.kernel.actor import Actor
from feedback.kernel.clock import day_begins
from feedback.people.actions import CreatePerson, create_person
from feedback.people.models import Person
from feedback.rights.queries.incidents import affected
from feedback.rights.rules.incidents import Exposed, Incident
from feedback.storage.session import db
from feedback.tickets.actions.submit import Receipt
from feedback.tickets.models import Ticket, TicketCycle
from feedback.tickets.queries.listing import Filters, list_tickets
from feedback.tickets.rules.words import MoveName
from tests.factories import World, make_report, move, tracker
from tests.site import Reader

# Tuesday 3 March 2026, 14.37 where the reports are about; its day began at 15.00 UTC the day before.
AT = datetime(2026, 3, 3, 5, 37, tzinfo=UTC)
DAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
FLAGS = ("anonymous", "confidential")


def at(minutes: int, world: World, **values: object) -> Receipt:
    with time_machine.travel(AT + timedelta(minutes=minutes), tick=False):
        return make_report(world, **values)


def ticket(receipt: Receipt) -> Ticket:
    return db.session.get_one(Ticket, receipt.ticket_id, populate_existing=True)


def test_a_day_begins_at_local_midnight() -> None:
    assert day_begins(AT, "Asia/Jayapura") == DAY
    assert day_begins(DAY, "Asia/Jayapura") == DAY
    assert day_begins(DAY - timedelta(microseconds=1), "Asia/Jayapura") == DAY - timedelta(days=1)


@pytest.mark.parametrize("flag", FLAGS)
def test_a_sealed_report_is_received_by_its_day(world: World, flag: str) -> None:
    one, plain = at(0, world, **{flag: True}), at(0, world)
    for found in (ticket(one), one):
        assert found.received_at == DAY
    assert (ticket(one).state_since, ticket(one).held_since) == (DAY, DAY)
    assert db.session.scalars(select(TicketCycle.started_at).where(TicketCycle.ticket_id == one.ticket_id)).all() == [DAY]
    assert plain.received_at == AT
    assert (one.coarse, plain.coarse) == (True, False)


def test_its_deadlines_are_those_of_the_day(world: World) -> None:
    sealed, plain = at(0, world, anonymous=True), at(0, world)
    assert ticket(sealed).due_at == ticket(plain).due_at


def test_no_place_in_the_public_list_brackets_its_hour(world: World) -> None:
    """Neighbours whose hours are public stand on one side of it, whenever in the day it came."""
    before, late, after = at(-60, world), at(0, world, anonymous=True), at(60, world)
    early = at(-300, world, anonymous=True)
    order = [line.number for line in list_tickets(Actor(), Filters(), now=AT).rows]
    assert order[:2] == [after.number, before.number]
    assert set(order[2:]) == {late.number, early.number}
    page = list_tickets(Actor(), Filters(), now=AT, after=before.number)
    assert {line.number for line in page.rows} == {late.number, early.number}


@pytest.mark.parametrize("name", [MoveName.MAKE_ANONYMOUS, MoveName.MAKE_CONFIDENTIAL])
def test_an_open_report_that_is_sealed_later_stands_by_its_day_too(world: World, name: MoveName) -> None:
    receipt = at(0, world)
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        move(receipt.number, name, world.citizen)
    assert ticket(receipt).received_at == DAY
    assert db.session.scalars(select(TicketCycle.started_at).where(TicketCycle.ticket_id == receipt.ticket_id)).all() == [DAY]


def test_a_round_that_the_reporter_begins_knows_its_day(world: World) -> None:
    receipt = at(0, world, anonymous=True)
    with time_machine.travel(AT + timedelta(days=1), tick=False) as clock:
        move(receipt.number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="normative")
        move(receipt.number, MoveName.START, world.officer)
        move(receipt.number, MoveName.ANSWER, world.officer)
        clock.shift(timedelta(days=1))
        move(receipt.number, MoveName.DISPUTE, tracker(receipt))
        rounds = db.session.scalars(select(TicketCycle.started_at).where(TicketCycle.ticket_id == receipt.ticket_id).order_by(TicketCycle.number))
        assert rounds.all() == [DAY, DAY + timedelta(days=2)]


def test_a_report_it_is_joined_to_learns_nothing_of_its_hour(world: World) -> None:
    target, same_day, day_before = at(0, world), at(-60, world, anonymous=True), at(-60 * 24, world, anonymous=True)
    with time_machine.travel(AT + timedelta(hours=3), tick=False):
        move(same_day.number, MoveName.JOIN, world.coordinator, joined_number=target.number)
        assert ticket(target).received_at == AT
        move(day_before.number, MoveName.JOIN, world.coordinator, joined_number=target.number)
        assert ticket(target).received_at == DAY - timedelta(days=1)


def test_receipt_and_pages_say_the_day(app: Flask, world: World, reader: Reader) -> None:
    with time_machine.travel(AT, tick=False):
        for flag in FLAGS:
            page = reader.send(reader.open("/lapor?wilayah=82.72.02.1003"), button="periksa", text="Lampu mati.", topic=str(world.topic), **{flag: "y"})
            page = reader.send(page, button="kirim")
            assert "Diterima 3 Maret 2026." in page.text
            number = page.text.split("MB-")[1][:9]
            mine = reader.open(f"/laporan/MB-{number}")
            assert mine.status == 200
            assert "3 Maret 2026" in mine.text
            assert "14.37" not in mine.text
            assert "00.00" not in mine.text


def test_an_account_opened_on_the_day_an_incident_began_is_among_those_told(world: World) -> None:
    """Only the day of it is kept, so nobody can say that it was before."""
    with time_machine.travel(AT, tick=False):
        command = CreatePerson("zainuddin@contoh.example", "Zainuddin", "kincir angin tua di bukit")
        person_id = create_person(command, by_themselves=True)
    opened = db.session.scalars(select(Person.created_at).where(Person.id == person_id)).one()
    assert opened == datetime(2026, 3, 3, tzinfo=UTC)
    for since, is_told in ((AT - timedelta(minutes=1), True), (AT + timedelta(days=1), False)):
        incident = Incident(
            code="uji", found_at=AT, since=since, until=AT + timedelta(days=2), tables=frozenset({Exposed.PERSON}), numbers=(), agency="", words={}
        )
        assert (person_id in {one.person_id for one in affected(incident)}) is is_told
