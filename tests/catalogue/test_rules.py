from __future__ import annotations

from dataclasses import replace
from typing import Any

from feedback.catalogue.rules import AuthorityRow, Candidates, RuleRow, decide_route
from feedback.units.rules import UnitKind
from tests.units.test_rules import a_unit

VILLAGE = "21.72.01.1001"
CITY = replace(a_unit(path="1."), slug="kota", kind=UnitKind.GOVERNMENT, region_code="21.72")
PROVINCE = replace(a_unit(path="2."), slug="provinsi", kind=UnitKind.GOVERNMENT, region_code="21")
ELSEWHERE = replace(a_unit(path="3."), slug="kota-lain", kind=UnitKind.GOVERNMENT, region_code="12.73")
WORKS = replace(a_unit(path="1.10."), slug="pupr")
WATER = replace(a_unit(path="2.20."), slug="pdam")
STRANGE = replace(a_unit(path="3.30."), slug="lain")
PLN = AuthorityRow(id=1, slug="pln", name="PLN", channel="123", url=None, phone=None, is_active=True)
SERVICE = 5


def rule(number: int, **values: Any) -> RuleRow:
    given: dict[str, Any] = {
        "id": number,
        "region_code": "21.72",
        "topic_id": 1,
        "service_id": None,
        "unit": None,
        "authority": None,
        "note": "",
        "rank": 1,
    }
    return RuleRow(**(given | values))


def candidates(**values: Any) -> Candidates:
    given: dict[str, Any] = {
        "region_code": VILLAGE,
        "service_id": None,
        "rules": (),
        "chosen": None,
        "owner": None,
        "governments": (PROVINCE, CITY),
    }
    return Candidates(**(given | values))


def test_without_any_rule_the_nearest_government_decides() -> None:
    route = decide_route(candidates())
    assert (route.unit, route.government, route.rule_id) == (CITY, CITY, None)


def test_the_longest_region_wins_whatever_its_rank() -> None:
    near = rule(1, region_code="21.72.01", unit=WORKS, rank=9)
    wide = rule(2, region_code="21", unit=WATER)
    assert decide_route(candidates(rules=(wide, near))).unit == WORKS


def test_within_a_region_the_lower_rank_wins_and_the_other_is_an_alternative() -> None:
    first, second = rule(9, unit=WORKS), rule(1, authority=PLN, rank=2, note="Bila tiang listrik: PLN.")
    route = decide_route(candidates(rules=(second, first)))
    assert (route.unit, route.authority, route.rule_id) == (WORKS, None, 9)
    assert [(one.authority, one.note) for one in route.alternatives] == [(PLN, "Bila tiang listrik: PLN.")]


def test_an_overruled_wider_rule_is_no_alternative() -> None:
    rules = rule(1, unit=WORKS), rule(2, region_code="21", unit=WATER, note="Dikelola provinsi.")
    assert decide_route(candidates(rules=rules)).alternatives == ()


def test_an_outside_body_takes_it_and_the_local_government_holds_it_until_verified() -> None:
    route = decide_route(candidates(rules=(rule(1, authority=PLN, note="Bukan pemda."),)))
    assert (route.unit, route.authority, route.note, route.government) == (None, PLN, "Bukan pemda.", CITY)


def test_a_provincial_unit_brings_its_own_government() -> None:
    route = decide_route(candidates(rules=(rule(1, unit=WATER),)))
    assert (route.unit, route.government) == (WATER, PROVINCE)


def test_the_chosen_unit_goes_before_everything() -> None:
    rules = rule(1, unit=WORKS), rule(2, unit=WATER, service_id=SERVICE)
    governments = PROVINCE, CITY, ELSEWHERE
    route = decide_route(
        candidates(rules=rules, chosen=STRANGE, owner=WORKS, service_id=SERVICE, governments=governments)
    )
    assert (route.unit, route.government, route.rule_id) == (STRANGE, ELSEWHERE, None)


def test_a_chosen_government_is_its_own_government() -> None:
    route = decide_route(candidates(chosen=PROVINCE))
    assert (route.unit, route.government) == (PROVINCE, PROVINCE)


def test_a_rule_of_the_service_goes_before_its_owner() -> None:
    rules = (rule(1, unit=WATER, service_id=SERVICE, topic_id=None),)
    assert decide_route(candidates(rules=rules, owner=WORKS, service_id=SERVICE)).unit == WATER


def test_the_owner_goes_before_the_topic() -> None:
    assert decide_route(candidates(rules=(rule(1, unit=WATER),), owner=WORKS, service_id=SERVICE)).unit == WORKS


def test_a_service_of_another_city_is_passed_over() -> None:
    given = candidates(rules=(rule(1, unit=WATER),), owner=STRANGE, service_id=SERVICE)
    assert decide_route(given).unit == WATER
    assert decide_route(replace(given, governments=(PROVINCE, CITY, ELSEWHERE))).unit == WATER


def test_without_a_place_the_owner_takes_it() -> None:
    given = candidates(region_code=None, owner=STRANGE, service_id=SERVICE, governments=())
    assert decide_route(given).unit == STRANGE


def test_a_rule_of_another_service_says_nothing() -> None:
    rules = (rule(1, unit=WATER, service_id=99, topic_id=None),)
    assert decide_route(candidates(rules=rules)).unit == CITY


def test_nowhere_and_nothing_known_gives_nobody() -> None:
    route = decide_route(candidates(region_code=None, governments=()))
    assert (route.unit, route.authority, route.government) == (None, None, None)
