"""Figures from stored cells equal figures from rows, whatever has happened since the cells were made."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from feedback.insight.actions import rebuild, refresh, verify
from feedback.insight.handlers import check_figures
from feedback.insight.models import FigureCell, FigureFact, FigureState
from feedback.insight.queries.board import board
from feedback.insight.queries.cohort import units_below, watched_units
from feedback.insight.queries.facts import facts
from feedback.insight.queries.listing import behind, question
from feedback.insight.queries.rollup import split_tallies, state, tallies
from feedback.insight.rules.buckets import LARGEST_ERROR
from feedback.insight.rules.facts import Basis, Dimension
from feedback.insight.rules.figures import Reach
from feedback.insight.rules.measures import COUNTED, Measure
from feedback.insight.rules.period import Period
from feedback.insight.rules.scope import Scope
from feedback.insight.rules.spread import percentile
from feedback.storage.outbox import Job
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle, TicketEvent
from feedback.tickets.rules.words import State
from feedback.units.actions import MoveUnit, move_unit
from tests.factories import World
from tests.insight.conftest import NOW, ZONE, Maker
from tests.insight.month import fill

Build = Callable[..., Scope]
PERIODS = (
    Period(date(2026, 3, 1), date(2026, 3, 31), ZONE),
    Period(date(2026, 3, 2), date(2026, 3, 2), ZONE),
    Period(date(2025, 11, 17), date(2026, 3, 16), ZONE),
)


def past(make: Maker, world: World, count: int = 60) -> None:
    """Months of answered reports with a few of everything else, always the same."""
    chance = random.Random(7)
    for _serial in range(count):
        unit = chance.choice((world.agency, world.division, world.other_agency, world.government))
        at = datetime(2025, 11, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(60 * 24 * 130))
        first, resolved = int(chance.lognormvariate(5, 1)), int(chance.lognormvariate(7, 1))
        ticket = make.answered(
            unit, first, resolved, on_time=chance.choice((True, True, False, None)), received_at=at,
            confidential=chance.random() < 0.2, topic_id=chance.choice((world.topic, world.other_topic, None)),
        )  # fmt: skip
        make.clock(ticket, "holding", state="met", stopped_at=at + timedelta(hours=3), used_minutes=60)
        make.clock(
            ticket, "holding", unit_id=world.government, started_at=at + timedelta(hours=3), state="met",
            stopped_at=at + timedelta(hours=4), used_minutes=30,
        )  # fmt: skip
        make.clock(ticket, "verify", state="met", stopped_at=at + timedelta(hours=1), used_minutes=20, elapsed_seconds=3600)
    db.session.commit()


def happened(ticket: Ticket) -> None:
    """Something was done to a report: an event, as every move leaves one."""
    db.session.add(
        TicketEvent(
            ticket_id=ticket.id, at=NOW, move="reopen", to_state=ticket.state, cycle=ticket.cycle, version=2,
            unit_id=ticket.unit_id,
        )
    )
    db.session.commit()


def nonzero(found: dict[Any, list[int]]) -> dict[Any, dict[int, int]]:
    kept = {key: {lane: number for lane, number in enumerate(whole) if number} for key, whole in found.items()}
    return {key: whole for key, whole in kept.items() if whole}


def from_rows(scope: Scope, actor: Any, dimension: Dimension = Dimension.ALL) -> dict[Any, dict[int, int]]:
    """The same question with the cells forgotten for a moment."""
    db.session.execute(update(FigureState).values(layout=0))
    (found,) = split_tallies(scope, units_below(scope.unit), actor, dimension)
    db.session.rollback()
    return nonzero(found)


def from_cells(scope: Scope, actor: Any, dimension: Dimension = Dimension.ALL) -> dict[Any, dict[int, int]]:
    (found,) = split_tallies(scope, units_below(scope.unit), actor, dimension)
    return nonzero(found)


def all_agree(world: World, scope: Build) -> None:
    assert state() is not None
    for actor in (world.governor, world.head):
        for unit_id in (world.government, world.agency) if actor is world.governor else (world.agency,):
            for period in PERIODS:
                for basis in Basis:
                    asked = replace(scope(unit_id, period=period), basis=basis)
                    assert from_cells(asked, actor) == from_rows(asked, actor), (unit_id, period, basis)


def test_cells_and_rows_agree_at_every_edge(make: Maker, world: World, scope: Build) -> None:
    past(make, world)
    fill(make, world)
    rebuild(NOW)
    all_agree(world, scope)
    wide = scope(world.government, period=PERIODS[2])
    assert sum(1 for whole in from_cells(wide, world.governor).values() if whole) >= 4


def test_what_happens_after_the_cells_were_made_counts_at_once_and_once(make: Maker, world: World, scope: Build) -> None:
    past(make, world)
    rebuild(NOW)
    closed = db.session.scalars(select(Ticket).where(Ticket.state == State.CLOSED).order_by(Ticket.id)).all()
    reopened, hidden, lapsed = closed[0], closed[1], closed[2]
    reopened.state, reopened.is_open, reopened.cycle = State.IN_PROGRESS, True, 2
    make.round(reopened, 2, started_at=NOW - timedelta(hours=5))
    hidden.hidden = True
    hidden.unit_id = world.other_agency
    lapsed.state = State.LAPSED
    for ticket in (reopened, hidden, lapsed):
        happened(ticket)
    all_agree(world, scope)
    assert refresh(NOW) >= 3
    all_agree(world, scope)
    assert db.session.scalar(select(func.count()).where(FigureFact.ticket_id == reopened.id)) == 0
    assert refresh(NOW) == 0


def test_a_report_closed_before_the_next_refresh_is_not_lost(make: Maker, world: World, scope: Build) -> None:
    past(make, world, 5)
    waiting = make.open(world.agency)
    db.session.commit()
    rebuild(NOW)
    asked = scope(world.agency)
    before = board(asked, watched_units(world.governor), world.governor).total.figures.counts[Measure.CLOSED]
    waiting.state, waiting.is_open = State.CLOSED, False
    happened(waiting)
    for _once in range(2):
        counts = board(asked, watched_units(world.governor), world.governor).total.figures.counts
        assert counts[Measure.CLOSED] == before + 1
        refresh(NOW)


def test_a_unit_that_was_moved_takes_its_figures_with_it(make: Maker, world: World, scope: Build) -> None:
    past(make, world)
    rebuild(NOW)
    receiving = scope(world.other_agency, period=PERIODS[2])
    before = sum(from_cells(receiving, world.governor)[world.other_agency, ""].values())
    move_unit(MoveUnit(unit_id=world.division, parent_id=world.other_agency))
    assert state() is None, "cells of the old tree are not read"
    found = from_cells(receiving, world.governor)
    assert found.keys() == {(world.other_agency, ""), (world.division, "")}
    refresh(NOW)
    all_agree(world, scope)
    assert from_cells(receiving, world.governor) == found
    assert sum(found[world.other_agency, ""].values()) == before


def test_who_may_not_know_counts_as_little_from_cells(make: Maker, world: World, scope: Build) -> None:
    make.answered(world.agency, 10, 10, confidential=True)
    make.answered(world.agency, 10, 10, confidential=True, reported_person_id=world.head.person_id)
    make.answered(world.agency, 10, 10)
    db.session.commit()
    rebuild(NOW)
    asked = scope(world.agency)

    def received(actor: Any) -> int:
        return board(asked, watched_units(actor), actor).total.figures.counts[Measure.RECEIVED]

    assert (received(world.governor), received(world.head)) == (3, 2)
    all_agree(world, scope)


@pytest.mark.parametrize("dimension", [one for one in Dimension if one is not Dimension.ALL])
def test_dimensions_agree_over_whole_months(make: Maker, world: World, scope: Build, dimension: Dimension) -> None:
    past(make, world)
    fill(make, world)
    rebuild(NOW)
    asked = scope(world.government, period=Period(date(2025, 12, 1), date(2026, 3, 31), ZONE))
    found = from_cells(asked, world.governor, dimension)
    assert found == from_rows(asked, world.governor, dimension)
    assert len(found) > 1


def test_numbers_from_cells_are_as_long_as_their_lists(make: Maker, world: World, scope: Build) -> None:
    past(make, world)
    fill(make, world)
    rebuild(NOW)
    for basis in Basis:
        asked = replace(scope(world.government), basis=basis)
        figures = board(asked, watched_units(world.governor), world.governor).total.figures
        for measure in COUNTED:
            total = behind(question(measure, asked, world.governor)).total
            assert figures.counts[measure] == total, (basis, measure)
        assert figures.verify.working.n == behind(question(Measure.VERIFIED, asked, world.governor)).total


def test_percentiles_are_within_two_percent_of_exact_ones(make: Maker, world: World, scope: Build) -> None:
    past(make, world, 150)
    db.session.commit()
    rebuild(NOW)
    asked = scope(world.government, period=Period(date(2025, 11, 1), date(2026, 3, 31), ZONE))
    figures = board(asked, watched_units(world.governor), world.governor).total.figures
    minutes = sorted(db.session.scalars(select(TicketCycle.resolution_minutes)).all())
    for percent, found in ((50, figures.resolution.working.median), (75, figures.resolution.working.p75), (90, figures.resolution.working.p90)):
        exact = percentile(minutes, percent)
        assert found == pytest.approx(exact, rel=LARGEST_ERROR)


def test_the_check_finds_a_changed_row_and_a_changed_cell(make: Maker, world: World) -> None:
    past(make, world, 10)
    db.session.commit()
    rebuild(NOW)
    assert verify(NOW).wrong == ()
    cycle_id = db.session.scalar(select(func.min(TicketCycle.id)))
    db.session.execute(update(TicketCycle).where(TicketCycle.id == cycle_id).values(resolution_minutes=999_999))
    db.session.execute(delete(FigureCell).where(FigureCell.key == select(func.min(FigureCell.key)).scalar_subquery()))
    db.session.commit()
    wrong = verify(NOW).wrong
    assert f"round {cycle_id}" in wrong[0]
    assert any("do not add up" in text for text in wrong)
    known = state()
    assert known is not None
    assert known.wrong == len(wrong)
    check_figures(Job(1, "insight.check", "x", {}, 1, NOW))
    known = state()
    assert known is not None
    assert (known.wrong, known.wrong_text[:5]) == (len(wrong), "round")  # still told, though it is mended
    assert verify(NOW).wrong == ()


def test_a_rebuild_since_a_date_mends_what_came_after_it(make: Maker, world: World, scope: Build) -> None:
    past(make, world, 20)
    db.session.commit()
    rebuild(NOW)
    newest = db.session.scalars(select(TicketCycle).order_by(TicketCycle.started_at.desc()).limit(1)).one()
    newest.resolution_minutes = 77
    db.session.commit()
    assert len(verify(NOW).wrong) == 1
    assert rebuild(NOW, since=newest.started_at.date()) >= 1
    assert verify(NOW).wrong == ()


def test_units_in_several_zones_are_counted_from_rows(make: Maker, world: World, scope: Build) -> None:
    from feedback.units.models import Unit

    past(make, world, 10)
    unit = db.session.get(Unit, world.division)
    assert unit is not None
    unit.zone = "Asia/Jakarta"
    db.session.commit()
    rebuild(NOW)
    asked = scope(world.agency, Reach.SUBTREE, PERIODS[2])
    below = units_below(asked.unit)
    rows = facts(TicketCycle.unit_id.in_([one.id for one in below]), NOW)
    assert nonzero(tallies(asked, below, world.governor)[0])
    assert len(rows) > 0


def test_reading_cells_takes_as_many_statements_whatever_there_is(
    make: Maker, world: World, scope: Build, statements: list[str]
) -> None:
    asked = scope(world.government)
    below = units_below(asked.unit)
    counts = []
    for number in (3, 40):
        past(make, world, number)
        db.session.commit()
        rebuild(NOW)
        statements.clear()
        tallies(asked, below, world.governor)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 7
