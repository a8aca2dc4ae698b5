"""The steps from invitations to links by mail keep every account and role, and can be taken back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from feedback.kernel.permissions import Role
from feedback.people.actions.invitations import Invite, invite
from feedback.people.models import MembershipRow, Person
from feedback.storage.session import db
from tests.factories import World

VERSIONS = Path(__file__).resolve().parents[2] / "migrations/versions"
TABLES = {"invitation", "passkey", "provider_identity", "authenticator", "recovery_code", "account_link"}
PASSKEY = "INSERT INTO passkey (id, person_id, credential_id, public_key, sign_count, name, created_at) VALUES (1, :person, 'x', 'y', 4294967295, 'z', '2026-03-02 02:00:00')"
IDENTITY = "INSERT INTO provider_identity (id, person_id, issuer, subject, created_at) VALUES (:id, :person, 'https://a.example', :subject, '2026-03-02 02:00:00')"


def _before(name: str) -> str:
    """The revision a migration follows."""
    (file,) = VERSIONS.glob(f"*_{name}.py")
    found = re.search(r'down_revision = "(\d+)"', file.read_text())
    assert found is not None
    return found[1]


def _kept() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    people = db.session.execute(select(Person.id, Person.email, Person.password_hash).order_by(Person.id))
    held = select(MembershipRow.id, MembershipRow.person_id, MembershipRow.unit_id, MembershipRow.role, MembershipRow.valid_to)
    return [tuple(row) for row in people], [tuple(row) for row in db.session.execute(held.order_by(MembershipRow.id))]


def test_accounts_and_roles_survive_the_way_back_and_forth(app: Flask, world: World) -> None:
    invite(Invite("pegawai@instansi.example", Role.OFFICER, world.agency), world.coordinator)
    before = _kept()
    db.session.rollback()
    downgrade(revision=_before("invitations"))
    db.session.remove()
    assert not TABLES & set(inspect(db.engine).get_table_names())
    upgrade()
    db.session.remove()
    assert set(inspect(db.engine).get_table_names()) >= TABLES
    assert _kept() == before


def test_a_counter_of_32_bits_fits_and_one_there_is_one_here(app: Flask, world: World) -> None:
    one, two = world.citizen.person_id, world.stranger.person_id
    with db.engine.begin() as connection:
        connection.execute(text(PASSKEY), {"person": one})
        connection.execute(text(IDENTITY), {"id": 1, "person": one, "subject": "s"})
    for values in ({"id": 2, "person": two, "subject": "s"}, {"id": 2, "person": one, "subject": "t"}):
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.execute(text(IDENTITY), values)
