"""The chain grows at its end only, whoever writes and however (SECURITY.md 1.13)."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from feedback.audit.actions import note_read, record
from feedback.audit.models import AuditEntry
from feedback.audit.queries import head, verify
from feedback.audit.rules import FIRST, Anchor
from feedback.kernel.clock import utc_now
from feedback.storage.session import db, transaction

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def write(count: int = 3) -> None:
    with transaction():
        for number in range(count):
            record("unit.changed", actor_id=7, subject=f"unit:{number}", at=AT, detail={"n": number})


def rows() -> list[AuditEntry]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_deeds_are_numbered_without_a_gap_and_hold_each_other(app: Flask) -> None:
    write(2)
    write(1)
    found = rows()
    assert [row.id for row in found] == [1, 2, 3]
    assert [row.previous for row in found] == [FIRST, found[0].hash, found[1].hash]
    assert verify().broken is None
    assert verify().rows == 3


def test_what_is_undone_leaves_no_deed(app: Flask) -> None:
    def half() -> None:
        with transaction():
            record("unit.changed", actor_id=7, subject="unit:1", at=AT)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    write(1)
    assert [row.subject for row in rows()] == ["unit:0"]


LINK = "'2026-03-02 02:00:00', 'x', 'y', (SELECT hash FROM audit_entry ORDER BY id DESC LIMIT 1), 'h', '{}'"
COLUMNS = "audit_entry (id, at, deed, subject, previous, hash, detail)"
REFUSED = [
    "UPDATE audit_entry SET actor_id = 9 WHERE id = 2",
    "UPDATE audit_entry SET id = 9 WHERE id = 3",
    "DELETE FROM audit_entry WHERE id = 3",
    "DELETE FROM audit_entry",
    f"INSERT INTO {COLUMNS} VALUES (5, {LINK})",
    f"INSERT INTO {COLUMNS} VALUES (0, {LINK})",
    f"INSERT INTO {COLUMNS} VALUES (2, {LINK})",
    f"INSERT INTO {COLUMNS} VALUES (4, '2026-03-02 02:00:00', 'x', 'y', '{FIRST}', 'h', '{{}}')",
]
SQLITE_REFUSED = [
    f"INSERT OR REPLACE INTO {COLUMNS} VALUES (2, {LINK})",
    f"INSERT OR REPLACE INTO {COLUMNS} VALUES (3, {LINK})",
    f"REPLACE INTO {COLUMNS} VALUES (1, {LINK})",
    f"INSERT OR IGNORE INTO {COLUMNS} VALUES (9, {LINK})",
    "UPDATE OR REPLACE audit_entry SET id = 1 WHERE id = 3",
    f"INSERT INTO {COLUMNS} VALUES (2, {LINK}) ON CONFLICT (id) DO UPDATE SET deed = 'z'",
]
POSTGRES_REFUSED = [
    "TRUNCATE audit_entry",
    f"INSERT INTO {COLUMNS} VALUES (2, {LINK}) ON CONFLICT (id) DO UPDATE SET deed = 'z'",
    f"INSERT INTO {COLUMNS} VALUES (4, {LINK}), (6, {LINK})",
]


def test_raw_sql_cannot_change_remove_or_squeeze_in(app: Flask) -> None:
    write()
    before = [(row.id, row.hash, row.actor_id) for row in rows()]
    db.session.remove()
    special = SQLITE_REFUSED if db.engine.dialect.name == "sqlite" else POSTGRES_REFUSED
    for statement in [*REFUSED, *special]:
        with pytest.raises(DBAPIError), db.engine.begin() as connection:
            connection.execute(text(statement))
        assert [(row.id, row.hash, row.actor_id) for row in rows()] == before, statement
        db.session.remove()
    # The control: the next link is taken, so it was the place that was refused.
    with db.engine.begin() as connection:
        connection.execute(text(f"INSERT INTO {COLUMNS} VALUES (4, {LINK})"))


def _without_triggers(statement: str) -> None:
    """What somebody does who owns the database."""
    db.session.remove()
    with db.engine.begin() as connection:
        if db.engine.dialect.name == "sqlite":
            for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "broken", "why"),
    [
        ("UPDATE audit_entry SET actor_id = 9 WHERE id = 2", 2, "content"),
        ("UPDATE audit_entry SET subject = 'unit:9' WHERE id = 1", 1, "content"),
        ("DELETE FROM audit_entry WHERE id = 2", 2, "missing"),
        ("DELETE FROM audit_entry WHERE id = 1", 1, "missing"),
        ("UPDATE audit_entry SET previous = hash WHERE id = 3", 3, "follow"),
    ],
)
def test_verify_names_the_first_broken_row(app: Flask, statement: str, broken: int, why: str) -> None:
    write()
    _without_triggers(statement)
    verdict = verify()
    assert (verdict.broken, verdict.rows) == (broken, broken - 1)
    assert why in verdict.why


def test_only_an_anchor_shows_an_end_cut_off_or_a_chain_written_anew(app: Flask) -> None:
    write()
    anchor = head()
    assert anchor.sequence == 3
    assert verify([anchor]).broken is None
    _without_triggers("DELETE FROM audit_entry WHERE id = 3")
    assert verify().broken is None
    assert verify([anchor]).broken == 3
    write(1)
    assert verify().broken is None
    assert verify([anchor]).broken == 3
    assert "anew" in verify([anchor]).why
    assert verify([Anchor(0, FIRST, AT)]).broken is None


def test_parallel_writers_make_one_chain(app: Flask) -> None:
    failures: list[Exception] = []

    def work() -> None:
        try:
            with app.app_context():
                for _ in range(10):
                    write(2)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    db.session.rollback()
    assert verify().rows == 80
    assert verify().broken is None


def test_a_read_is_noted_once_a_day_for_each_person_and_subject(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for actor_id, subject in ((7, "ticket:1"), (7, "ticket:1"), (8, "ticket:1"), (7, "ticket:2")):
        note_read("ticket.read", actor_id=actor_id, subject=subject)
    assert [(row.actor_id, row.subject) for row in rows()] == [(7, "ticket:1"), (8, "ticket:1"), (7, "ticket:2")]
    tomorrow = utc_now() + timedelta(days=1)
    monkeypatch.setattr("feedback.audit.actions.utc_now", lambda: tomorrow)
    note_read("ticket.read", actor_id=7, subject="ticket:1")
    assert len(rows()) == 4


def test_what_a_citizen_did_has_a_day_and_no_hour(app: Flask) -> None:
    with transaction():
        record("person.created", actor_id=7, subject="person:7", at=AT.replace(hour=23, minute=59), coarse=True)
    [row] = rows()
    assert row.at == datetime(2026, 3, 2, tzinfo=UTC)
