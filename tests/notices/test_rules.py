from __future__ import annotations

from typing import Any

import pytest

from feedback.kernel.permissions import Role
from feedback.notices.rules.letters import (
    TO_REPORTER,
    TO_STAFF,
    Audience,
    Case,
    Letter,
    Staff,
    letter_for,
    staff_to_tell,
    tells_reporter,
)
from feedback.tickets.rules.lifecycle import TABLE
from feedback.tickets.rules.words import MoveName as M

DIVISION, AGENCY, ROOT = 9, 5, 1
OFFICER, SECOND, HEAD, GOVERNOR, COORDINATOR, DIVISION_OFFICER = range(10, 16)
STAFF = (
    Staff(OFFICER, Role.OFFICER, AGENCY),
    Staff(SECOND, Role.OFFICER, AGENCY),
    Staff(HEAD, Role.SUPERVISOR, AGENCY),
    Staff(GOVERNOR, Role.SUPERVISOR, ROOT),
    Staff(COORDINATOR, Role.COORDINATOR, ROOT),
)


def case(move: M = M.VERIFY_AND_ASSIGN, **changes: Any) -> Case:
    values: dict[str, Any] = {
        "move": move,
        "levels": (AGENCY, ROOT),
        "confidential": False,
        "actor_id": None,
        "officer_id": None,
        "reporter_id": None,
        "reported_person_id": None,
        "excluded_person_id": None,
    }
    return Case(**{**values, **changes})


def test_every_audience_of_the_transition_table_is_known() -> None:
    assert {word for row in TABLE for word in row.tells} <= set(Audience)


def test_letters_go_only_where_the_table_tells() -> None:
    told = {row.name for row in TABLE if "reporter" in row.tells}
    assert set(TO_REPORTER) <= told
    assert told - set(TO_REPORTER) == {
        M.JOIN, M.UNJOIN, M.HIDE, M.RESTORE, M.CHANGE_GRADE, M.MAKE_ANONYMOUS, M.MAKE_CONFIDENTIAL,
        M.REDACT, M.DECLINE_MASKING,
    }  # fmt: skip
    staff = {row.name for row in TABLE if set(row.tells) - {"reporter"}}
    assert set(TO_STAFF) <= staff
    assert staff - set(TO_STAFF) == {M.MAKE_CONFIDENTIAL, M.CHANGE_GRADE, M.ASK_MASKING}


def test_staff_and_reporters_never_get_each_others_letters() -> None:
    for row in TABLE:
        for audience in Audience:
            assert letter_for(row.name, audience).startswith("staff_") is (audience is not Audience.REPORTER)


def test_what_has_no_letter_of_its_own_gets_the_general_one() -> None:
    assert letter_for(M.HIDE, Audience.REPORTER) is Letter.NEWS
    assert letter_for(M.HIDE, Audience.UNIT) is Letter.STAFF_NEWS


# The reporter


def test_a_reporter_is_not_told_what_they_did_themselves() -> None:
    assert not tells_reporter(case(M.WITHDRAW, actor_id=3, reporter_id=3))
    assert tells_reporter(case(M.WITHDRAW, actor_id=None, reporter_id=3))
    assert tells_reporter(case(M.ANSWER, actor_id=OFFICER, reporter_id=3))


def test_a_receipt_is_always_sent() -> None:
    assert tells_reporter(case(M.SUBMIT, actor_id=3, reporter_id=3))
    assert tells_reporter(case(M.SUBMIT, actor_id=None, reporter_id=None))


# Staff


def test_a_unit_is_all_its_officers() -> None:
    assert staff_to_tell(Audience.UNIT, case(), STAFF) == (OFFICER, SECOND)


def test_or_the_one_who_holds_the_ticket() -> None:
    assert staff_to_tell(Audience.UNIT, case(M.CONFIRM, officer_id=SECOND), STAFF) == (SECOND,)
    assert staff_to_tell(Audience.OFFICER, case(M.ADD_INFORMATION, officer_id=SECOND), STAFF) == (SECOND,)


