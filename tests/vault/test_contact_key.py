"""A new key for addresses on the worker's host: nothing sealed is lost, wherever it is killed, and the old key goes."""

from __future__ import annotations

import dataclasses
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select

from feedback.audit.models import AuditEntry
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.notices.actions.consent import note_asked, say
from feedback.notices.models import AddressConsent
from feedback.notices.queries.consent import link_token, said_by_link, said_of
from feedback.notices.rules.consent import Consent
from feedback.storage.session import db, transaction
from feedback.vault.actions import contacts
from feedback.vault.contact_key import alone, old_private_key, private_keys
from feedback.vault.keys import make_demonstration_key, make_keys, private_key, public_key
from feedback.vault.models import SealedIdentity
from feedback.vault.queries import contact_of, sealed_by_key
from feedback.vault.rules.sealing import Part, key_id, public_of, record_name, seal
from tests.factories import World, make_report

ADDRESSES = [f"pelapor{number}@warga.example" for number in range(5)]


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own; two seals make a batch."""
    folder = tmp_path / "instance"
    make_keys(folder)
    make_demonstration_key(folder)
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], instance=folder)
    monkeypatch.setattr(contacts, "BATCH", 2)
    return folder


@pytest.fixture
def tickets(world: World, folder: Path) -> list[int]:
    """Reports with an address each; one is sealed whole, as before the vault had a key."""
    made = [make_report(world, actor=Actor(), anonymous=True, email=one).ticket_id for one in ADDRESSES]
    with transaction():
        row = db.session.get_one(SealedIdentity, (made[0], Part.CONTACT))
        db.session.delete(row)
        fields = {"name": "Nur", "email": ADDRESSES[0], "phone": "", "person_id": None}
        box = seal(fields, public_key(folder), record_name(made[0], Part.TOGETHER))
        db.session.add(SealedIdentity(ticket_id=made[0], part=Part.TOGETHER, sealed=box, key_id=row.key_id))
    return made


def run(app: Flask, *words: str) -> tuple[int, str, str]:
    fresh()
    found = app.test_cli_runner().invoke(args=["vault", *words])
    fresh()
    return found.exit_code, found.stdout, found.stderr


def finish(app: Flask) -> tuple[int, str, str]:
    with time_machine.travel(utc_now() + timedelta(minutes=11)):
        return run(app, "rotate", "contact", "--finish")


def fresh() -> None:
    db.session.rollback()
    db.session.expire_all()


def readable(tickets: list[int]) -> list[str]:
    fresh()
    found = [contact_of(ticket_id) for ticket_id in tickets]
    return [one.email for one in found if one is not None]


def keys_in_use() -> set[str]:
    return {key for part, key, _ in sealed_by_key() if part != Part.IDENTITY}


def test_everything_is_sealed_to_a_new_key_and_the_old_one_is_destroyed(app: Flask, folder: Path, tickets: list[int]) -> None:
    before, old_file = private_key(folder), key_id(public_key(folder))
    code, out, err = run(app, "rotate", "contact")
    assert (code, err) == (0, ""), err
    assert "Sealed 5 addresses" in out
    now = key_id(public_key(folder))
    assert (keys_in_use(), now != old_file) == ({now}, True)
    assert public_of(private_key(folder)) == public_key(folder)
    assert readable(tickets) == ADDRESSES
    assert "being replaced" in run(app, "status")[1]
    code, out, err = finish(app)
    assert code == 0, err
    assert readable(tickets) == ADDRESSES
    assert old_private_key(folder) is None
    assert not any(before.hex() in file.read_text(errors="replace") for file in folder.rglob("*") if file.is_file())
    told = run(app, "status")[1]
    assert "being replaced" not in told
    assert f"contact: 4 to key {now}, which opens here" in told


def test_each_step_is_logged_without_words(app: Flask, folder: Path, tickets: list[int]) -> None:
    old = key_id(public_key(folder))
    run(app, "rotate", "contact")
    finish(app)
    rows = db.session.execute(select(AuditEntry.deed, AuditEntry.subject, AuditEntry.detail).where(AuditEntry.deed.like("vault.%")))
    now = key_id(public_key(folder))
    assert [tuple(row) for row in rows] == [
        ("vault.contacts_resealed", f"key:{now}", {"rows": 5}),
        ("vault.contacts_resealed", f"key:{now}", {"rows": 0}),
        ("vault.contact_key_destroyed", f"key:{old}", {}),
    ]


def test_files_keep_their_modes_and_nothing_is_left_over(app: Flask, folder: Path, tickets: list[int]) -> None:
    (folder / "contact.public").chmod(0o640)
    before = {file.name: file.stat().st_mode for file in folder.iterdir()}
    run(app, "rotate", "contact")
    [old] = folder.glob("contact-*.private")
    assert old.stat().st_mode & 0o777 == 0o600
    finish(app)
    assert {file.name: file.stat().st_mode for file in folder.iterdir()} == before


def test_the_old_key_stays_while_somebody_may_still_seal_to_it(app: Flask, world: World, folder: Path, tickets: list[int]) -> None:
    old = (folder / "contact.public").read_text()
    assert run(app, "rotate", "contact", "--finish")[0] == 1
    run(app, "rotate", "contact")
    new = (folder / "contact.public").read_text()
    code, _, err = run(app, "rotate", "contact", "--finish")
    assert (code, "Tunggu sepuluh menit" in err, old_private_key(folder) is not None) == (1, True, True)
    (folder / "contact.public").write_text(old)  # a host that did not get the new file yet
    late = make_report(world, actor=Actor(), anonymous=True, email="telat@warga.example").ticket_id
    (folder / "contact.public").write_text(new)
    assert readable([late]) == ["telat@warga.example"]
    assert "Sealed 1 addresses" in finish(app)[1]
    assert readable([*tickets, late]) == [*ADDRESSES, "telat@warga.example"]


def test_a_second_run_makes_no_second_key_and_two_at_once_are_refused(app: Flask, folder: Path, tickets: list[int]) -> None:
    run(app, "rotate", "contact")
    now = public_key(folder)
    assert "Sealed 0 addresses" in run(app, "rotate", "contact")[1]
    assert public_key(folder) == now
    with alone(folder):
        code, _, err = run(app, "rotate", "contact")
        assert (code, "proses lain" in err) == (1, True)


def test_a_seal_that_nothing_opens_holds_nobody_up(app: Flask, folder: Path, tickets: list[int]) -> None:
    with transaction():
        row = db.session.get_one(SealedIdentity, (tickets[2], Part.CONTACT))
        row.sealed = row.sealed[:-1] + b"x"
    assert "Sealed 4 addresses to the new key; 1 open" in run(app, "rotate", "contact")[1]
    assert finish(app)[0] == 0
    assert readable([one for one in tickets if one != tickets[2]]) == [one for one in ADDRESSES if one != ADDRESSES[2]]


STEPS = ["link", "replace 1", "replace 2", "commit 2", "commit 4"]
LAST_STEPS = ["commit 3", "write over", "unlink"]


def killed(app: Flask, step: str, words: tuple[str, ...]) -> None:
    """The command in a process that is killed right after a step."""
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if child == 0:
        try:
            _kill_after(step)
            if "--finish" in words:
                finish(app)
            else:
                run(app, *words)
        finally:
            os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status), f"went on past {step}"
    assert os.WTERMSIG(status) == signal.SIGKILL


def _kill_after(step: str) -> None:
    name, _, times = step.partition(" ")
    left = [int(times) if times.isdigit() else 1]

    def die() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def then_die(real: Callable[..., object]) -> Callable[..., None]:
        def wrapped(*given: object, **more: object) -> None:
            real(*given, **more)
            die()

        return wrapped

    if name == "commit":
        event.listen(db.engine, "commit", lambda _connection: die())
    elif name == "write":
        Path.unlink = lambda *_given, **_more: die()  # type: ignore[method-assign,assignment]
    elif name == "unlink":
        Path.unlink = then_die(Path.unlink)  # type: ignore[method-assign]
    else:
        setattr(os, name, then_die(getattr(os, name)))


@pytest.mark.parametrize("step", STEPS)
def test_killed_while_sealing_anew_everything_opens_and_the_next_run_ends_it(
    app: Flask, folder: Path, tickets: list[int], step: str
) -> None:
    before = private_key(folder)
    killed(app, step, ("rotate", "contact"))
    assert readable(tickets) == ADDRESSES
    assert key_id(public_key(folder)) in private_keys(folder), "what is sealed now opens, too"
    assert run(app, "rotate", "contact")[0] == 0
    assert keys_in_use() == {key_id(public_key(folder))}
    assert finish(app)[0] == 0
    assert readable(tickets) == ADDRESSES
    assert private_key(folder) != before
    assert old_private_key(folder) is None


@pytest.mark.parametrize("step", LAST_STEPS)
def test_killed_while_the_old_key_goes_everything_opens_and_the_next_run_ends_it(
    app: Flask, folder: Path, tickets: list[int], step: str
) -> None:
    note_asked(ADDRESSES[1])
    token = link_token(ADDRESSES[1])
    run(app, "rotate", "contact")
    killed(app, step, ("rotate", "contact", "--finish"))
    assert readable(tickets) == ADDRESSES
    assert said_of(ADDRESSES[1]) is Consent.ASKED
    assert finish(app)[0] == (1 if step == "unlink" else 0), "after the last step there is nothing left to do"
    assert readable(tickets) == ADDRESSES
    assert old_private_key(folder) is None
    assert said_of(ADDRESSES[1]) is said_by_link(token) is Consent.ASKED


def test_what_owners_of_addresses_said_goes_on_and_so_do_their_links(app: Flask, folder: Path, tickets: list[int]) -> None:
    for address in ADDRESSES[:3]:
        note_asked(address)
    first = {address: link_token(address) for address in ADDRESSES}
    say(first[ADDRESSES[0]], Consent.STOPPED)
    run(app, "rotate", "contact")
    say(first[ADDRESSES[1]], Consent.CONFIRMED)
    assert finish(app)[0] == 0
    assert [said_of(one) for one in ADDRESSES[:4]] == [Consent.STOPPED, Consent.CONFIRMED, Consent.ASKED, None]
    new = link_token(ADDRESSES[1])
    assert new != first[ADDRESSES[1]]
    say(first[ADDRESSES[1]], Consent.STOPPED)
    assert said_of(ADDRESSES[1]) is said_by_link(new) is Consent.STOPPED
    run(app, "rotate", "contact")
    finish(app)
    say(first[ADDRESSES[1]], Consent.CONFIRMED)
    assert said_of(ADDRESSES[1]) is said_by_link(new) is said_by_link(link_token(ADDRESSES[1])) is Consent.CONFIRMED
    assert db.session.query(AddressConsent).count() == 9


def test_answers_of_addresses_that_are_in_no_seal_go_with_the_key(app: Flask, folder: Path, tickets: list[int]) -> None:
    for address in (ADDRESSES[1], "lama@warga.example"):
        note_asked(address)
        say(link_token(address), Consent.STOPPED)
    gone = link_token("lama@warga.example")
    run(app, "rotate", "contact")
    finish(app)
    assert (said_of(ADDRESSES[1]), said_by_link(gone)) == (Consent.STOPPED, None)
    assert db.session.query(AddressConsent).count() == 2
