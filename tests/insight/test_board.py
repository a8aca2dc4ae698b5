"""The board, counted by hand."""

from __future__ import annotations

import statistics
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from feedback.insight.queries.board import board, burning, how_many
from feedback.insight.queries.cohort import watched_units
from feedback.insight.queries.listing import all_lines, behind, question
from feedback.insight.rules.figures import Reach
from feedback.insight.rules.measures import BURNING, Measure
from feedback.insight.rules.period import Period
from feedback.storage.session import db
from feedback.tickets.models import TicketCycle, TicketEvent
from feedback.tickets.rules.words import MoveName, State
from tests.factories import World
from tests.insight.conftest import MARCH, NOW, ZONE, Maker
from tests.insight.month import DAY, TONIGHT, YESTERDAY, Build, fill, near, rows_of


def test_counts_per_unit_by_hand(make: Maker, world: World, scope: Build) -> None:
    fill(make, world)
    rows = rows_of(world, scope(world.government))
    assert list(rows) == ["total", "Provinsi Contoh", "Dinas Kesehatan", "Dinas Perhubungan"]
    transport = rows["Dinas Perhubungan"].figures.counts
    # 4 + 2 answered, 1 late, 1 due tonight, 1 waiting for the reporter, 1 rejected, 1 disputed with two rounds, 1 on hold
    assert transport[Measure.RECEIVED] == 13
    assert transport[Measure.ANSWERED] == 7
    assert transport[Measure.OPEN] == 5
    assert transport[Measure.OVERDUE] == 1
    assert transport[Measure.UNANSWERED] == 1
    assert transport[Measure.CONTESTED] == 1
    assert transport[Measure.CLOSED] == 5
    assert transport[Measure.LAPSED] == 1
    assert transport[Measure.ON_TIME] == 6
    assert transport[Measure.LATE] == 2
    assert transport[Measure.JUDGED] == 8
    assert rows["Provinsi Contoh"].reach is Reach.OWN
    assert rows["Provinsi Contoh"].figures.counts[Measure.RECEIVED] == 2
    assert rows["total"].figures.counts[Measure.RECEIVED] == 16


def test_median_and_p90_by_hand(make: Maker, world: World, scope: Build) -> None:
    fill(make, world)
    figures = rows_of(world, scope(world.agency))["Dinas Perhubungan"].figures
    # Held by the agency itself: 30, 40, 60, 90, 240. Median 60; rank 3.6: 90 + 0.6 x 150 = 180.
    working = figures.first_response.working
    assert (working.n, working.median, working.p75, working.p90) == (5, near(60), near(90), near(180))
    assert (figures.first_response.elapsed.median, figures.first_response.elapsed.p90) == (near(10_800), near(32_400))
    # 100, 150, 200, 300, 1000: median 200; rank 3.6: 300 + 0.6 x 700 = 720.
    assert (figures.resolution.working.median, figures.resolution.working.p90) == (near(200), near(720))
    assert not working.small


def test_small_numbers_are_marked(make: Maker, world: World, scope: Build) -> None:
    fill(make, world)
    rows = rows_of(world, scope(world.agency))
    assert rows["Bidang Lampu Jalan"].figures.first_response.working.small
    assert rows["Bidang Lampu Jalan"].figures.on_time_share == 0.5


def test_agrees_with_a_recount_of_every_row(make: Maker, world: World, scope: Build) -> None:
    """An independent count in plain Python over the whole tables."""
    fill(make, world)
    make.answered(world.division, 77, 777, on_time=False, received_at=datetime(2026, 3, 31, 14, 59, tzinfo=UTC))
    db.session.commit()
    mine = {world.government, world.agency, world.division, world.other_agency}
    first, resolved, received = [], [], 0
    for cycle in db.session.scalars(select(TicketCycle)):
        local = (cycle.started_at + timedelta(hours=9)).date()
        unit = cycle.unit_id
        if unit in mine and date(2026, 3, 1) <= local <= date(2026, 3, 31):
            received += 1
            first += [cycle.first_response_minutes] if cycle.first_response_minutes is not None else []
            resolved += [cycle.resolution_minutes] if cycle.resolution_minutes is not None else []
    total = rows_of(world, scope(world.government))["total"].figures
    assert total.counts[Measure.RECEIVED] == received == 17
    for spread, values in ((total.first_response.working, first), (total.resolution.working, resolved)):
        assert spread.n == len(values)
        assert spread.median == near(statistics.median(values))
        assert spread.p90 == near(statistics.quantiles(values, n=10, method="inclusive")[8])


