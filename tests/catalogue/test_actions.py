from __future__ import annotations

from typing import Any

import pytest

from feedback.catalogue.actions import (
    ChangeAuthority,
    ChangeRule,
    ChangeService,
    ChangeTopic,
    CreateAuthority,
    CreateService,
    CreateTopic,
    RuleDetails,
    Standard,
    change_authority,
    change_rule,
    change_service,
    change_topic,
    create_authority,
    create_rule,
    create_service,
    create_topic,
    remove_rule,
)
from feedback.catalogue.queries import authority_by_slug, routing_rules, service_by_slug, topic_by_id, topics
from feedback.kernel.errors import Invalid, NotFound
from tests.factories import World


def test_a_topic_is_made_and_changed(world: World) -> None:
    details: dict[str, Any] = {"description": "", "national_category": "Perhubungan; Laut"}
    topic_id = create_topic(CreateTopic(slug="kapal", name="Kapal", **details))
    change_topic(ChangeTopic(topic_id=topic_id, name="Kapal laut", is_active=False, **details))
    topic = topic_by_id(topic_id)
    assert topic is not None
    assert topic.name == "Kapal laut"
    assert topic_id not in {one.id for one in topics()}
    with pytest.raises(Invalid) as caught:
        create_topic(CreateTopic(slug="kapal", name="Kapal", **details))
    assert caught.value.field == "slug"
    with pytest.raises(NotFound):
        change_topic(ChangeTopic(topic_id=10**9, name="x", **details))


def test_a_service_keeps_its_whole_standard(world: World) -> None:
    standard = Standard(
        requirements="KTP-el\nKK",
        cost="Gratis",
        legal_basis="UU 25/2009",
        internal={"staffing": "Dua petugas"},
    )
    details: dict[str, Any] = {"code": "S99", "name": "Layanan", "unit_id": world.agency, "topic_id": world.topic}
    service_id = create_service(CreateService(slug="layanan", standard=standard, **details))
    page = service_by_slug("layanan")
    assert page is not None
    assert page.requirements == "KTP-el\nKK"
    assert page.internal_standard == {"staffing": "Dua petugas"}
    change_service(ChangeService(service_id=service_id, standard=Standard(cost="Rp1"), **details))
    page = service_by_slug("layanan")
    assert page is not None
    assert (page.requirements, page.cost) == ("", "Rp1")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"unit_id": 10**9}, "unit_id"),
        ({"topic_id": 10**9}, "topic_id"),
        ({"name": " "}, "name"),
        ({"code": ""}, "code"),
        ({"slug": "perbaikan-lampu"}, "slug"),
        ({"standard": Standard(internal={"entah": "apa"})}, "internal"),
    ],
)
def test_a_bad_service_is_refused_by_field(world: World, values: dict[str, Any], field: str) -> None:
    given: dict[str, Any] = {"slug": "baru", "code": "S1", "name": "Baru", "unit_id": world.agency, "topic_id": None}
    with pytest.raises(Invalid) as caught:
        create_service(CreateService(**(given | values)))
    assert caught.value.field == field
    assert service_by_slug("baru") is None


def test_an_outside_body_must_say_how_to_reach_it(world: World) -> None:
    body_id = create_authority(
        CreateAuthority(slug="bpjs", name="BPJS", channel="Telepon 165", url="https://contoh.example")
    )
    change_authority(ChangeAuthority(authority_id=body_id, name="BPJS Kesehatan", channel="Telepon 165"))
    body = authority_by_slug("bpjs")
    assert body is not None
    assert (body.name, body.url) == ("BPJS Kesehatan", None)
    with pytest.raises(Invalid) as caught:
        create_authority(CreateAuthority(slug="polri", name="Polri", channel=" "))
    assert caught.value.field == "channel"
    with pytest.raises(Invalid) as caught:
        create_authority(CreateAuthority(slug="polri", name="Polri", channel="110", url="javascript:alert(1)"))
    assert caught.value.field == "url"


def test_a_rule_is_made_changed_and_removed(world: World) -> None:
    rule_id = create_rule(RuleDetails(region_code="82.72", topic_id=world.topic, unit_id=world.other_agency))
    change_rule(ChangeRule(rule_id=rule_id, region_code="82.72", topic_id=world.topic, authority_id=world.authority))
    [rule] = routing_rules(region_code="82.72")
    assert rule.unit is None
    assert rule.authority is not None
    remove_rule(rule_id)
    assert routing_rules(region_code="82.72") == ()
    with pytest.raises(NotFound):
        remove_rule(rule_id)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"topic_id": None}, "topic_id"),
        ({"service_id": 1}, "topic_id"),
        ({"unit_id": None}, "unit_id"),
        ({"authority_id": 1}, "unit_id"),
        ({"region_code": "99"}, "region_code"),
        ({"rank": 0}, "rank"),
        ({"unit_id": 10**9}, "unit_id"),
        ({"topic_id": 10**9}, "topic_id"),
        ({"unit_id": None, "authority_id": 10**9}, "authority_id"),
        ({"topic_id": None, "service_id": 10**9}, "service_id"),
    ],
)
def test_a_bad_rule_is_refused_by_field(world: World, values: dict[str, Any], field: str) -> None:
    given: dict[str, Any] = {"region_code": "82", "topic_id": world.topic, "unit_id": world.agency}
    before = len(routing_rules())
    with pytest.raises(Invalid) as caught:
        create_rule(RuleDetails(**(given | values)))
    assert caught.value.field == field
    assert len(routing_rules()) == before
