"""The step to escalations keeps what is there, and its tables are those of the models."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from feedback.storage.base import Base
from feedback.storage.session import db
from tests.factories import World
from tests.tickets.steps import disputed, events_of

TABLES = ("deputy", "mail_preference", "ladder_level", "escalation_watch", "escalation", "digest_round")


def _escalate_one() -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE ticket_event SET move = 'escalate' WHERE id = (SELECT min(id) FROM ticket_event)"))


def test_events_survive_and_the_new_moves_are_admitted(app: Flask, world: World) -> None:
    receipt = disputed(world)
    before = [(event.id, event.move, event.text) for event in events_of(receipt)]
    db.session.rollback()
    downgrade(revision="0003")
    db.session.remove()
    with pytest.raises(IntegrityError):
        _escalate_one()
    upgrade()
    db.session.remove()
    assert [(event.id, event.move, event.text) for event in events_of(receipt)] == before
    db.session.rollback()
    _escalate_one()


def test_the_tables_are_those_of_the_models(app: Flask) -> None:
    seen = inspect(db.engine)
    for name in TABLES:
        table = Base.metadata.tables[name]
        assert {column["name"]: column["nullable"] for column in seen.get_columns(name)} == {
            column.name: column.nullable for column in table.columns
        }
        assert {index["name"] for index in seen.get_indexes(name) if not index.get("duplicates_constraint")} == {
            str(index.name) for index in table.indexes
        }
