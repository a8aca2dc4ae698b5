"""The tables of figures come and go with reports in the database."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select

from feedback.insight.actions import rebuild, verify
from feedback.insight.queries.rollup import state
from feedback.storage.session import db
from feedback.tickets.models import Ticket
from tests.factories import World
from tests.insight.conftest import NOW, Maker, revisions
from tests.insight.test_rollup import past

TABLES = {"figure_fact", "figure_cell", "figure_state", "figure_snapshot"}


def test_figures_are_made_from_reports_that_were_there_before(app: Flask, make: Maker, world: World) -> None:
    past(make, world, 8)
    with db.engine.begin() as connection:
        for table in ("report_subscription", *sorted(TABLES)):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
    _upgrade_to("0003")
    assert set(inspect(db.engine).get_table_names()) >= TABLES
    db.session.remove()
    downgrade(revision="0002")
    assert not set(inspect(db.engine).get_table_names()) & TABLES
    assert len(db.session.scalars(select(Ticket.id)).all()) == 8
    db.session.remove()
    _upgrade_to("0003")
    assert set(inspect(db.engine).get_table_names()) >= TABLES


def test_figures_by_reach_are_made_anew(app: Flask, make: Maker, world: World) -> None:
    past(make, world, 8)
    rebuild(NOW)
    db.session.remove()
    before, _ = revisions("figures_by_reach")
    downgrade(revision=before)
    assert "reach" not in _columns("figure_cell")
    assert "tree" not in _columns("figure_state")
    _upgrade_to("head")  # what is counted reads the columns of today
    assert state() is None
    assert rebuild(NOW) == 8
    assert verify(NOW).wrong == ()


def _columns(table: str) -> set[str]:
    return {column["name"] for column in inspect(db.engine).get_columns(table)}


def _upgrade_to(revision: str) -> None:
    db.session.remove()
    upgrade(revision=revision)
