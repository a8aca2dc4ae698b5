"""Pure words and the routing decision: who should hold a report about this, there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from feedback.units.rules import UnitKind, UnitRow, path_ids, region_covers


class InternalComponent(StrEnum):
    """The components of a service standard beside those with a field of their own (UU 25/2009 Art 21)."""

    FACILITIES = "facilities"
    COMPETENCE = "competence"
    SUPERVISION = "supervision"
    STAFFING = "staffing"
    GUARANTEE = "guarantee"
    SAFETY = "safety"
    EVALUATION = "evaluation"


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One topic; `national_category` is "Parent; Child" in the LAPOR! list."""

    id: int
    slug: str
    name: str
    description: str
    national_category: str
    position: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service as a list shows it."""

    id: int
    slug: str
    code: str
    name: str
    summary: str
    unit_id: int
    unit_slug: str
    unit_name: str
    unit_path: str
    topic_id: int | None
    topic_slug: str | None
    topic_name: str | None
    is_active: bool
    is_example: bool


@dataclass(frozen=True, slots=True)
class ServicePage:
    """One service with its whole published standard; texts are plain, as stored, empty when not published."""

    service: ServiceRow
    requirements: str
    procedure: str
    time_text: str
    cost: str
    product: str
    complaint_handling: str
    legal_basis: str
    internal_standard: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """A body outside the regional government and how a citizen reaches it."""

    id: int
    slug: str
    name: str
    channel: str
    url: str | None
    phone: str | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One routing rule with its target, a unit or an outside body. Rank 1 decides; higher ranks are second choices."""

    id: int
    region_code: str
    topic_id: int | None
    service_id: int | None
    unit: UnitRow | None
    authority: AuthorityRow | None
    note: str
    rank: int


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another possible owner, for the coordinator and the reporter to weigh ("if it is a national road")."""

    unit: UnitRow | None
    authority: AuthorityRow | None
    note: str
    rule_id: int


@dataclass(frozen=True, slots=True)
class Route:
    """The proposed owner. At most one of `unit` and `authority`; `government` holds the report until it is verified.

    `rule_id` and `note` come from the rule that decided; `note` is Indonesian text for the reporter and may be empty.
    """

    unit: UnitRow | None
    authority: AuthorityRow | None
    note: str
    rule_id: int | None
    government: UnitRow | None
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidates:
    """Everything the decision may choose from; all units are in force.

    `rules` are those whose region covers the place, for the topic or the service. `governments` are the root units that
    cover the place, and that of `chosen`.
    """

    region_code: str | None
    service_id: int | None
    rules: Sequence[RuleRow]
    chosen: UnitRow | None
    owner: UnitRow | None
    governments: Sequence[UnitRow]


def decide_route(candidates: Candidates) -> Route:
    """The owner: chosen unit, else the service's rule or owner, else the topic's nearest rule, else the government.

    Nearest means the longest region code; within one region the lower rank. A service whose government does not cover
    the place is passed over, so that a wrong click in another city's catalogue does not send the report there.
    """
    local = _local_government(candidates)
    roots = {government.id: government for government in candidates.governments}
    rules = sorted(candidates.rules, key=_nearest_first)
    about_service = [rule for rule in rules if _is_about(rule, candidates.service_id)]
    about_topic = [rule for rule in rules if rule.service_id is None]
    alternatives = _alternatives(about_service + about_topic)
    if candidates.chosen is not None:
        return _to_unit(candidates.chosen, roots, local, alternatives)
    if about_service:
        return _by_rule(about_service[0], roots, local, alternatives)
    if candidates.owner is not None and _serves(candidates.owner, roots, candidates.region_code):
        return _to_unit(candidates.owner, roots, local, alternatives)
    if about_topic:
        return _by_rule(about_topic[0], roots, local, alternatives)
    return Route(unit=local, authority=None, note="", rule_id=None, government=local, alternatives=alternatives)


def _nearest_first(rule: RuleRow) -> tuple[int, int, int]:
    return -len(rule.region_code), rule.rank, rule.id


def _is_about(rule: RuleRow, service_id: int | None) -> bool:
    return service_id is not None and rule.service_id == service_id


def _local_government(candidates: Candidates) -> UnitRow | None:
    """The government nearest to the place: a city before its province."""
    code = candidates.region_code
    covering = [
        unit
        for unit in candidates.governments
        if code is not None and unit.region_code is not None and region_covers(unit.region_code, code)
    ]
    return max(covering, key=lambda unit: (len(unit.region_code or ""), -unit.id), default=None)


def _serves(unit: UnitRow, roots: Mapping[int, UnitRow], region_code: str | None) -> bool:
    government = roots.get(path_ids(unit.path)[0])
    if region_code is None:
        return True
    if government is None or government.region_code is None:
        return False
    return region_covers(government.region_code, region_code)


def _by_rule(
    rule: RuleRow, roots: Mapping[int, UnitRow], local: UnitRow | None, alternatives: tuple[Alternative, ...]
) -> Route:
    others = tuple(one for one in alternatives if one.rule_id != rule.id)
    government = local if rule.unit is None else roots.get(path_ids(rule.unit.path)[0], local)
    return Route(
        unit=rule.unit,
        authority=rule.authority,
        note=rule.note,
        rule_id=rule.id,
        government=government,
        alternatives=others,
    )


def _to_unit(
    unit: UnitRow, roots: Mapping[int, UnitRow], local: UnitRow | None, alternatives: tuple[Alternative, ...]
) -> Route:
    government = unit if unit.kind is UnitKind.GOVERNMENT else roots.get(path_ids(unit.path)[0], local)
    others = tuple(one for one in alternatives if one.unit is None or one.unit.id != unit.id)
    return Route(unit=unit, authority=None, note="", rule_id=None, government=government, alternatives=others)


def _alternatives(rules: Sequence[RuleRow]) -> tuple[Alternative, ...]:
    """Second choices, each target once, nearest first.

    A first choice for a wider region is no alternative: the nearer rule was written to replace it.
    """
    seen: dict[tuple[int | None, int | None], Alternative] = {}
    for rule in rules:
        target = (rule.unit.id if rule.unit else None, rule.authority.id if rule.authority else None)
        if rule.rank > 1 and rule.note and target not in seen:
            seen[target] = Alternative(unit=rule.unit, authority=rule.authority, note=rule.note, rule_id=rule.id)
    return tuple(seen.values())
