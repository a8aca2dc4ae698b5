"""Rows written before the chain become its first links, in their order, on both databases."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from feedback.audit.queries import verify
from feedback.storage.session import db
from tests.audit.test_chain import rows, write

OLD = """
INSERT INTO audit_entry (id, at, deed, subject, actor_id, detail) VALUES
 (4, '2026-03-02 02:00:00.123456', 'person.created', 'person:1', NULL, '{}'),
 (9, '2026-03-02 02:00:00', 'timing.drafted', 'timing_change:1', 1, '{"title": "Libur Pak Budi", "policy": "verify"}'),
 (11, '2026-03-01 23:00:00', 'role.granted', 'person:2', 1, '{"unit": 4, "role": "officer"}')
"""


def test_rows_from_before_become_links(app: Flask) -> None:
    db.session.remove()
    downgrade(revision="0004")
    db.session.remove()
    with db.engine.begin() as connection:
        connection.execute(text(OLD))
    upgrade()
    db.session.remove()
    found = rows()
    assert [(row.id, row.deed, row.subject, row.actor_id) for row in found] == [
        (1, "person.created", "person:1", None), (2, "timing.drafted", "timing_change:1", 1), (3, "role.granted", "person:2", 1),
    ]  # fmt: skip
    assert [row.detail for row in found] == [{}, {"policy": "verify"}, {"unit": 4, "role": "officer"}]
    assert (found[0].at.microsecond, found[0].at.hour) == (123456, 2)
    assert verify().broken is None
    write(1)
    assert (verify().rows, verify().broken) == (4, None)
    db.session.remove()
    downgrade(revision="0004")
    with db.engine.connect() as connection:
        kept = connection.execute(text("SELECT id, deed FROM audit_entry ORDER BY id")).all()
    assert [tuple(row) for row in kept][:3] == [(1, "person.created"), (2, "timing.drafted"), (3, "role.granted")]
    upgrade()
    db.session.remove()
    assert (verify().rows, verify().broken) == (4, None)
