from __future__ import annotations

from datetime import date

from feedback.catalogue import queries
from feedback.catalogue.actions import RuleDetails, create_rule
from feedback.units.actions import CloseUnit, close_unit
from feedback.units.queries import unit_by_id
from tests.factories import World

LONG_AGO = date(2021, 1, 1)


def test_topics_and_outside_bodies_are_found(world: World) -> None:
    assert {topic.id for topic in queries.topics()} == {world.topic, world.other_topic}
    topic = queries.topic_by_slug("lampu-jalan")
    assert topic is not None
    assert queries.topic_by_id(world.topic) == topic
    assert queries.topic_by_slug("tidak-ada") is None
    assert [body.slug for body in queries.authorities()] == ["pln"]
    assert queries.authority_by_slug("pln") is not None


def test_services_are_narrowed_by_subtree_topic_and_words(world: World) -> None:
    government, other = unit_by_id(world.government), unit_by_id(world.other_agency)
    assert government is not None
    assert other is not None
    assert [service.id for service in queries.services_of_unit(government.path)] == [world.service]
    assert queries.services_of_unit(other.path) == ()
    assert len(queries.services(topic_id=world.topic)) == 1
    assert queries.services(topic_id=world.other_topic) == ()
    assert len(queries.services(text="LAMPU jalan")) == 1
    assert queries.services(text="lampu laut") == ()
    assert queries.services(text="%") == ()
    assert set(queries.services_by_ids([world.service, 10**9])) == {world.service}


def test_a_service_page_carries_the_standard(world: World) -> None:
    page = queries.service_by_slug("perbaikan-lampu")
    assert page is not None
    assert page.service.unit_id == world.agency
    assert page.service.topic_slug == "lampu-jalan"
    assert page.internal_standard == {}
    assert queries.service_by_slug("tidak-ada") is None


def test_a_route_takes_two_statements(world: World, statements: list[str]) -> None:
    statements.clear()
    route = queries.propose_route(topic_id=world.topic, region_code=world.village, service_id=world.service)
    assert len(statements) == 2
    assert route.unit is not None
    assert route.unit.id == world.agency
    assert route.government is not None
    assert route.government.id == world.government


def test_a_chosen_unit_elsewhere_brings_its_own_government(world: World) -> None:
    route = queries.propose_route(topic_id=world.topic, region_code="21.72", unit_id=world.division)
    assert route.unit is not None
    assert route.unit.id == world.division
    assert route.government is not None
    assert route.government.id == world.government


def test_a_place_nobody_covers_has_no_route(world: World) -> None:
    route = queries.propose_route(topic_id=world.topic, region_code="99.99")
    assert (route.unit, route.authority, route.government) == (None, None, None)
    route = queries.propose_route(topic_id=None, region_code=None)
    assert route.unit is None


def test_an_outside_body_is_proposed_with_its_note(world: World) -> None:
    create_rule(
        RuleDetails(region_code=world.village, topic_id=world.topic, authority_id=world.authority, note="Bukan pemda.")
    )
    route = queries.propose_route(topic_id=world.topic, region_code=world.village)
    assert route.unit is None
    assert route.authority is not None
    assert (route.authority.slug, route.note) == ("pln", "Bukan pemda.")


def test_a_closed_unit_stands_for_its_successor(world: World) -> None:
    close_unit(CloseUnit(unit_id=world.division, valid_to=LONG_AGO))
    close_unit(CloseUnit(unit_id=world.agency, valid_to=LONG_AGO, successor_id=world.other_agency))
    for chosen in (None, world.agency):
        for service in (None, world.service):
            route = queries.propose_route(
                topic_id=world.topic, region_code=world.village, service_id=service, unit_id=chosen
            )
            assert route.unit is not None
            assert route.unit.id == world.other_agency


def test_a_closed_unit_without_successor_is_passed_over(world: World) -> None:
    close_unit(CloseUnit(unit_id=world.other_agency, valid_to=LONG_AGO))
    route = queries.propose_route(topic_id=world.other_topic, region_code=world.village)
    assert route.unit is not None
    assert route.unit.id == world.government


def test_rules_are_listed_for_administrators(world: World) -> None:
    rules = queries.routing_rules(topic_id=world.topic)
    assert [(rule.region_code, rule.unit and rule.unit.id) for rule in rules] == [("82", world.agency)]
    assert queries.routing_rules(region_code="21") == ()
    assert queries.rule_by_id(rules[0].id) == rules[0]
    assert queries.rule_by_id(-1) is None
