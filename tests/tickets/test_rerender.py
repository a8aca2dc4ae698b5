"""`flask tickets rerender`."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from feedback.adapters import sanitiser
from feedback.storage.session import db, transaction
from feedback.tickets.actions import rerender
from feedback.tickets.cli import cli
from feedback.tickets.models import Ticket, TicketEvent
from tests.factories import MONDAY, World


def make_events(world: World, *versions: str | None) -> list[int]:
    with transaction():
        ticket = Ticket(
            number="MB-0000-0000", kind="complaint", channel="web", text="Lampu mati", unit_id=world.agency,
            zone="Asia/Jayapura", received_at=MONDAY, created_at=MONDAY, state_since=MONDAY, held_since=MONDAY,
        )  # fmt: skip
        db.session.add(ticket)
        db.session.flush()
        events = [
            TicketEvent(
                ticket_id=ticket.id, at=MONDAY, move="interim_reply", to_state="assigned", cycle=1, version=number,
                unit_id=world.agency, text=f"Ke <b>{number}</b>\n\nTerima kasih",
                html="<p>lama</p>" if version else None, sanitiser=version,
            )
            for number, version in enumerate(versions, start=1)
        ]  # fmt: skip
        db.session.add_all(events)
        db.session.flush()
        return [event.id for event in events]


def shown() -> list[tuple[str | None, str | None]]:
    db.session.expire_all()
    rows = db.session.execute(select(TicketEvent.html, TicketEvent.sanitiser).order_by(TicketEvent.id))
    return [(html, version) for html, version in rows]


def test_only_what_another_version_made_is_made_anew(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rerender, "BATCH", 2)
    make_events(world, "bleach-1/0", sanitiser.VERSION, None, "bleach-1/0", "bleach-1/0")
    result = app.test_cli_runner().invoke(cli, ["rerender"])
    assert result.exit_code == 0
    assert "Rendered 3 events." in result.output
    rows = shown()
    assert rows[0] == (sanitiser.clean_staff_html("Ke <b>1</b>\n\nTerima kasih"), sanitiser.VERSION)
    assert rows[1] == ("<p>lama</p>", sanitiser.VERSION)
    assert rows[2] == (None, None)
    assert rows[4][1] == sanitiser.VERSION
    assert "Rendered 0 events." in app.test_cli_runner().invoke(cli, ["rerender"]).output
