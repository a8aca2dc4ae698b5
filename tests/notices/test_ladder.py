"""Whom a level of the ladder tells."""

from __future__ import annotations

from typing import Any

import pytest

from feedback.kernel.errors import Invalid
from feedback.kernel.permissions import Role
from feedback.notices.data import shipped_ladder
from feedback.notices.rules.ladder import Late, Rung, Seat, Step, parse_step, people_at, percents

DIVISION, AGENCY, ROOT = 9, 5, 1
OFFICER, SECOND, HEAD, GOVERNOR, INSPECTOR, COORDINATOR, SECRETARY = range(10, 17)
LADDER = shipped_ladder()


def seat(person: int, role: Role, unit: int, *, holder: int | None = None, here: bool = True) -> Seat:
    return Seat(person, role, unit, holder or person, here)


SEATS = (
    seat(OFFICER, Role.OFFICER, AGENCY),
    seat(SECOND, Role.OFFICER, AGENCY),
    seat(HEAD, Role.SUPERVISOR, AGENCY),
    seat(GOVERNOR, Role.SUPERVISOR, ROOT),
    seat(INSPECTOR, Role.INSPECTOR, ROOT),
    seat(COORDINATOR, Role.COORDINATOR, ROOT),
)


def late(**changes: Any) -> Late:
    values: dict[str, Any] = {
        "levels": (AGENCY, ROOT),
        "confidential": False,
        "officer_id": OFFICER,
        "reported_person_id": None,
        "excluded_person_id": None,
    }
    return Late(**{**values, **changes})


def told(level: int, seats: tuple[Seat, ...] = SEATS, **changes: Any) -> set[int]:
    return {one.person_id for one in people_at(level, LADDER, late(**changes), seats)}


def test_the_shipped_ladder_is_the_law() -> None:
    assert percents(LADDER) == {1: 75, 2: 100, 3: 150}
    assert [step.audience for step in LADDER] == [
        Rung.OFFICER, Rung.UNIT_HEAD, Rung.UNIT_HEAD, Rung.SUPERVISOR, Rung.AGENCY_HEAD, Rung.INSPECTORATE,
    ]  # fmt: skip


@pytest.mark.parametrize("row", [{}, {"number": "x", "percent": "75", "audience": "officer"}, {"number": "1", "percent": "75", "audience": "x"}])
def test_a_malformed_row_is_refused(row: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        parse_step(row)


def test_each_level_tells_its_own() -> None:
    assert told(1) == {OFFICER, HEAD}
    assert told(2) == {HEAD, GOVERNOR}
    assert told(3) == {HEAD, INSPECTOR}


def test_while_nobody_holds_it_every_officer_of_the_unit_is_warned() -> None:
    assert told(1, officer_id=None) == {OFFICER, SECOND, HEAD}


def test_before_verification_the_coordinator_is_the_one_who_owes_it() -> None:
    assert told(1, levels=(ROOT,), officer_id=None) == {COORDINATOR, GOVERNOR}


def test_a_division_without_a_head_has_the_agencys() -> None:
    assert told(1, levels=(DIVISION, AGENCY, ROOT)) == {OFFICER, HEAD}
    assert told(2, levels=(DIVISION, AGENCY, ROOT)) == {HEAD, GOVERNOR}


def test_the_agency_head_is_not_the_head_of_a_division() -> None:
    seats = (*SEATS, seat(SECRETARY, Role.SUPERVISOR, DIVISION))
    levels = (DIVISION, AGENCY, ROOT)
    assert told(2, seats, levels=levels) == {SECRETARY, HEAD}
    assert told(3, seats, levels=levels) == {HEAD, INSPECTOR}


def test_the_message_climbs_when_nobody_is_present() -> None:
    away = tuple(one._replace(is_here=one.person_id in (GOVERNOR, INSPECTOR)) for one in SEATS)
    assert told(1, away) == {GOVERNOR}
    assert told(2, away) == {GOVERNOR}
    only_inspector = tuple(one._replace(is_here=one.person_id == INSPECTOR) for one in SEATS)
    assert told(1, only_inspector) == {INSPECTOR}


def test_when_nobody_at_all_is_present_the_levels_own_people_are_told() -> None:
    away = tuple(one._replace(is_here=False) for one in SEATS)
    assert told(1, away) == {OFFICER, HEAD}


def test_a_deputy_is_told_in_the_place_of_the_absent() -> None:
    seats = tuple(one._replace(person_id=SECRETARY) if one.person_id == OFFICER else one for one in SEATS)
    assert told(1, seats) == {SECRETARY, HEAD}


def test_whoever_it_is_about_is_never_told_nor_their_deputy() -> None:
    assert told(1, reported_person_id=HEAD) == {OFFICER, GOVERNOR}
    seats = tuple(one._replace(person_id=SECRETARY) if one.person_id == HEAD else one for one in SEATS)
    assert told(1, seats, reported_person_id=HEAD) == {OFFICER, GOVERNOR}
    assert told(1, officer_id=None, excluded_person_id=OFFICER) == {SECOND, HEAD}


def test_a_confidential_ticket_warns_no_officer_of_another_unit() -> None:
    assert told(1, levels=(DIVISION, AGENCY, ROOT), officer_id=None, confidential=True) == {HEAD}
    assert told(1, levels=(DIVISION, AGENCY, ROOT), officer_id=None) == {OFFICER, SECOND, HEAD}


def test_nobody_is_told_twice() -> None:
    double = (seat(HEAD, Role.OFFICER, AGENCY), seat(HEAD, Role.SUPERVISOR, AGENCY))
    assert [one.person_id for one in people_at(1, LADDER, late(officer_id=None), double)] == [HEAD]
    assert people_at(1, LADDER, late(), ()) == ()
    assert people_at(1, (Step(1, 75, Rung.OFFICER),), late(), SEATS)[0].person_id == OFFICER
