"""What was written stays beside the masked words, through every migration, and one module alone selects it."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from feedback.storage.session import db
from feedback.tickets.rules.shield import Treatment, look
from tests.factories import World, make_report
from tests.tickets.steps import ticket_of

ROOT = Path(__file__).parents[2]
TEXT = "Hubungi saya di 0812-0000-0012 bila petugas datang."
KEEPERS = {"feedback/tickets/queries/originals.py", "feedback/tickets/actions/steps.py"}


def test_only_one_module_selects_what_was_written() -> None:
    named = re.compile(r"\.original_(text|title|place)\b|TicketEvent\.entrusted|\bevent\.entrusted")
    found = {str(file.relative_to(ROOT)) for file in (ROOT / "feedback").rglob("*.py") if named.search(file.read_text())}
    assert found == KEEPERS


def test_going_back_gives_what_was_written_and_masks_nothing_by_itself(app: Flask, world: World) -> None:
    masked = make_report(world, text=TEXT, shield={one.key: Treatment.MASK for one in look({"text": TEXT})})
    plain = make_report(world)
    before = ticket_of(plain).text
    db.session.rollback()
    downgrade(revision="0013")
    db.session.remove()
    with db.engine.connect() as connection:
        rows = dict(connection.execute(text("SELECT number, text FROM ticket")).tuples().all())
    assert rows == {masked.number: TEXT, plain.number: before}
    upgrade()
    db.session.remove()
    assert (ticket_of(masked).text, ticket_of(masked).original_text) == (TEXT, None)

