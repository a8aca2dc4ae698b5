"""Who may agree that a seal is opened, and how long each step of it lasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedback.kernel.actor import Actor, Membership
from feedback.kernel.errors import Conflict, Forbidden, Invalid
from feedback.kernel.permissions import Role
from feedback.vault.rules.opening import LASTS, LONGEST_BASIS, LONGEST_CASE, WAITS, Asked, Stage, check_words, outsider

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
# A government 1 with agencies 2 (division 3) and 4; a government 9 with agency 8.
GOVERNMENT, AGENCY, DIVISION, OTHER, ELSEWHERE = "1.", "1.2.", "1.2.3.", "1.4.", "9.8."


def held(path: str, role: Role, acting_for: int | None = None) -> Membership:
    return Membership(int(path.split(".")[-2]), path, role, acting_for=acting_for)


def may(holding: str, *roles: Membership, involved: tuple[str, ...] = ()) -> bool:
    return outsider(Actor(7, "Seseorang", roles), holding, involved) is not None


@pytest.mark.parametrize(
    ("holding", "path", "role", "expected"),
    [
        (AGENCY, GOVERNMENT, Role.SUPERVISOR, True),
        (AGENCY, GOVERNMENT, Role.INSPECTOR, True),
        (AGENCY, OTHER, Role.SUPERVISOR, True),
        (AGENCY, OTHER, Role.INSPECTOR, True),
        (AGENCY, AGENCY, Role.SUPERVISOR, False),
        (AGENCY, AGENCY, Role.INSPECTOR, False),  # the agency's own controller works in the agency
        (AGENCY, DIVISION, Role.SUPERVISOR, False),
        (DIVISION, AGENCY, Role.SUPERVISOR, False),  # an agency counts with all its units
        (AGENCY, OTHER, Role.OFFICER, False),
        (AGENCY, OTHER, Role.COORDINATOR, False),
        (AGENCY, GOVERNMENT, Role.ADMINISTRATOR, False),
        (AGENCY, ELSEWHERE, Role.SUPERVISOR, False),
        (GOVERNMENT, GOVERNMENT, Role.SUPERVISOR, False),  # it has the report
        (GOVERNMENT, GOVERNMENT, Role.INSPECTOR, True),
        (GOVERNMENT, AGENCY, Role.SUPERVISOR, True),
    ],
)
def test_who_stands_outside(holding: str, path: str, role: Role, expected: bool) -> None:
    assert may(holding, held(path, role)) is expected


def test_one_role_inside_outweighs_one_outside() -> None:
    assert not may(AGENCY, held(GOVERNMENT, Role.INSPECTOR), held(DIVISION, Role.OFFICER))
    assert not may(AGENCY, held(GOVERNMENT, Role.INSPECTOR), held(AGENCY, Role.OFFICER, acting_for=5))


def test_whoever_had_the_report_or_is_in_it_stays_inside() -> None:
    assert not may(OTHER, held(DIVISION, Role.SUPERVISOR), involved=(AGENCY, OTHER))
    assert may(OTHER, held(GOVERNMENT, Role.SUPERVISOR), involved=(AGENCY, OTHER, GOVERNMENT))


def test_a_deputy_does_not_agree_in_the_place_of_another() -> None:
    assert not may(AGENCY, held(GOVERNMENT, Role.INSPECTOR, acting_for=5))


def test_path_prefixes_are_whole_units() -> None:
    assert may("1.2.", held("1.22.", Role.SUPERVISOR))
    assert not may("1.2.", held("11.3.", Role.SUPERVISOR))


def asked(**values: object) -> Asked:
    return Asked(**{"requested_by": 1, "requested_at": NOW, **values})  # type: ignore[arg-type]


def test_a_request_goes_through_its_stages_and_closes_by_itself() -> None:
    assert asked().stage(NOW + WAITS - MOMENT) is Stage.WAITING
    assert asked().stage(NOW + WAITS) is Stage.EXPIRED
    assert asked(first=2).stage(NOW + WAITS) is Stage.EXPIRED
    late = NOW + WAITS - MOMENT
    agreed = asked(first=2, second=3, second_at=late)
    assert agreed.stage(late + LASTS - MOMENT) is Stage.AGREED
    assert agreed.stage(late + LASTS) is Stage.EXPIRED
    assert asked(refused_at=NOW).stage(NOW + WAITS) is Stage.REFUSED
    assert asked(first=2, second=3, second_at=NOW, released_at=NOW).stage(NOW + WAITS) is Stage.RELEASED


def test_who_asked_decides_nothing_and_nobody_agrees_twice() -> None:
    for nobody in (1, None):
        with pytest.raises(Forbidden):
            asked().check_decision(nobody, NOW)
    with pytest.raises(Conflict):
        asked(first=2).check_decision(2, NOW)
    with pytest.raises(Conflict):
        asked(first=2).check_decision(3, NOW + WAITS)
    asked(first=2).check_decision(3, NOW)


def test_only_an_agreed_request_is_released() -> None:
    for one in (asked(), asked(first=2), asked(refused_at=NOW), asked(first=2, second=3, second_at=NOW - LASTS)):
        with pytest.raises(Conflict):
            one.check_release(NOW)
    with pytest.raises(Conflict, match="satu kali"):
        asked(first=2, second=3, second_at=NOW, released_at=NOW).check_release(NOW)
    asked(first=2, second=3, second_at=NOW).check_release(NOW)


@pytest.mark.parametrize(
    ("basis", "case", "field"),
    [("", "12", "basis"), (" \u200b ", "12", "basis"), ("x" * (LONGEST_BASIS + 1), "12", "basis"), ("UU", "🙂", "case"),
     ("UU", "1" * (LONGEST_CASE + 1), "case")],
)  # fmt: skip
def test_a_request_says_why(basis: str, case: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_words(basis, case)
    assert caught.value.field == field
    assert check_words(" UU 31/2014 \n pasal 5 ", " 12 / Pid ") == ("UU 31/2014\n pasal 5", "12 / Pid")
