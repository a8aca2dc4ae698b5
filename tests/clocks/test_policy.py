"""Which rule is chosen for a ticket."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from feedback.clocks.data import shipped_rules
from feedback.clocks.rules.due import Amount, Unit
from feedback.clocks.rules.policy import ClockKind, Rule, parse_rule, rules_for
from feedback.kernel.errors import Invalid

TODAY = date(2026, 7, 6)
RULES = shipped_rules()


def resolve(ticket_kind: str, grade: str | None) -> str | None:
    found = rules_for(RULES, ticket_kind=ticket_kind, grade=grade, on=TODAY).get(ClockKind.RESOLVE)
    return found.code if found else None


def rule_of(code: str) -> Rule:
    return next(rule for rule in RULES if rule.code == code)


@pytest.mark.parametrize(
    ("ticket_kind", "grade", "code"),
    [
        ("complaint", "normative", "resolve_normative"),
        ("complaint", "non_oversight", "resolve_non_oversight"),
        ("complaint", "oversight", "resolve_oversight"),
        ("complaint", None, "resolve_ungraded"),
        ("information_request", None, "resolve_information"),
        ("praise", None, None),
    ],
)
def test_the_grade_decides_the_time_to_resolve(ticket_kind: str, grade: str | None, code: str | None) -> None:
    assert resolve(ticket_kind, grade) == code


def test_only_information_requests_run_the_clock_of_public_information() -> None:
    asked = rules_for(RULES, ticket_kind="information_request", grade=None, on=TODAY)
    complained = rules_for(RULES, ticket_kind="complaint", grade=None, on=TODAY)
    assert ClockKind.KIP_ANSWER in asked
    assert ClockKind.UU25_COMPLETENESS not in asked
    assert ClockKind.KIP_ANSWER not in complained
    assert ClockKind.UU25_COMPLETENESS in complained


def test_a_smaller_rank_wins_whatever_the_order() -> None:
    local = replace(rule_of("verify"), code="verify_here", rank=1, amount=Amount(1, Unit.WORKING_DAY))
    for rules in ([*RULES, local], [local, *RULES]):
        assert rules_for(rules, ticket_kind="complaint", grade=None, on=TODAY)[ClockKind.VERIFY] is local


def test_a_rule_is_in_force_from_its_first_day_until_the_day_before_its_end() -> None:
    rule = replace(rule_of("verify"), valid_from=date(2026, 7, 6), valid_until=date(2026, 7, 8))
    days = [date(2026, 7, day) for day in (5, 6, 7, 8)]
    found = [bool(rules_for([rule], ticket_kind="complaint", grade=None, on=day)) for day in days]
    assert found == [False, True, True, False]


def test_what_is_promised_to_the_citizen_cannot_be_made_pausable() -> None:
    with pytest.raises(Invalid):
        replace(rule_of("verify"), pausable=True)


@pytest.mark.parametrize(
    "change", [{"amount": "soon"}, {"amount": "0"}, {"clock": "sand"}, {"unit": "day"}, {"valid_from": "x"}]
)
def test_a_row_that_makes_no_sense_is_refused(change: dict[str, str]) -> None:
    row = dict.fromkeys(("ticket_kind", "grade", "extension", "valid_until"), "") | {
        "code": "c", "clock": "verify", "amount": "3", "unit": "working_day", "starts_at": "received",
        "pausable": "no", "rank": "1", "source": "s", "certainty": "D", "valid_from": "2026-01-01",
    }  # fmt: skip
    assert parse_rule(row).amount == Amount(3, Unit.WORKING_DAY)
    with pytest.raises(Invalid):
        parse_rule(row | change)
