"""The table of requests comes and goes with reports and seals in the database."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select

from feedback.storage.session import db
from feedback.vault.models import SealedIdentity, SealOpening
from tests.factories import World, make_report
from tests.insight.conftest import revisions


def test_requests_come_and_go_and_seals_stay(app: Flask, world: World) -> None:
    receipt = make_report(world, anonymous=True, name="Zainuddin")
    before, _ = revisions("seal_opening")
    db.session.remove()
    downgrade(revision=before)
    assert "seal_opening" not in inspect(db.engine).get_table_names()
    db.session.remove()
    upgrade()
    assert db.session.scalars(select(SealOpening.id)).all() == []
    assert set(db.session.scalars(select(SealedIdentity.ticket_id))) == {receipt.ticket_id}
