"""The history of a clock tells its row, whatever happened to it."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from feedback.clocks import actions, models, queries
from feedback.clocks.cli import cli
from feedback.clocks.rules.holidays import Holiday, HolidayKind
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket
from tests.clocks.steps import breaches, end_pause, hand_over, pause, retarget, start, stop
from tests.factories import MONDAY, World

KINDS = ("resolve", "first_response", "verify", "uu25_decision")
_serial = itertools.count(2)
steps = st.lists(
    st.tuples(
        st.sampled_from(["start", "pause", "resume", "move", "grade", "stop", "cancel", "look", "earlier", "decree"]),
        st.integers(0, 60 * 24 * 9),
        st.integers(0, 3),
    ),
    max_size=12,
)


def another_ticket(world: World) -> int:
    with transaction():
        row = Ticket(
            number=f"MB-{next(_serial):08d}", kind="complaint", channel="web", text="Lampu.", unit_id=world.government,
            zone="Asia/Jayapura", received_at=MONDAY, created_at=MONDAY, state_since=MONDAY, held_since=MONDAY,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row.id


def take(step: str, number: int, ticket: int, now: datetime, world: World) -> None:
    units = (world.agency, world.division, world.other_government, world.government)
    if step == "start":
        start(ticket, KINDS[number], units[number], now)
    elif step == "pause":
        end_pause(ticket, now)
        pause(ticket, now, now + timedelta(days=1 + number * 5))
    elif step == "resume":
        end_pause(ticket, now)
    elif step == "move":
        hand_over(ticket, units[number], now)
    elif step == "grade":
        retarget(ticket, ("normative", "non_oversight", "oversight", None)[number], now)
    elif step in ("stop", "cancel"):
        stop(ticket, KINDS[number], now, cancelled=step == "cancel")
    elif step == "look":
        breaches(now)
    elif step == "earlier":
        with transaction():
            actions.receive_earlier(ticket_id=ticket, received_at=MONDAY - timedelta(days=number), at=now)
    else:
        closed = now.date() + timedelta(days=1 + number)
        actions.decree_holidays(holidays=[holiday(closed)], at=now)


def holiday(day: date) -> Holiday:
    return Holiday(day, "Libur mendadak", HolidayKind.PUBLIC_HOLIDAY, "SKB contoh")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=steps)
def test_replaying_the_events_gives_the_stored_row(world: World, found: list[tuple[str, int, int]]) -> None:
    here, now = another_ticket(world), MONDAY
    start(here, "resolve", world.agency)
    start(here, "uu25_completeness", world.government)
    for step, minutes, number in found:
        now += timedelta(minutes=minutes)
        take(step, number, here, now, world)
    db.session.expire_all()
    assert queries.contradictions()[0] == ()


def test_a_row_that_was_changed_behind_its_history_is_found(app: Flask, ticket: int, world: World) -> None:
    started = start(ticket, "verify", world.government)
    runner = app.test_cli_runner()
    assert runner.invoke(cli, ["check"]).exit_code == 0
    with transaction():
        late = MONDAY + timedelta(days=9)
        db.session.execute(update(models.Clock).where(models.Clock.id == started).values(due_at=late))
    result = runner.invoke(cli, ["check"])
    assert (result.exit_code, result.stdout) == (1, f"Clock {started} is not what its history tells.\n")