def test_an_officer_who_left_no_longer_holds_it() -> None:
    assert staff_to_tell(Audience.UNIT, case(M.CONFIRM, officer_id=99), STAFF) == (OFFICER, SECOND)


def test_a_unit_with_nobody_climbs() -> None:
    assert staff_to_tell(Audience.UNIT, case(levels=(DIVISION, AGENCY, ROOT)), STAFF) == (OFFICER, SECOND)
    assert staff_to_tell(Audience.UNIT, case(levels=(DIVISION, AGENCY, ROOT)), STAFF[2:]) == (HEAD,)
    assert staff_to_tell(Audience.UNIT, case(levels=(DIVISION, ROOT)), STAFF[3:]) == (COORDINATOR,)
    assert staff_to_tell(Audience.UNIT, case(), ()) == ()


def test_coordinators_of_the_nearest_level_that_has_one() -> None:
    near = Staff(20, Role.COORDINATOR, AGENCY)
    assert staff_to_tell(Audience.COORDINATOR, case(M.COMPLETE), STAFF) == (COORDINATOR,)
    assert staff_to_tell(Audience.COORDINATOR, case(M.COMPLETE), (*STAFF, near)) == (20,)
    assert staff_to_tell(Audience.COORDINATOR, case(M.COMPLETE), STAFF[:4]) == (HEAD,)


def test_supervisors_of_the_nearest_level_that_has_one() -> None:
    assert staff_to_tell(Audience.SUPERVISOR, case(M.DISPUTE), STAFF) == (HEAD,)
    assert staff_to_tell(Audience.SUPERVISOR, case(M.DISPUTE, actor_id=HEAD), STAFF) == (GOVERNOR,)


@pytest.mark.parametrize("who", ["actor_id", "reported_person_id", "excluded_person_id"])
@pytest.mark.parametrize("audience", [Audience.UNIT, Audience.OFFICER])
def test_who_moved_it_whom_it_is_about_and_who_answered_before_are_left_out(who: str, audience: Audience) -> None:
    assert staff_to_tell(audience, case(M.DISPUTE, **{who: OFFICER}), STAFF) == (SECOND,)
    assert staff_to_tell(audience, case(M.DISPUTE, **{who: OFFICER, "officer_id": OFFICER}), STAFF) == (SECOND,)


def test_a_complaint_about_the_only_officer_goes_to_the_one_above() -> None:
    alone = (STAFF[0], *STAFF[2:])
    assert staff_to_tell(Audience.UNIT, case(reported_person_id=OFFICER), alone) == (HEAD,)
    assert staff_to_tell(Audience.UNIT, case(reported_person_id=HEAD), STAFF[2:]) == (COORDINATOR,)


def test_who_answered_before_may_read_that_it_is_over() -> None:
    over = case(M.CONFIRM, officer_id=OFFICER, excluded_person_id=OFFICER)
    assert staff_to_tell(Audience.UNIT, over, STAFF) == (OFFICER,)


def test_a_confidential_ticket_climbs_to_supervisors_only() -> None:
    levels = (DIVISION, AGENCY, ROOT)
    assert staff_to_tell(Audience.UNIT, case(levels=levels, confidential=True), STAFF) == (HEAD,)
    assert staff_to_tell(Audience.COORDINATOR, case(levels=levels, confidential=True), STAFF) == (HEAD,)
    own = Staff(DIVISION_OFFICER, Role.OFFICER, DIVISION)
    assert staff_to_tell(Audience.UNIT, case(levels=levels, confidential=True), (*STAFF, own)) == (DIVISION_OFFICER,)
    root = case(M.RETURN_TO_COORDINATOR, levels=(ROOT,), confidential=True)
    assert staff_to_tell(Audience.COORDINATOR, root, STAFF) == (COORDINATOR,)


def test_nobody_is_told_twice() -> None:
    twice = (*STAFF, Staff(OFFICER, Role.OFFICER, AGENCY))
    assert staff_to_tell(Audience.UNIT, case(), twice) == (OFFICER, SECOND)
