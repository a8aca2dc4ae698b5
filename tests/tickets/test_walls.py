"""Whoever a report is about does not decide it, and often their whole unit does not see it (UU 25/2009 Art 45)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from feedback.audit.models import AuditEntry
from feedback.kernel.actor import Actor, Membership
from feedback.kernel.errors import Forbidden, Invalid, NotFound
from feedback.kernel.permissions import Role
from feedback.notices.actions.letters import post_letters
from feedback.notices.queries.escalations import reached
from feedback.people.models import Person
from feedback.people.queries import people_within
from feedback.storage.outbox import Outbox
from feedback.storage.session import db, transaction
from feedback.tickets.actions.submit import Receipt, check_report
from feedback.tickets.models import Ticket
from feedback.tickets.queries.detail import ticket_page
from feedback.tickets.queries.visible import visible
from feedback.tickets.rules.grants import Sight, TicketFacts, grants_for, inspects, relations, sight_of
from feedback.tickets.rules.wall import outside, walled_unit
from feedback.tickets.rules.words import Grade, Kind, MoveName, State
from feedback.units.models import Unit
from tests.factories import MONDAY, World, make_person, make_report, move, report_of, tracker
from tests.tickets.steps import events_of, make, ticket_of

M = MoveName


def walled_to(world: World, receipt: Receipt, actor: Actor) -> bool:
    """Whether somebody has no more of a ticket than a visitor, on its page and in lists alike."""
    grants = grants_for(actor)
    listed = db.session.scalar(select(Ticket.id).where(Ticket.id == receipt.ticket_id, visible(grants, Sight.WHOLE)))
    try:
        page = ticket_page(actor, receipt.number, MONDAY)
    except NotFound:
        assert listed is None
        return True
    assert (page.sight is Sight.WHOLE) == (listed is not None)
    return listed is None and not page.moves


def about_unit(world: World, unit_id: int | None = None, **values: Any) -> Receipt:
    return make_report(world, actor=Actor(), reported_unit_id=unit_id or world.agency, **values)


def email_of(actor: Actor) -> str:
    return db.session.get_one(Person, actor.person_id).email


@pytest.mark.parametrize(
    ("flags", "closed"),
    [
        ({}, False),
        ({"about_head": True}, True),
        ({"anonymous": True}, True),
        ({"confidential": True}, True),
        ({"grade": Grade.OVERSIGHT}, True),
        ({"grade": Grade.NORMATIVE}, False),
    ],
)
def test_when_a_unit_is_walled_off(flags: dict[str, Any], closed: bool) -> None:
    given = {"about_head": False, "anonymous": False, "confidential": False, "grade": None, **flags}
    assert walled_unit(7, **given) == (7 if closed else None)
    assert walled_unit(None, **given) is None


def staff(*held: tuple[int, str, Role, int | None]) -> Actor:
    return Actor(9, "X", tuple(Membership(*one[:3], "", one[3]) for one in held))


FACTS = TicketFacts(5, 1, "1.", False, False, True, None, None, walled_unit_id=2)


@pytest.mark.parametrize(
    ("actor", "sees"),
    [
        (staff((1, "1.", Role.SUPERVISOR, None)), True),
        (staff((1, "1.", Role.COORDINATOR, None)), True),
        # Whoever also works in the unit, or under it, stays outside, however high another role of theirs.
        (staff((1, "1.", Role.SUPERVISOR, None), (2, "1.2.", Role.OFFICER, None)), False),
        (staff((1, "1.", Role.INSPECTOR, None), (3, "1.2.3.", Role.OFFICER, None)), False),
        # In the place of somebody from the unit: nothing through that, all of one's own.
        (staff((1, "1.", Role.SUPERVISOR, None), (2, "1.2.", Role.SUPERVISOR, 8)), True),
        (staff((4, "1.4.", Role.OFFICER, None), (2, "1.2.", Role.SUPERVISOR, 8), (1, "1.", Role.SUPERVISOR, 8)), False),
        (staff((2, "1.2.", Role.OFFICER, None), (1, "1.", Role.SUPERVISOR, 8)), False),
    ],
)
def test_who_stands_behind_the_wall(actor: Actor, sees: bool) -> None:
    assert (sight_of(grants_for(actor), FACTS) is Sight.WHOLE) is sees
    assert bool(relations(actor, FACTS) or inspects(actor, FACTS)) is sees
    open_to_all = replace(FACTS, walled_unit_id=None)
    assert sight_of(grants_for(actor), open_to_all) is Sight.WHOLE


def test_without_a_wall_nobody_loses_a_role() -> None:
    actor = staff((2, "1.2.", Role.OFFICER, None), (1, "1.", Role.SUPERVISOR, 8))
    assert outside(actor, person_id=None, unit_id=None) == actor


def test_a_complaint_about_an_officer_is_proposed_to_the_unit_above(world: World) -> None:
    plain = check_report(report_of(world), MONDAY)
    about = check_report(report_of(world, reported_unit_id=world.division), MONDAY)
    assert plain.unit is not None
    assert about.unit is not None
    assert (plain.unit.id, about.unit.id) == (world.agency, world.agency)
    above = check_report(report_of(world, reported_unit_id=world.agency), MONDAY)
    assert above.unit is not None
    assert above.unit.id == world.government
    assert ticket_of(about_unit(world)).proposed_unit_id == world.government


@pytest.mark.parametrize("unit", ["government", "other_government", "nowhere"])
def test_only_a_unit_below_this_government_can_be_reported(world: World, unit: str) -> None:
    unit_id = 999_999 if unit == "nowhere" else getattr(world, unit)
    with pytest.raises(Invalid) as refusal:
        about_unit(world, unit_id)
    assert refusal.value.field == "reported_unit_id"
    with pytest.raises(Invalid):
        about_unit(world, kind=Kind.PRAISE)


@pytest.mark.parametrize("flags", [{"anonymous": True}, {"confidential": True}, {"about_head": True}])
def test_the_unit_of_a_walled_report_sees_what_the_public_sees(world: World, flags: dict[str, Any]) -> None:
    receipt = about_unit(world, **flags)
    with pytest.raises(Invalid) as refusal:
        make(world, receipt, M.VERIFY_AND_ASSIGN, world.governor)
    assert refusal.value.field == "unit_id"
    with pytest.raises(Invalid):
        make(world, receipt, M.VERIFY_AND_ASSIGN, world.governor, unit_id=world.division)
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.governor, unit_id=world.government)
    for actor in (world.officer, world.head, world.division_officer):
        assert walled_to(world, receipt, actor), actor.name
    assert not walled_to(world, receipt, world.governor)
    assert not walled_to(world, receipt, tracker(receipt))
    make(world, receipt, M.ASSIGN, world.governor, unit_id=world.other_agency)
    assert not walled_to(world, receipt, world.other_officer)


def test_oversight_takes_it_from_the_unit_it_is_about_by_itself(world: World) -> None:
    receipt = about_unit(world)
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.division, grade=Grade.NORMATIVE)
    assert not walled_to(world, receipt, world.division_officer)
    make(world, receipt, M.CHANGE_GRADE, world.head, grade=Grade.OVERSIGHT)
    ticket = ticket_of(receipt)
    assert (ticket.unit_id, ticket.state, ticket.officer_id) == (world.government, State.ASSIGNED, None)
    assert walled_to(world, receipt, world.division_officer)
    assert walled_to(world, receipt, world.head)
    last = events_of(receipt)[-1]
    assert (last.move, last.to_unit_id, last.actor_id, last.detail["by_system"]) == (M.ASSIGN, world.government, None, True)


def test_naming_the_head_takes_it_away_and_a_correction_gives_it_back(world: World) -> None:
    receipt = make_report(world)
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator, grade=Grade.NORMATIVE)
    move(receipt.number, M.SET_REPORTED, world.coordinator, reported_email=email_of(world.head))
    ticket = ticket_of(receipt)
    assert (ticket.reported_person_id, ticket.reported_unit_id, ticket.about_head) == (world.head.person_id, world.agency, True)
    assert ticket.unit_id == world.government
    assert walled_to(world, receipt, world.head)
    assert walled_to(world, receipt, world.officer)
    move(receipt.number, M.SET_REPORTED, world.coordinator, reported_email=email_of(world.division_officer))
    assert (ticket_of(receipt).reported_unit_id, ticket_of(receipt).walled_unit_id) == (world.division, None)
    make(world, receipt, M.ASSIGN, world.coordinator, unit_id=world.agency)
    assert not walled_to(world, receipt, world.head)
    assert walled_to(world, receipt, world.division_officer)
    move(receipt.number, M.SET_REPORTED, world.coordinator)
    assert (ticket_of(receipt).reported_person_id, ticket_of(receipt).reported_unit_id) == (None, None)
    make(world, receipt, M.ASSIGN, world.coordinator, unit_id=world.division)
    assert not walled_to(world, receipt, world.division_officer)
    deeds = [entry.detail for entry in db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "ticket.reported_set").order_by(AuditEntry.id))]
    assert [deed["person"] for deed in deeds] == [world.head.person_id, world.division_officer.person_id, None]


def test_only_those_who_route_say_whom_it_is_about_and_nobody_else_reads_it(world: World) -> None:
    receipt = make_report(world)
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator)
    for actor in (world.officer, world.citizen, world.inspector):
        with pytest.raises(Forbidden):
            move(receipt.number, M.SET_REPORTED, actor, reported_email=email_of(world.officer))
    move(receipt.number, M.SET_REPORTED, world.coordinator, reported_unit_id=world.agency)
    for actor in (Actor(), world.citizen):
        page = ticket_page(actor, receipt.number, MONDAY)
        assert M.SET_REPORTED not in {event.move for event in page.events}
    assert ticket_page(Actor(), receipt.number, MONDAY).reported is None
    mine = ticket_page(world.citizen, receipt.number, MONDAY).reported
    assert mine is not None
    assert (mine.unit_id, mine.email) == (world.agency, None)


def test_no_message_about_a_walled_report_goes_behind_the_wall(world: World) -> None:
    with transaction():
        agency = db.session.get_one(Unit, world.agency)
        both = make_person("Dua Jabatan", ((agency, Role.OFFICER), (db.session.get_one(Unit, world.government), Role.OFFICER)))
    receipt = about_unit(world, anonymous=True)
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.governor, unit_id=world.government)
    event = events_of(receipt)[-1]
    post_letters(receipt.ticket_id, event.id, ["unit"])
    told = {row.payload["person_id"] for row in db.session.scalars(select(Outbox).where(Outbox.kind == "mail"))}
    assert told
    assert not told & people_within(world.agency, date(2026, 3, 2))
    assert both.person_id not in told
    assert both.person_id in people_within(world.agency, date(2026, 3, 2))
    assert reached(MONDAY, 10) == []


def test_walled_and_open_reports_are_not_joined(world: World) -> None:
    lead, other = make_report(world), about_unit(world, about_head=True)
    for number, target in ((other.number, lead.number), (lead.number, other.number)):
        with pytest.raises(Invalid) as refusal:
            move(number, M.JOIN, world.coordinator, joined_number=target)
        assert refusal.value.field == "joined_number"


def test_the_database_refuses_a_ticket_without_its_wall(world: World) -> None:
    receipt = about_unit(world, anonymous=True)
    for wrong in (None, world.division):
        with pytest.raises(IntegrityError), transaction():
            db.session.execute(update(Ticket).where(Ticket.id == receipt.ticket_id).values(walled_unit_id=wrong))
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(update(Ticket).where(Ticket.id == receipt.ticket_id).values(reporter_name="Nur"))
