"""On the terminal, too, nobody asks, agrees or takes a record away without both factors."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from feedback.audit.models import AuditEntry
from feedback.kernel.clock import utc_now
from feedback.people.actions import give_example_app, new_recovery_codes
from feedback.people.models import Passkey
from feedback.storage.session import db, transaction
from feedback.tickets.actions.submit import Receipt
from feedback.vault.models import SealOpening
from tests.factories import PASSWORD, World, make_report
from tests.people.codes import code_of
from tests.people.test_cli import email_of

COMMANDS = ("request", "approve", "list", "release")


@pytest.fixture
def sealed(world: World) -> Receipt:
    return make_report(world, anonymous=True, name="Zainuddin Pelapor")


def run(app: Flask, world: World, command: str, number: str, *typed: str) -> tuple[int, str, str]:
    """One of the commands by the governor, who types these lines."""
    db.session.rollback()
    given = {"request": (number, "--basis", "Penetapan pengadilan", "--case", "45/2026"), "list": ()}.get(command, ("1",))
    args = ["vault", command, *given, "--by", email_of(world.governor.person_id)]
    found = app.test_cli_runner().invoke(args=args, input="".join(f"{line}\n" for line in typed))
    db.session.rollback()
    return found.exit_code, found.stdout, found.stderr


def requests() -> int:
    return db.session.scalar(select(func.count()).select_from(SealOpening)) or 0


def failed() -> list[int | None]:
    return list(db.session.scalars(select(AuditEntry.actor_id).where(AuditEntry.deed == "person.proof_failed")))


@pytest.mark.parametrize("command", COMMANDS)
def test_the_password_alone_does_nothing_and_a_wrong_code_is_logged(
    app: Flask, world: World, sealed: Receipt, command: str
) -> None:
    give_example_app(world.governor.person_id or 0)
    assert run(app, world, command, sealed.number, PASSWORD)[0] == 1
    code, _, err = run(app, world, command, sealed.number, PASSWORD, "000000")
    assert (code, "Kode ini tidak cocok" in err) == (1, True)
    code, _, err = run(app, world, command, sealed.number, "salah", code_of(world.governor.person_id))
    assert (code, "Surel atau kata sandi salah" in err) == (1, True)
    assert (requests(), failed()) == (0, [world.governor.person_id] * 2)


def test_a_code_of_the_app_and_a_recovery_code_do_each_once(app: Flask, world: World, sealed: Receipt) -> None:
    give_example_app(world.governor.person_id or 0)
    recovery, shown = new_recovery_codes(world.governor.person_id or 0)[4].lower(), code_of(world.governor.person_id)
    for typed, done in ((shown, 1), (shown, 1), (recovery, 2), (recovery, 2)):
        run(app, world, "request", sealed.number, PASSWORD, typed)
        assert requests() == done


def test_guesses_are_throttled(app: Flask, world: World, sealed: Receipt) -> None:
    give_example_app(world.governor.person_id or 0)
    with time_machine.travel(utc_now(), tick=False) as clock:
        for _ in range(6):
            run(app, world, "request", sealed.number, PASSWORD, "000000")
        code, _, err = run(app, world, "request", sealed.number, PASSWORD, code_of(world.governor.person_id))
        assert (code, "Terlalu banyak percobaan" in err, requests()) == (1, True, 0)
        clock.shift(timedelta(minutes=2))
        assert run(app, world, "request", sealed.number, PASSWORD, code_of(world.governor.person_id))[0] == 0


@pytest.mark.parametrize("has_passkey", [True, False])
def test_who_has_no_app_is_sent_to_the_page(app: Flask, world: World, sealed: Receipt, *, has_passkey: bool) -> None:
    if has_passkey:
        with transaction():
            key = {"credential_id": "x", "public_key": "x", "sign_count": 0, "name": "Kunci", "created_at": utc_now()}
            db.session.add(Passkey(person_id=world.governor.person_id or 0, **key))
    code, _, err = run(app, world, "request", sealed.number, PASSWORD, "000000")
    assert (code, requests()) == (1, 0)
    assert "Pakai halaman itu" in err
    assert "Code of the app" not in err


def test_no_command_takes_a_secret_as_an_option(app: Flask) -> None:
    for command in COMMANDS:
        words = app.test_cli_runner().invoke(args=["vault", command, "--help"]).stdout
        assert "--by" in words
        assert "--password" not in words
        assert "--code" not in words
