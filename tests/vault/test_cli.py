"""The key of the vault in the hands of its custodians: opening one record, and rotation."""

from __future__ import annotations

import dataclasses
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.permissions import Role
from feedback.people.actions import give_example_app
from feedback.storage.session import db, transaction
from feedback.tickets.actions.submit import Receipt
from feedback.tickets.rules.words import MoveName
from feedback.units.models import Unit
from feedback.vault.keys import make_keys, private_key, public_key
from feedback.vault.models import SealedIdentity
from feedback.vault.queries import contact_of, sealed_by_key
from feedback.vault.rules.rotation import fingerprint
from feedback.vault.rules.sealing import Identity, Part, WrongSeal, key_id, open_seal, record_name, seal
from tests.factories import PASSWORD, World, make_person, make_report, move
from tests.people.codes import code_of
from tests.people.test_cli import email_of
from tests.vault.keys import PASSPHRASES, at_custodians, make_key

NAME, PHONE, ADDRESS = "Zainuddin Pelapor", "081200001234", "zainuddin@contoh.example"


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    """An installation that has the public files only, and a worker's key."""
    folder = tmp_path / "instance"
    make_keys(folder)
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], instance=folder)
    return folder


@pytest.fixture
def halves(folder: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Both halves of the key the installation seals to."""
    public, one, other = make_key(tmp_path / "old")
    shutil.copy(public, folder)
    return one, other


def on_site(app: Flask, *words: str, typed: str | None = None) -> tuple[int, str, str]:
    db.session.rollback()
    found = app.test_cli_runner().invoke(args=["vault", *words], input=typed)
    db.session.rollback()
    return found.exit_code, found.stdout, found.stderr


def anonymous(world: World, **values: str) -> Receipt:
    given = {"name": NAME, "phone": PHONE, "email": ADDRESS, **values}
    return make_report(world, actor=world.citizen, anonymous=True, **given)


def by(app: Flask, actor: Actor, *words: str) -> tuple[int, str, str]:
    """A command of somebody who types their password and the code that their app shows."""
    typed = f"{PASSWORD}\n{code_of(actor.person_id)}\n"
    return on_site(app, *words, "--by", email_of(actor.person_id), typed=typed)


@pytest.fixture
def record(app: Flask, world: World, halves: tuple[Path, Path], tmp_path: Path) -> Path:
    """One record, asked for, agreed to and released on the terminal of the site."""
    receipt = anonymous(world)
    move(receipt.number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="non_oversight")
    with transaction():
        other = make_person("Kepala Lain", ((db.session.get_one(Unit, world.other_agency), Role.SUPERVISOR),))
    for actor in (world.head, world.inspector, other):
        give_example_app(actor.person_id or 0)
    why = ("--basis", "Penetapan pengadilan", "--case", "45/Pid.B/2026")
    assert by(app, world.head, "request", receipt.number, *why)[0] == 0
    assert by(app, world.head, "approve", "1")[0] == 1
    assert by(app, world.head, "release", "1")[0] == 1
    assert "one more person" in by(app, world.inspector, "approve", "1")[1]
    assert "released" in by(app, other, "approve", "1")[1]
    assert f"1  {receipt.number}  agreed" in by(app, world.inspector, "list")[1]
    code, out, err = by(app, world.head, "release", "1")
    assert code == 0, err
    file = tmp_path / "record.json"
    file.write_text(out)
    return file


def test_both_custodians_see_one_identity_and_why(record: Path, halves: tuple[Path, Path]) -> None:
    one, other = halves
    code, out, err = at_custodians("open", record, "--half", other, "--half", one, typed=PASSPHRASES[::-1])
    assert (code, err) == (0, ""), err
    for words in (NAME, PHONE, ADDRESS, "Penetapan pengadilan", "45/Pid.B/2026", "Kepala Dinas", "Kepala Lain", "Inspektur"):
        assert words in out
    assert out.index("Penetapan pengadilan") < out.index("Passphrase") < out.index(NAME)


def test_one_custodian_opens_nothing(record: Path, halves: tuple[Path, Path]) -> None:
    one, other = halves
    tries = [
        ((one,), PASSPHRASES),
        ((one, one), (PASSPHRASES[0], PASSPHRASES[0])),
        ((one, other), (PASSPHRASES[0], PASSPHRASES[0])),
        ((one, record), PASSPHRASES),
    ]
    for given, typed in tries:
        code, out, err = at_custodians("open", record, *(word for half in given for word in ("--half", half)), typed=typed)
        assert code != 0
        assert err
        assert NAME not in out


def test_a_record_is_opened_in_time_and_as_it_was_given_out(record: Path, halves: tuple[Path, Path], tmp_path: Path) -> None:
    both = ("--half", halves[0], "--half", halves[1])
    with time_machine.travel(utc_now() + timedelta(hours=25)):
        code, out, err = at_custodians("open", record, *both)
    assert (code, NAME in out) == (1, False)
    assert "sudah lewat" in err
    kept = json.loads(record.read_text())
    for changed in ({"record": "ticket:2|identity"}, {"sealed": kept["sealed"][:-2] + "00"}, {"key": "0" * 16}, {"until": "besok"},
                    {"until": "2030-01-01T00:00:00"}, {"sealed": "zz"}, {"agreed_by": ["satu"]}, {"mehr": 1}):  # fmt: skip
        (tmp_path / "changed.json").write_text(json.dumps({**kept, **changed}))
        code, out, err = at_custodians("open", tmp_path / "changed.json", *both)
        assert (code, NAME in out) == (1, False), changed
        assert "Traceback" not in err
    (tmp_path / "changed.json").write_text("[" * 5000)
    assert at_custodians("open", tmp_path / "changed.json", *both)[0] == 1


def test_a_new_key_takes_over_what_was_sealed_to_the_old_one(
    app: Flask, world: World, folder: Path, halves: tuple[Path, Path], tmp_path: Path
) -> None:
    first, second = anonymous(world), anonymous(world, name="Rosmina Pelapor")
    public, *new = make_key(tmp_path / "new")
    shutil.copy(public, folder)
    third = anonymous(world, name="Baru")
    assert on_site(app, "status")[1].count("identity: ") == 2
    code, exported, _ = on_site(app, "rotate", "export")
    assert (code, len(exported.splitlines())) == (0, 2)
    (tmp_path / "exported").write_text(exported)
    both = ("--half", halves[0], "--half", halves[1])
    carried = tmp_path / "anew"
    code, out, err = at_custodians("rotate", "reseal", tmp_path / "exported", *both, "--to", public, "--out", carried)
    assert (code, err) == (0, "")
    assert not any(word in out + carried.read_text() for word in (NAME, PHONE, ADDRESS))
    code, out, _ = on_site(app, "rotate", "import", str(carried))
    assert (code, "Replaced 2" in out) == (0, True)
    assert [key for part, key, _ in sealed_by_key() if part == Part.IDENTITY] == [key_id(bytes.fromhex(public.read_text()))]
    assert "Replaced 0 seals; 2 stay" in on_site(app, "rotate", "import", str(carried))[1]
    assert on_site(app, "rotate", "export")[1] == ""
    (tmp_path / "all").write_text("".join(f"{json.dumps(_kept(one.ticket_id))}\n" for one in (first, second, third)))
    old = at_custodians("rotate", "reseal", tmp_path / "all", *both, "--to", public, "--out", tmp_path / "no")
    assert (old[0], "kunci lain" in old[2]) == (1, True)
    opened = ("--half", new[0], "--half", new[1], "--to", public, "--out", tmp_path / "yes")
    assert at_custodians("rotate", "reseal", tmp_path / "all", *opened)[0] == 0


def _kept(ticket_id: int) -> dict[str, object]:
    row = db.session.get_one(SealedIdentity, (ticket_id, Part.IDENTITY))
    return {"ticket": ticket_id, "key": row.key_id, "sealed": row.sealed.hex(), "replaces": ""}


def test_rotation_takes_nothing_strange_in(
    app: Flask, world: World, folder: Path, halves: tuple[Path, Path], tmp_path: Path
) -> None:
    receipt = anonymous(world)
    before = _kept(receipt.ticket_id)
    other_key, *_ = make_key(tmp_path / "other")
    file = tmp_path / "file"
    other = {**before, "key": key_id(bytes.fromhex(other_key.read_text())), "replaces": fingerprint(bytes.fromhex(str(before["sealed"])))}
    for line in ("{}", "[]", "null", "x", json.dumps({**before, "sealed": "00"}), json.dumps(other)):
        file.write_text(line + "\n")
        code, out, err = on_site(app, "rotate", "import", str(file))
        assert code == 1 or "Replaced 0" in out, line
        assert "Traceback" not in err
    assert _kept(receipt.ticket_id) == before


def test_seals_from_before_the_vault_are_parted_where_the_workers_key_is(
    app: Flask, world: World, folder: Path, halves: tuple[Path, Path]
) -> None:
    old, foreign = anonymous(world), anonymous(world)
    with transaction():
        db.session.query(SealedIdentity).delete()
        fields = {"name": NAME, "email": ADDRESS, "phone": PHONE, "person_id": world.citizen.person_id}
        for receipt, public in ((old, public_key(folder)), (foreign, bytes.fromhex((folder / "vault.public").read_text()))):
            box = seal(fields, public, record_name(receipt.ticket_id, Part.TOGETHER))
            db.session.add(SealedIdentity(ticket_id=receipt.ticket_id, part=Part.TOGETHER, sealed=box, key_id=key_id(public)))
    code, out, _ = on_site(app, "reseal")
    assert (code, "Parted 1 seals; 1 stay" in out) == (0, True)
    kept = dict(db.session.execute(select(SealedIdentity.part, SealedIdentity.sealed).where(SealedIdentity.ticket_id == old.ticket_id)).tuples().all())
    assert set(kept) == {Part.IDENTITY, Part.CONTACT}
    assert contact_of(old.ticket_id) == Identity(email=ADDRESS)
    with pytest.raises(WrongSeal):
        open_seal(kept[Part.IDENTITY], private_key(folder), record_name(old.ticket_id, Part.IDENTITY))
    assert "Parted 0 seals; 1 stay" in on_site(app, "reseal")[1]


def test_status_says_when_a_half_lies_on_the_site(app: Flask, world: World, folder: Path, halves: tuple[Path, Path]) -> None:
    assert on_site(app, "status")[0] == 0
    shutil.copy(halves[0], folder)
    code, _, err = on_site(app, "status")
    assert (code, "half of the private key" in err) == (1, True)
    (folder / "vault.public").unlink()
    assert on_site(app, "status")[0] == 1
