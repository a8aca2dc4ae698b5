"""Throttles that do not shut a whole office out, and roles only for accounts somebody vouched for."""

from __future__ import annotations

import pytest

from feedback.kernel.errors import Conflict, Invalid, TooMany
from feedback.kernel.permissions import Role
from feedback.people.actions import (
    CreatePerson,
    GrantRole,
    begin_sign_in,
    check_attempts,
    count_failure,
    create_person,
    grant_role,
    set_password,
    sign_in,
)
from feedback.people.queries import signed_in_person
from feedback.people.rules import FREE_TRIES, NETWORK_TRIES
from tests.factories import World
from tests.people.registering import register
from tests.site import Reader

CITIZEN = CreatePerson(email="pegawai.baru@contoh.example", name="Siapa Saja", password="kopi pagi di dermaga timur")


def _wrong(email: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Invalid):
            sign_in(email, "bukan kata sandinya", source="10.0.0.9")


def test_one_account_waits_and_its_neighbours_do_not(world: World) -> None:
    _wrong("satu@contoh.example", FREE_TRIES)
    with pytest.raises(TooMany):
        sign_in("satu@contoh.example", "x", source="10.0.0.9")
    with pytest.raises(Invalid):
        sign_in("dua@contoh.example", "x", source="10.0.0.9")


def test_a_whole_network_waits_after_many(world: World) -> None:
    for _ in range(NETWORK_TRIES):
        count_failure("network:sign-in:10.0.0.9")
    with pytest.raises(TooMany):
        check_attempts("network:sign-in:10.0.0.9")
    check_attempts("network:track:10.0.0.9")


def test_an_account_made_on_a_throttled_network_is_signed_in(world: World, reader: Reader) -> None:
    for _ in range(NETWORK_TRIES + 3):
        count_failure("network:sign-in:127.0.0.1")
    page = register(reader, "nur@warga.example")
    assert (page.status, page.path) == (200, "/akun")


def test_a_role_is_refused_to_an_account_nobody_vouched_for(world: World) -> None:
    person_id = create_person(CITIZEN, by_themselves=True)  # before accounts began with a letter
    token = begin_sign_in(person_id)
    role = GrantRole(person_id, world.agency, Role.OFFICER)
    with pytest.raises(Conflict):
        grant_role(role, by=world.administrator.person_id)
    assert signed_in_person(token) is not None
    set_password(person_id, "cengkih laut payung senja", by=world.administrator.person_id, staff=True)
    grant_role(role, by=world.administrator.person_id)
    assert signed_in_person(token) is None


def test_a_new_role_ends_the_sign_ins_before_it(world: World) -> None:
    person_id = create_person(CITIZEN, by=world.administrator.person_id)
    token = sign_in(CITIZEN.email, CITIZEN.password, source="10.0.0.9")
    grant_role(GrantRole(person_id, world.agency, Role.OFFICER), by=world.administrator.person_id)
    assert signed_in_person(token) is None