def test_what_burns_now(make: Maker, world: World, scope: Build) -> None:
    fill(make, world)
    now = burning(scope(world.government), world.governor)
    assert now == {
        Measure.NOW_OVERDUE: 1,
        Measure.NOW_DUE_TODAY: 1,
        Measure.NOW_DUE_IN_1: 1,
        Measure.NOW_DUE_IN_2: 0,
        Measure.NOW_DUE_IN_3: 0,
        Measure.NOW_PROMISE_BROKEN: 1,
        Measure.NOW_DISPUTED: 1,
        Measure.NOW_RETURNED: 1,
        Measure.NOW_RETURNED_TWICE: 0,
        Measure.NOW_ESCALATED: 0,
        Measure.NOW_OPEN: 7,
    }
    assert set(now) == set(BURNING)


def test_an_escalation_burns_until_somebody_answers_it(make: Maker, world: World, scope: Build) -> None:
    ticket = make.open(world.agency)
    event = {"ticket_id": ticket.id, "to_state": ticket.state, "cycle": 1, "version": 1, "unit_id": world.agency}
    db.session.add(TicketEvent(**event, at=NOW, move=MoveName.ESCALATE, is_public=False))
    db.session.commit()
    assert burning(scope(world.agency), world.governor)[Measure.NOW_ESCALATED] == 1
    assert behind(question(Measure.NOW_ESCALATED, scope(world.agency), world.governor)).total == 1
    db.session.add(TicketEvent(**event, at=NOW, move=MoveName.INSTRUCT, is_public=False))
    db.session.commit()
    assert burning(scope(world.agency), world.governor)[Measure.NOW_ESCALATED] == 0


@pytest.mark.parametrize(
    ("due_at", "measure"),
    [
        (NOW - timedelta(microseconds=1), Measure.NOW_OVERDUE),
        (YESTERDAY, Measure.NOW_OVERDUE),
        # The instant itself is not in time any more.
        (NOW, Measure.NOW_OVERDUE),
        (NOW + timedelta(microseconds=1), Measure.NOW_DUE_TODAY),
        (TONIGHT, Measure.NOW_DUE_TODAY),
        # The 18th to the 24th are days off (SKB 3 Menteri): the next working days end at the midnights after 25, 26, 27.
        (TONIGHT + DAY, Measure.NOW_DUE_IN_1),
        (TONIGHT + 8 * DAY, Measure.NOW_DUE_IN_1),
        (TONIGHT + 8 * DAY + timedelta(seconds=1), Measure.NOW_DUE_IN_2),
        (TONIGHT + 10 * DAY, Measure.NOW_DUE_IN_3),
        (TONIGHT + 10 * DAY + timedelta(seconds=1), None),
    ],
)
def test_edges_of_due(make: Maker, world: World, scope: Build, due_at: datetime, measure: Measure | None) -> None:
    make.open(world.agency, due_at=due_at, due_kind="resolve")
    make.open(world.agency, due_at=due_at, due_kind="completion", state=State.INCOMPLETE)
    db.session.commit()
    now = burning(scope(world.agency), world.governor)
    assert now.pop(Measure.NOW_OPEN) == 2
    assert [one for one, number in now.items() if number] == ([measure] if measure else [])
    assert max(now.values()) == (1 if measure else 0)


def test_an_answer_deadline_breached_and_then_paused_stays_late(make: Maker, world: World, scope: Build) -> None:
    ticket = make.open(world.agency)
    make.clock(ticket, "resolve", state="paused", breached_at=NOW - DAY)
    kept = make.open(world.agency)
    make.clock(kept, "resolve", due_at=NOW + DAY)
    other = make.open(world.agency)
    make.clock(other, "first_response", due_at=NOW - DAY)  # not the deadline of the answer
    db.session.commit()
    assert how_many(Measure.LATE, scope(world.agency), world.governor) == 1


