"""The lists behind the numbers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, select

from feedback.insight.actions import rebuild
from feedback.insight.queries import slow
from feedback.insight.queries.board import board, burning
from feedback.insight.queries.cohort import watched_units
from feedback.insight.queries.listing import all_lines, behind, question
from feedback.insight.rules.figures import Reach
from feedback.insight.rules.measures import COUNTED, SLOW, Measure
from feedback.storage.session import db
from feedback.tickets.models import TicketCycle
from feedback.tickets.rules.words import State
from tests.factories import World
from tests.insight.conftest import NOW, Maker
from tests.insight.month import DAY, Build, fill, near, rows_of


@pytest.mark.parametrize("reach", Reach)
def test_every_number_is_as_long_as_its_list(make: Maker, world: World, scope: Build, reach: Reach) -> None:
    fill(make, world)
    for unit_id in (world.government, world.agency, world.division, world.other_agency):
        asked = scope(unit_id, reach)
        rows = rows_of(world, asked)
        row = rows["total"] if reach is Reach.SUBTREE else rows[asked.unit.name]
        figures = row.figures
        numbers = {measure: figures.counts[measure] for measure in COUNTED}
        numbers[Measure.FIRST_RESPONSE] = figures.first_response.working.n
        numbers[Measure.RESOLUTION] = figures.resolution.working.n
        if reach is Reach.SUBTREE:
            numbers.update(burning(asked, world.governor))
        for measure, number in numbers.items():
            about = question(measure, asked, world.governor)
            found = behind(about)
            assert number == found.total == len(found.page.rows) == len(list(all_lines(about))), (measure, unit_id)


@pytest.fixture(params=[False, True], ids=["few", "many"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rounds are looked at one by one, of many the longest first: with the same result."""
    if request.param:
        monkeypatch.setattr(slow, "MANY", 1)


@pytest.mark.usefixtures("_either_way")
def test_slower_than_p90_lists_exactly_those(make: Maker, world: World, scope: Build) -> None:
    for kept_out in ({"state": State.JOINED}, {"received_at": datetime(2026, 2, 20, tzinfo=UTC)}, {"confidential": True, "reported_person_id": world.governor.person_id}):
        make.answered(world.agency, 9000, 90000, **kept_out)
    make.answered(world.other_government, 9000, 90000)
    for minutes in range(10, 210, 10):
        make.answered(world.agency, minutes, minutes * 10)
    db.session.commit()
    # 20 values 10..200: rank 17.1: 180 + 0.1 x 10 = 181; slower are 190 and 200. The figure may be 2 % off.
    for measure, times in ((Measure.FIRST_RESPONSE_SLOW, 1), (Measure.RESOLUTION_SLOW, 10)):
        found = behind(question(measure, scope(world.agency), world.governor))
        minutes_ = [
            line.first_response_minutes if times == 1 else line.resolution_minutes for line in found.page.rows
        ]
        assert found.limit == near(181.0 * times)
        assert found.total == len(minutes_)
        assert minutes_ == [each * times for each in (200, 190, 180) if each * times > found.limit]


@pytest.mark.usefixtures("_either_way")
def test_every_slow_round_is_listed_once_and_counted(make: Maker, world: World, scope: Build) -> None:
    """Equal times, times in the percentile's own bucket and far above it, and what came after the figures were stored."""
    random = Random(3)
    for _serial in range(150):
        make.answered(random.choice((world.agency, world.division)), int(random.lognormvariate(5, 1)), random.randrange(900, 1100))
    db.session.commit()
    rebuild(NOW)
    for unit_id in (world.agency, world.division):
        make.answered(unit_id, 9_999_999, 1090, state=State.DISPUTED)
    db.session.commit()
    for measure, column in ((Measure.FIRST_RESPONSE_SLOW, TicketCycle.first_response_minutes), (Measure.RESOLUTION_SLOW, TicketCycle.resolution_minutes)):
        for unit_id in (world.agency, world.division):
            for reach in Reach:
                asked = scope(unit_id, reach)
                about = question(measure, asked, world.governor)
                found, lines = behind(about), list(all_lines(about))
                units = [unit_id] if reach is Reach.OWN else [unit_id, world.division]
                wanted = select(column).where(TicketCycle.unit_id.in_(units), column > (found.limit or 0)).order_by(column.desc())
                times = [each.first_response_minutes if measure is Measure.FIRST_RESPONSE_SLOW else each.resolution_minutes for each in lines]
                assert found.total == len(lines) > 3
                assert times == list(db.session.scalars(wanted))


def test_slow_lists_are_empty_without_any_times(make: Maker, world: World, scope: Build) -> None:
    make.open(world.agency)
    db.session.commit()
    for measure in SLOW:
        assert behind(question(measure, scope(world.agency), world.governor)).total == 0


def test_an_anonymous_report_is_counted_but_its_times_are_not_told(make: Maker, world: World, scope: Build) -> None:
    make.answered(world.agency, 30, 60, anonymous=True)
    db.session.commit()
    asked = question(Measure.FIRST_RESPONSE, scope(world.agency), world.governor)
    assert behind(asked).total == 1
    line = behind(asked).page.rows[0]
    told = (line.first_response_minutes, line.first_response_seconds, line.resolution_minutes, line.resolution_seconds)
    assert told == (None, None, None, None)


