from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select

from feedback.kernel.clock import utc_now
from feedback.people.actions import set_up_authenticator, sign_in
from feedback.people.models import Person
from feedback.people.queries import codes_left, memberships_of, person_by_email
from feedback.people.rules import code_at, new_secret, step_of
from feedback.storage.session import db
from tests.factories import World

GOOD = "sepeda hijau di tepi laut"


def run(app: Flask, *words: str, typed: str | None = None) -> tuple[int, str, str]:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["people", *words], input=typed)
    db.session.rollback()
    return result.exit_code, result.stdout, result.stderr


def email_of(person_id: int | None) -> str:
    return db.session.scalars(select(Person.email).where(Person.id == person_id)).one()


def test_add_prints_a_password_that_works(app: Flask) -> None:
    code, out, _ = run(app, "add", "Siti@Dinas.Example", "Siti Kamilah")
    assert code == 0
    password = out.split("shown only now): ")[1].strip()
    assert len(password) == 19
    assert sign_in("siti@dinas.example", password, source="10.0.0.1")


def test_add_takes_a_password_from_standard_input_and_does_not_repeat_it(app: Flask) -> None:
    code, out, _ = run(app, "add", "siti@dinas.example", "Siti", "--password-stdin", typed=GOOD + "\n")
    assert (code, GOOD in out) == (0, False)
    assert sign_in("siti@dinas.example", GOOD, source="10.0.0.1")
    code, _, err = run(app, "add", "lain@dinas.example", "Lain", "--password-stdin", typed="")
    assert (code, "holds no password" in err) == (2, True)


@pytest.mark.parametrize(
    ("words", "typed", "text"),
    [
        (("add", "bukan-alamat", "Siti"), None, "Alamat surel ini tidak lengkap"),
        (("add", "siti@dinas.example", "🙂"), None, "wajib diisi"),
        (("add", "siti@dinas.example", "Siti", "--password-stdin"), "pendek\n", "paling sedikit 15"),
        (("grant", "tidak@ada.example", "dinas-kesehatan", "officer"), None, "No account"),
        (("password", "tidak@ada.example"), None, "No account"),
        (("close", "tidak@ada.example"), None, "No account"),
        (("revoke", "tidak@ada.example", "dinas-kesehatan", "officer"), None, "No account"),
    ],
)
def test_refusals_are_one_sentence_and_status_1(app: Flask, world: World, words: tuple[str, ...], typed: str | None, text: str) -> None:
    code, out, err = run(app, *words, typed=typed)
    assert code == 1
    assert text in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1
    assert out == ""


def test_an_address_is_added_once(app: Flask, world: World) -> None:
    code, _, err = run(app, "add", email_of(world.citizen.person_id).upper(), "Kembaran")
    assert code == 1
    assert "sudah punya akun" in err


def test_roles_are_granted_and_revoked(app: Flask, world: World) -> None:
    email = email_of(world.citizen.person_id)
    assert run(app, "grant", email, "dinas-kesehatan", "officer", "--from", "2026-01-01", "--to", "2999-12-31")[0] == 0
    code, _, err = run(app, "grant", email, "dinas-kesehatan", "officer")
    assert (code, "sudah dipegang" in err) == (1, True)
    assert run(app, "grant", email, "tidak-ada", "officer")[0] == 1
    assert run(app, "grant", email, "dinas-kesehatan", "raja")[0] == 2
    assert run(app, "revoke", email, "dinas-kesehatan", "officer")[0] == 0
    (role,) = memberships_of([world.citizen.person_id or 0])
    assert role.valid_to is not None
    assert role.valid_to.year < 2999
    code, _, err = run(app, "revoke", email, "dinas-perhubungan", "officer")
    assert (code, "does not hold" in err) == (1, True)


def test_list_shows_people_with_roles_in_words_and_json(app: Flask, world: World) -> None:
    code, out, _ = run(app, "list", "petugas satu")
    assert code == 0
    assert "officer  Dinas Perhubungan  from 2020-01-01" in out
    code, out, _ = run(app, "list", "--json")
    people = json.loads(out)
    assert len(people) == 11
    officer = next(one for one in people if one["name"] == "Petugas Satu")
    assert officer["roles"][0]["role"] == "officer"
    assert "password_hash" not in officer


def test_password_changes_and_ends_sign_ins(app: Flask, world: World) -> None:
    email = email_of(world.officer.person_id)
    code, out, _ = run(app, "password", email)
    assert code == 0
    assert sign_in(email, out.split("shown only now): ")[1].strip(), source="10.0.0.1")


def test_close_and_open(app: Flask, world: World) -> None:
    email = email_of(world.officer.person_id)
    assert run(app, "close", email)[0] == 0
    person = person_by_email(email)
    assert person is not None
    assert not person.is_active
    assert "closed" in run(app, "list", email)[1]
    assert run(app, "open", email)[0] == 0
    person = person_by_email(email)
    assert person is not None
    assert person.is_active


def test_a_lost_second_factor_is_taken_away_and_nobody_unknown_stops_half_way(app: Flask, world: World) -> None:
    person_id = world.administrator.person_id or 0
    secret = new_secret()
    set_up_authenticator(person_id, secret, code_at(secret, step_of(utc_now())))
    email = email_of(person_id)
    code, _, err = run(app, "reset-code", email, "tidak@ada.example")
    assert (code, "No account" in err, codes_left(person_id)) == (1, True, 10)
    code, out, _ = run(app, "reset-code", email)
    assert (code, email in out, codes_left(person_id)) == (0, True, 0)
