"""Passwords and codes cannot be guessed faster by guessing many at once, and the owner learns of it."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Invalid, TooMany
from feedback.people.actions import (
    check_attempts,
    count_failure,
    prove_second_factor,
    set_up_authenticator,
    sign_in,
)
from feedback.people.actions.throttle import give_back, take_try
from feedback.people.models import Attempt
from feedback.people.rules import ALARM, FREE_TRIES, NETWORK_TRIES, code_at, new_secret, step_of
from feedback.storage.outbox import Outbox
from feedback.storage.session import db
from tests.factories import MONDAY, PASSWORD, World
from tests.faults.test_races import at_once, taken
from tests.people.test_views import email_of

ELSEWHERE = "203.0.113.7"


def failures() -> list[int]:
    db.session.rollback()
    return sorted(db.session.scalars(select(Attempt.failures)))


@pytest.fixture
def officer(world: World) -> int:
    """Somebody whose password is known to a thief; the app is at home."""
    secret = new_secret()
    set_up_authenticator(world.officer.person_id or 0, secret, code_at(secret, step_of(utc_now())))
    return world.officer.person_id or 0


def wrong(person_id: int) -> None:
    with pytest.raises(Invalid):
        prove_second_factor(person_id, "000000", source=ELSEWHERE)


def test_twenty_guesses_at_once_are_no_more_than_five(app: Flask) -> None:
    with time_machine.travel(MONDAY, tick=False):
        tries = at_once(app, lambda _place: take_try("second:1:", f"network:sign-in:{ELSEWHERE}"))
        assert sorted(taken(tries)) == list(range(1, FREE_TRIES + 1))
        assert {type(one) for one in tries if one not in taken(tries)} == {TooMany}
        assert failures() == [FREE_TRIES, FREE_TRIES]


def test_twenty_first_failures_at_once_are_all_counted(app: Flask) -> None:
    at_once(app, lambda _place: count_failure(f"network:recovery:{ELSEWHERE}"))
    assert failures() == [20]


def test_the_right_answer_takes_nothing_from_the_neighbours(world: World) -> None:
    email = email_of(world.citizen.person_id)
    with time_machine.travel(MONDAY, tick=False):
        for _ in range(2):
            with pytest.raises(Invalid):
                sign_in(email, "bukan kata sandinya", source=ELSEWHERE)
        assert failures() == [2, 2]
        assert sign_in(email, PASSWORD, source=ELSEWHERE)
        assert failures() == [2], "the account's are forgotten, those of the network stay"
        give_back("account:x", f"network:sign-in:{ELSEWHERE}")
        assert failures() == [1]


def test_neighbours_who_sign_in_do_not_keep_each_other_waiting(world: World) -> None:
    """Behind one address a village slipped a hundred times; whoever is right starts no wait for the next."""
    with time_machine.travel(MONDAY, tick=False) as clock:
        for _ in range(NETWORK_TRIES):
            count_failure(f"network:sign-in:{ELSEWHERE}")
        clock.shift(1)
        for one in (world.citizen, world.stranger):
            assert sign_in(email_of(one.person_id), PASSWORD, source=ELSEWHERE)
        with pytest.raises(Invalid):
            sign_in(email_of(world.citizen.person_id), "bukan kata sandinya", source=ELSEWHERE)
        with pytest.raises(TooMany):
            sign_in(email_of(world.stranger.person_id), PASSWORD, source=ELSEWHERE)


def test_the_wait_grows_and_a_refused_try_does_not_count(app: Flask) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        for _ in range(FREE_TRIES):
            take_try("second:1:")
        waits = []
        for _ in range(3):
            for _ in range(3):
                with pytest.raises(TooMany) as refused:
                    take_try("second:1:")
            waits.append(refused.value.retry_after)
            clock.shift(refused.value.retry_after)
            take_try("second:1:")
        assert waits == [1, 2, 4]
        with pytest.raises(TooMany):
            check_attempts("second:1:")


def test_whoever_has_the_password_and_guesses_codes_is_told_of_once(officer: int) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        for _ in range(ALARM + 3):
            wrong(officer)
            clock.shift(61)
    told = [payload["news"] for payload in db.session.scalars(select(Outbox.payload).where(Outbox.kind == "mail.account"))]
    assert told == ["second_factor", "guessed"]