def test_words_of_an_unpublished_ticket_elsewhere_stay_closed(make: Maker, world: World, scope: Build) -> None:
    moved = make.ticket(world.other_agency, published_at=None, cycle=2, state=State.DISPUTED)
    make.round(moved, 1, unit_id=world.agency, answered_at=NOW - DAY)
    make.round(moved, 2, unit_id=world.other_agency)
    db.session.commit()
    asked = scope(world.agency)
    [for_head] = behind(question(Measure.RECEIVED, asked, world.head)).page.rows
    [for_governor] = behind(question(Measure.RECEIVED, asked, world.governor)).page.rows
    assert for_head.words is None
    assert for_governor.words == moved.text


def test_pages_forward_and_back_show_every_row_once(make: Maker, world: World, scope: Build) -> None:
    same = datetime(2026, 3, 3, tzinfo=UTC)
    for serial in range(120):
        # Pairs at one instant and equal times, so that only the last part of the key tells them apart.
        make.answered(world.agency, 10 + serial // 40, 10, received_at=same + timedelta(minutes=serial // 2))
    db.session.commit()
    for measure in (Measure.RECEIVED, Measure.RESOLUTION):
        about = question(measure, scope(world.agency), world.governor)
        first = behind(about).page
        second = behind(about, after=first.next).page
        third = behind(about, after=second.next).page
        numbers = [line.number for page in (first, second, third) for line in page.rows]
        assert len(numbers) == len(set(numbers)) == 120
        assert [len(page.rows) for page in (first, second, third)] == [50, 50, 20]
        assert third.next is None
        assert first.previous is None
        assert behind(about, before=third.previous).page.rows == second.rows
        assert numbers == [line.number for line in all_lines(about)]


@pytest.mark.usefixtures("_either_way")
def test_pages_of_slow_rounds_and_of_what_burns(make: Maker, world: World, scope: Build) -> None:
    for serial in range(600):
        make.answered(world.agency, serial // 3, 10)
    for _serial in range(60):
        make.open(world.agency, due_at=NOW - DAY, due_kind="verify")
    db.session.commit()
    for measure in (Measure.FIRST_RESPONSE_SLOW, Measure.NOW_OVERDUE):
        about = question(measure, scope(world.agency), world.governor)
        first = behind(about)
        total = 60 if first.limit is None else sum(serial // 3 > first.limit for serial in range(600))
        assert 50 < total < 70
        second = behind(about, after=first.page.next).page
        assert first.total == total
        assert len({line.number for line in (*first.page.rows, *second.rows)}) == total
        assert behind(about, before=second.previous).page.rows == first.page.rows


@pytest.mark.parametrize("cursor", ["", "x", "W10", "WyIyMDI2IiwxXQ", "WyJhIiwxXQ", "WzEsMV0", "\x00", "é" * 50, "W251bGwsMV0"])
def test_made_up_cursors_give_the_first_page(make: Maker, world: World, scope: Build, cursor: str) -> None:
    make.answered(world.agency, 5, 5)
    db.session.commit()
    for measure in (Measure.RECEIVED, Measure.NOW_OVERDUE):
        about = question(measure, scope(world.agency), world.governor)
        assert behind(about, after=cursor) == behind(about)
        assert behind(about, before=cursor) == behind(about)


@pytest.mark.plans
def test_questions_use_their_indexes(make: Maker, world: World, scope: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow, "MANY", 1)
    fill(make, world)
    asked = scope(world.agency)
    watched = watched_units(world.governor)
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    board(asked, watched, world.governor)
    behind(question(Measure.RECEIVED, asked, world.governor))
    burning(asked, world.governor)
    before = len(sent)
    longest = question(Measure.RESOLUTION_SLOW, asked, world.governor)
    of_figures = len(sent)
    behind(longest)
    event.remove(db.engine, "before_cursor_execute", note)
    connection = db.session.connection()
    on_sqlite = connection.dialect.name == "sqlite"
    if not on_sqlite:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    # The holding clocks of one page are found by their tickets.
    wanted = ["ix_ticket_cycle_", "ix_clock_ticket_id", "ix_ticket_cycle_", "ix_ticket_cycle_", "ix_clock_ticket_id", "ix_ticket_"]
    # With so few rows PostgreSQL finds nothing to choose between; SQLite is told the way by the statement itself.
    wanted += 2 * ["ix_ticket_cycle_resolution_minutes" if on_sqlite else "ix_ticket_"] + ["ix_clock_ticket_id"]
    sent = [each for place, each in enumerate(sent) if re.search("FROM (ticket|clock)", each[0]) and not before <= place < of_figures]
    assert len(sent) == len(wanted)
    for (statement, parameters), index in zip(sent, wanted, strict=True):
        explained = connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' if on_sqlite else ''}{statement}", parameters)
        plan = " ".join(str(row[-1]) for row in explained)
        assert index in plan, plan
