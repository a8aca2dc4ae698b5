from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from feedback.admin.seed import seed_catalogue, seed_people, seed_regions, seed_units
from feedback.kernel.permissions import Role
from feedback.units.rules import UnitKind, is_region_code, is_slug, region_covers, region_prefixes

PILOTS = ("kota-sibolga", "kota-tanjungpinang", "provinsi-maluku-utara")
UNITS = {unit.slug: unit for unit in seed_units()}
CATALOGUE = seed_catalogue()


def government(slug: str) -> str:
    parent = UNITS[slug].parent
    return slug if parent is None else government(parent)


def test_regions_are_complete_upwards_and_unique() -> None:
    codes = [region.code for region in seed_regions()]
    assert len(set(codes)) == len(codes)
    for code in codes:
        assert is_region_code(code)
        assert set(region_prefixes(code)) <= set(codes)


def test_the_pilots_have_all_their_districts_and_villages() -> None:
    villages = Counter(region.code[:5] for region in seed_regions() if region.code.count(".") == 3)
    assert villages == {"12.73": 17, "21.72": 18, "82.72": 13}
    served = Counter((unit.region_code or "")[:5] for unit in UNITS.values() if unit.kind is UnitKind.VILLAGE)
    assert served == villages


def test_units_are_well_formed_and_parents_come_first() -> None:
    assert len(UNITS) == len(seed_units())
    codes = {region.code for region in seed_regions()}
    seen: set[str | None] = {None}
    for unit in seed_units():
        assert is_slug(unit.slug)
        assert unit.is_example
        assert unit.parent in seen
        assert (unit.parent is None) == (unit.kind is UnitKind.GOVERNMENT)
        assert unit.region_code is None or unit.region_code in codes
        assert unit.email is None or unit.email.endswith(".contoh.example")
        assert unit.phone is None
        seen.add(unit.slug)


def test_governments_are_in_their_zones() -> None:
    zones = {unit.slug: unit.zone for unit in UNITS.values() if unit.kind is UnitKind.GOVERNMENT}
    assert zones == {
        "kota-sibolga": "Asia/Jakarta",
        "kota-tanjungpinang": "Asia/Jakarta",
        "provinsi-maluku-utara": "Asia/Jayapura",
        "kota-tidore-kepulauan": "Asia/Jayapura",
        "provinsi-kepulauan-riau": "Asia/Jakarta",
        "provinsi-sumatera-utara": "Asia/Jakarta",
    }


def test_a_district_or_village_lies_in_what_its_parent_serves() -> None:
    for unit in UNITS.values():
        if unit.kind in (UnitKind.DISTRICT, UnitKind.VILLAGE):
            above = UNITS[unit.parent or ""].region_code
            assert region_covers(above or "", unit.region_code or "")


def test_every_slug_that_is_named_exists() -> None:
    topics = {topic.slug for topic in CATALOGUE.topics}
    services = {service.slug for service in CATALOGUE.services}
    bodies = {body.slug for body in CATALOGUE.authorities}
    codes = {region.code for region in seed_regions()}
    assert len(services) == len(CATALOGUE.services)
    for service in CATALOGUE.services:
        assert is_slug(service.slug)
        assert service.unit in UNITS
        assert service.topic in topics
    for rule in CATALOGUE.rules:
        assert rule.region_code in codes
        assert (rule.topic is None) != (rule.service is None)
        assert (rule.unit is None) != (rule.authority is None)
        assert rule.topic in topics | {None}
        assert rule.service in services | {None}
        assert rule.unit in UNITS or rule.unit is None
        assert rule.authority in bodies | {None}


def test_no_two_rules_say_different_things_about_the_same() -> None:
    said = Counter((rule.region_code, rule.topic, rule.service, rule.rank) for rule in CATALOGUE.rules)
    twice = {key for key, count in said.items() if count > 1}
    assert twice == set()


def test_second_choices_say_when_they_apply() -> None:
    assert all(rule.note.startswith(("Bila", "Izin")) for rule in CATALOGUE.rules if rule.rank > 1)


def test_each_service_shows_its_six_components_and_its_legal_basis() -> None:
    for service in CATALOGUE.services:
        standard = service.standard
        shown = (standard.requirements, standard.procedure, standard.time_text, standard.cost, standard.product)
        assert all((*shown, standard.complaint_handling, standard.legal_basis)), service.slug
        assert "{" not in standard.complaint_handling
        assert service.is_example


def test_every_pilot_offers_services_and_topics_have_national_categories() -> None:
    offering = Counter(government(service.unit) for service in CATALOGUE.services)
    assert all(offering[pilot] >= 14 for pilot in PILOTS)
    assert all(topic.national_category for topic in CATALOGUE.topics)
    assert 20 <= len(CATALOGUE.topics) <= 30


def test_procedures_are_numbered_from_one() -> None:
    for service in CATALOGUE.services:
        numbers = [int(number) for number in re.findall(r"^(\d+)\. ", service.standard.procedure, re.MULTILINE)]
        assert numbers[0] == 1
        assert all(after == before + 1 for before, after in pairwise(numbers))
        assert len(numbers) == service.standard.procedure.count("\n") + 1


def test_people_are_invented_and_stand_where_the_story_needs_them() -> None:
    people = seed_people()
    assert len({person.key for person in people}) == len({person.email for person in people}) == len(people)
    held = Counter[tuple[str, Role]]()
    for person in people:
        assert person.email.endswith(".contoh.example")
        for membership in person.memberships:
            assert membership.unit in UNITS
            held[(membership.unit, membership.role)] += 1
    for unit in UNITS.values():
        if unit.kind is UnitKind.GOVERNMENT:
            assert held[(unit.slug, Role.COORDINATOR)] == 1
    for pilot in PILOTS:
        assert held[(pilot, Role.SUPERVISOR)] == held[(pilot, Role.INSPECTOR)] == 1
    assert held[("malut-dishub", Role.OFFICER)] == 2
    assert held[("malut-dishub", Role.SUPERVISOR)] == 1