def test_a_target_moved_into_the_past_is_nobodys_lateness(make: Maker, world: World, scope: Build) -> None:
    """Before its answer as after it (DOMAIN.md 4.9); that it is overdue is told all the same."""
    ticket = make.open(world.agency, due_at=NOW - DAY, due_kind="resolve")
    make.clock(ticket, "resolve", due_at=NOW - DAY, retarget_overdue=True)
    make.clock(ticket, "verify", due_at=NOW - DAY, retarget_overdue=True)
    joined = make.answered(world.agency, 60, 600)
    make.clock(joined, "verify", state="missed", due_at=NOW - DAY, stopped_at=NOW, retarget_overdue=True)
    truly = make.open(world.agency, due_at=NOW, due_kind="resolve")
    make.clock(truly, "resolve", due_at=NOW)
    make.clock(truly, "verify", due_at=NOW)
    db.session.commit()
    count = rows_of(world, scope(world.agency))["total"].figures.counts
    wanted = {Measure.LATE: 1, Measure.VERIFY_MISSED: 1, Measure.VERIFY_KEPT: 0, Measure.OVERDUE: 2, Measure.JUDGED: 2}
    assert {measure: count[measure] for measure in wanted} == wanted


def test_confidential_and_hidden_tickets_count_only_for_those_who_may_know(make: Maker, world: World, scope: Build) -> None:
    about_head = make.open(world.agency, confidential=True, reported_person_id=world.head.person_id)
    make.open(world.agency, confidential=True)
    moved = make.ticket(world.other_agency, confidential=True, cycle=2, state=State.DISPUTED)
    make.round(moved, 1, unit_id=world.agency, answered_at=NOW - DAY, first_response_minutes=5)
    make.round(moved, 2, unit_id=world.other_agency)
    db.session.commit()
    asked = scope(world.agency)
    numbers = {}
    for name, actor in (("governor", world.governor), ("head", world.head)):
        about = question(Measure.RECEIVED, asked, actor)
        lines = {line.number for line in all_lines(about)}
        numbers[name] = rows_of(world, asked, actor)["total"].figures
        assert numbers[name].counts[Measure.RECEIVED] == len(lines)
        assert (about_head.number in lines) is (name == "governor")
        assert (moved.number in lines) is (name == "governor")
    assert numbers["governor"].counts[Measure.RECEIVED] == 3
    assert numbers["head"].counts[Measure.RECEIVED] == 1
    assert (numbers["governor"].first_response.working.n, numbers["head"].first_response.working.n) == (1, 0)


def test_closed_units_keep_their_row_only_while_they_have_figures(make: Maker, world: World, scope: Build) -> None:
    from feedback.units.models import Unit

    unit = db.session.get(Unit, world.other_agency)
    assert unit is not None
    unit.valid_to = date(2026, 3, 1)
    db.session.commit()
    assert "Dinas Kesehatan" not in rows_of(world, scope(world.government))
    make.answered(world.other_agency, 5, 5)
    db.session.commit()
    assert rows_of(world, scope(world.government))["Dinas Kesehatan"].figures.counts[Measure.RECEIVED] == 1


def test_statements_do_not_grow_with_rows_or_units(
    make: Maker, world: World, scope: Build, statements: list[str]
) -> None:
    asked = scope(world.government)

    def spent() -> tuple[int, int]:
        statements.clear()
        watched = watched_units(world.governor)
        board(asked, watched, world.governor)
        burning(asked, world.governor)
        of_board = len(statements)
        statements.clear()
        behind(question(Measure.FIRST_RESPONSE_SLOW, asked, world.governor))
        return of_board, len(statements)

    make.answered(world.agency, 10, 10)
    make.answered(world.agency, 20, 10)
    db.session.commit()
    before = spent()
    fill(make, world)
    for serial in range(30):
        make.clock(make.answered(world.division, serial, serial), "holding")
    db.session.commit()
    assert spent() == before == (7, 7)


def test_an_empty_period_has_no_times_and_no_share(world: World, scope: Build) -> None:
    rows = rows_of(world, scope(world.government, period=Period(date(2020, 1, 1), date(2020, 1, 1), ZONE)))
    assert len(rows) == 4
    assert rows["total"].figures.first_response.working.median is None
    assert rows["total"].figures.on_time_share is None
    assert MARCH.zone == ZONE


def test_tiles_count_only_what_the_actor_may_know(make: Maker, world: World, scope: Build) -> None:
    due = {"due_at": NOW - DAY, "due_kind": "resolve"}
    make.open(world.agency, confidential=True, reported_person_id=world.head.person_id, **due)
    make.open(world.agency, confidential=True, **due)
    db.session.commit()
    asked = scope(world.agency)
    assert burning(asked, world.governor)[Measure.NOW_OVERDUE] == 2
    assert burning(asked, world.head)[Measure.NOW_OVERDUE] == 1
    assert behind(question(Measure.NOW_OVERDUE, asked, world.head)).total == 1
