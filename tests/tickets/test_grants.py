"""Who sees what: the rule for one ticket and the SQL for lists agree over every actor, ticket and sight."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select

from feedback.kernel.actor import Actor, Membership
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Role
from feedback.storage.session import db, transaction
from feedback.tickets.actions.work import facts_of
from feedback.tickets.models import Ticket
from feedback.tickets.queries.detail import ticket_page
from feedback.tickets.queries.visible import visible
from feedback.tickets.rules.grants import Sight, TicketFacts, grants_for, relations, sight_of
from feedback.tickets.rules.lifecycle import Relation
from feedback.units.models import Unit
from feedback.units.queries import unit_by_id
from tests.factories import MONDAY, World
from tests.publicsite.rows import add_ticket


@dataclass(frozen=True)
class Case:
    """A ticket with its flags."""

    facts: TicketFacts
    number: str


def facts(**values: object) -> TicketFacts:
    given: dict[str, object] = {
        "id": 1, "unit_id": 2, "unit_path": "1.2.", "confidential": False, "hidden": False, "published": True,
        "reporter_id": None, "reported_person_id": None,
    }  # fmt: skip
    return TicketFacts(**{**given, **values})  # type: ignore[arg-type]


def staff(unit_id: int, path: str, role: Role, person_id: int = 9) -> Actor:
    return Actor(person_id, "X", (Membership(unit_id, path, role),))


VISITOR = Actor()
CONFIDENTIAL = {"confidential": True}


@pytest.mark.parametrize(
    ("actor", "flags", "sight"),
    [
        (VISITOR, {}, Sight.WORDS),
        (VISITOR, {"published": False}, Sight.LISTED),
        (VISITOR, {"hidden": True}, Sight.NONE),
        (VISITOR, CONFIDENTIAL, Sight.NONE),
        (Actor(5), {"reporter_id": 5, "hidden": True, "confidential": True}, Sight.WHOLE),
        (Actor(5), {"reporter_id": 6}, Sight.WORDS),
        (Actor(tracked=frozenset({1})), CONFIDENTIAL, Sight.WHOLE),
        (Actor(tracked=frozenset({2})), CONFIDENTIAL, Sight.NONE),
        (staff(2, "1.2.", Role.OFFICER), {"published": False}, Sight.WHOLE),
        (staff(2, "1.2.", Role.OFFICER), {"hidden": True}, Sight.WHOLE),
        (staff(2, "1.2.", Role.OFFICER), CONFIDENTIAL, Sight.WHOLE),
        (staff(3, "1.2.3.", Role.OFFICER), CONFIDENTIAL, Sight.NONE),
        (staff(4, "1.4.", Role.OFFICER), CONFIDENTIAL, Sight.NONE),
        (staff(1, "1.", Role.OFFICER), CONFIDENTIAL, Sight.NONE),
        (staff(1, "1.", Role.COORDINATOR), CONFIDENTIAL, Sight.NONE),
        (staff(1, "1.", Role.COORDINATOR), {"hidden": True}, Sight.WHOLE),
        (staff(2, "1.2.", Role.COORDINATOR), CONFIDENTIAL, Sight.WHOLE),
        (staff(1, "1.", Role.SUPERVISOR), CONFIDENTIAL, Sight.WHOLE),
        (staff(1, "1.", Role.INSPECTOR), CONFIDENTIAL, Sight.WHOLE),
        (staff(7, "7.", Role.INSPECTOR), CONFIDENTIAL, Sight.NONE),
        (staff(12, "12.", Role.SUPERVISOR), {"unit_path": "1.2.", "confidential": True}, Sight.NONE),
        (staff(1, "1.", Role.SUPERVISOR), {"unit_path": "12.", "unit_id": 12, "confidential": True}, Sight.NONE),
        (staff(1, "1.", Role.ADMINISTRATOR), CONFIDENTIAL, Sight.NONE),
        (staff(1, "1.", Role.ADMINISTRATOR), {"hidden": True}, Sight.NONE),
        (staff(2, "1.2.", Role.OFFICER, 8), {"reported_person_id": 8, "confidential": True}, Sight.NONE),
        (staff(2, "1.2.", Role.OFFICER, 8), {"reported_person_id": 8}, Sight.WORDS),
        (staff(1, "1.", Role.SUPERVISOR, 8), {"reported_person_id": 8, "hidden": True}, Sight.NONE),
    ],
)
def test_who_sees_how_much(actor: Actor, flags: dict[str, object], sight: Sight) -> None:
    assert sight_of(grants_for(actor), facts(**flags)) is sight


def test_whoever_a_complaint_is_about_has_no_say_but_may_be_its_reporter() -> None:
    officer = staff(2, "1.2.", Role.OFFICER, 8)
    assert relations(officer, facts(reported_person_id=8)) == frozenset()
    assert relations(officer, facts(reported_person_id=8, reporter_id=8)) == {Relation.REPORTER}


def test_an_inspector_and_an_administrator_read_but_have_no_relation() -> None:
    for role in (Role.INSPECTOR, Role.ADMINISTRATOR):
        assert relations(staff(1, "1.", role), facts()) == frozenset()


def everybody(world: World) -> dict[str, Actor]:
    names = ("coordinator", "officer", "second_officer", "division_officer", "other_officer", "head", "governor", "inspector", "administrator", "citizen", "stranger")
    found = {name: getattr(world, name) for name in names}
    found["visitor"] = VISITOR
    found["two roles"] = replace(world.division_officer, memberships=(*world.division_officer.memberships, *world.other_officer.memberships))
    found["from behind the wall"] = replace(world.governor, memberships=(*world.governor.memberships, *world.division_officer.memberships))
    lent = tuple(replace(one, acting_for=world.head.person_id) for one in world.head.memberships)
    found["in the head's place"] = replace(world.other_officer, memberships=(*world.other_officer.memberships, *lent))
    found["twice in a line"] = replace(world.officer, memberships=(*world.officer.memberships, *world.governor.memberships))
    return found


def everything(world: World) -> None:
    """A ticket for every unit, flag, reporter and reported person."""
    with transaction():
        units = (world.government, world.agency, world.division, world.other_agency, world.other_government)
        people = (None, world.citizen.person_id)
        reported = (None, world.officer.person_id, world.governor.person_id)
        for unit_id, confidential, hidden, published in itertools.product(units, (False, True), (False, True), (False, True)):
            for reporter_id, reported_id in itertools.product(people, reported):
                if reporter_id is not None and confidential:
                    continue
                add_ticket(
                    world, unit_id=unit_id, confidential=confidential, hidden=hidden,
                    published_at=MONDAY if published else None, reporter_id=reporter_id, reported_person_id=reported_id,
                )  # fmt: skip
        for unit_id, confidential, hidden, about in itertools.product(
            units, (False, True), (False, True), (world.agency, world.division)
        ):  # walled off from the unit they are about
            add_ticket(world, unit_id=unit_id, confidential=confidential, hidden=hidden, reported_unit_id=about, about_head=True)


def test_the_rule_and_the_sql_agree_on_every_ticket_for_everybody(world: World) -> None:
    everything(world)
    paths = {row.id: row.path for row in db.session.scalars(select(Unit))}
    tickets = db.session.scalars(select(Ticket)).all()
    assert len(tickets) > 150
    actors = everybody(world)
    actors["tracker"] = Actor(tracked=frozenset(ticket.id for ticket in tickets[::7]))
    seen: set[Sight] = set()
    for name, actor in actors.items():
        grants = grants_for(actor)
        one_by_one = {}
        for ticket in tickets:
            unit = unit_by_id(ticket.unit_id) if ticket.unit_id not in paths else None
            assert unit is None
            known = facts_of(ticket, _Path(paths[ticket.unit_id]))  # type: ignore[arg-type]
            one_by_one[ticket.id] = sight_of(grants, known)
        seen |= set(one_by_one.values())
        for least in Sight:
            if least is Sight.NONE:
                continue
            listed = set(db.session.scalars(select(Ticket.id).where(visible(grants, least))))
            assert listed == {key for key, sight in one_by_one.items() if sight >= least}, (name, least)
    assert seen == set(Sight)


@dataclass(frozen=True)
class _Path:
    path: str


def test_the_page_opens_for_exactly_those_who_see_something(world: World) -> None:
    everything(world)
    paths = {row.id: row.path for row in db.session.scalars(select(Unit))}
    for ticket in db.session.scalars(select(Ticket)).all()[::5]:
        for actor in everybody(world).values():
            sight = sight_of(grants_for(actor), facts_of(ticket, _Path(paths[ticket.unit_id])))  # type: ignore[arg-type]
            try:
                page = ticket_page(actor, ticket.number, MONDAY)
            except NotFound:
                assert sight is Sight.NONE
            else:
                assert page.sight is sight
                assert (page.text is None) == (sight < Sight.WORDS)
                assert bool(page.notes) is False
