"""Who needs help: uncertainty, ages of open reports, load per officer, the same units before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import update

from feedback.clocks.queries import calendar_of_unit, calendars_of_units
from feedback.insight.queries.ageing import aged_conditions
from feedback.insight.queries.board import board, board_beside
from feedback.insight.queries.cohort import units_below, watched_units
from feedback.insight.queries.helping import ageing, loads
from feedback.insight.queries.listing import behind, question
from feedback.insight.rules.ageing import edges
from feedback.insight.rules.doubt import Interval, places, ranks_around, share_within
from feedback.insight.rules.figures import Reach
from feedback.insight.rules.measures import AGED, OPEN_NOW, Measure
from feedback.insight.rules.ranking import RankedBy, ranking
from feedback.insight.rules.scope import Scope
from feedback.kernel.clock import pretending
from feedback.storage.session import db
from feedback.tickets.models import TicketCycle, TicketEvent
from feedback.tickets.rules.words import State
from feedback.units.models import Unit
from tests.factories import World
from tests.insight.conftest import NOW, Maker
from tests.site import Reader

Build = Callable[..., Scope]
ALONE = Interval(5.0, 6.0)


@pytest.mark.parametrize(
    ("n", "percent", "expected"),
    # The published tables of order statistics: n 10 the 2nd to the 9th, n 20 the 6th to the 15th.
    [(10, 50, (2, 9)), (20, 50, (6, 15)), (10, 90, (8, None)), (3, 50, (None, None)), (100, 90, (85, 96))],
)
def test_ranks_of_the_interval(n: int, percent: int, expected: tuple[int | None, int | None]) -> None:
    assert ranks_around(n, percent) == expected


def test_intervals_hold_the_median_they_look_for() -> None:
    """Drawn 400 times, the true median of 0.5 lies within at least 93 times in 100."""
    random, held = Random(7), 0
    for _ in range(400):
        values = sorted(random.random() for _ in range(30))
        first, last = ranks_around(30, 50)
        assert first is not None
        assert last is not None
        held += values[first - 1] <= 0.5 <= values[last - 1]
    assert held >= 372


def test_wilson() -> None:
    within = share_within(5, 10)
    assert (within.low, within.high) == (pytest.approx(0.2366, abs=1e-4), pytest.approx(0.7634, abs=1e-4))
    nothing = share_within(0, 20)
    assert nothing.low == 0.0
    assert nothing.high == pytest.approx(0.1611, abs=1e-4)
    assert share_within(0, 0) == Interval(None, None)


def test_places_leave_open_what_overlaps() -> None:
    slow, middle, also, fast = Interval(9, 10), Interval(5, 7), Interval(6, 8), Interval(1, 2)
    assert places([slow, middle, also, fast]) == [(1, 1), (2, 3), (2, 3), (4, 4)]
    assert places([Interval(1, None), fast]) == [(1, 2), (1, 2)]
    assert places([ALONE]) == [(1, 1)]


def many(make: Maker, unit_id: int, count: int, minutes: int, *, on_time: bool = True) -> None:
    for number in range(count):
        make.answered(unit_id, 5, minutes + number, on_time=on_time)


def test_ranking_needs_enough_and_tells_apart_only_what_it_can(make: Maker, world: World, scope: Build) -> None:
    many(make, world.agency, 12, 5000, on_time=False)
    many(make, world.other_agency, 12, 100)
    many(make, world.government, 9, 20_000)
    found = board(scope(world.government), watched_units(world.governor), world.governor)
    for by in RankedBy:
        told = ranking(found.rows, by)
        assert [(each.row.unit.id, each.n) for each in told.ranked] == [(world.agency, 12), (world.other_agency, 12)]
        assert [(row.unit.id, n) for row, n in told.too_few] == [(world.government, 9)]
    assert [(each.first, each.last) for each in ranking(found.rows, RankedBy.MEDIAN).ranked] == [(1, 1), (2, 2)]
    assert [(each.first, each.last) for each in ranking(found.rows, RankedBy.LATE).ranked] == [(1, 1), (2, 2)]
    same = replace(found.rows[1].unit, id=99), found.rows[1]
    alike = [replace(found.rows[1], unit=same[0]), found.rows[1]]
    assert [each.sure for each in ranking(alike, RankedBy.MEDIAN).ranked] == [False, False]


def test_age_counts_working_days_that_are_over(world: World) -> None:
    calendar = calendar_of_unit(world.agency, NOW).calendar  # Tuesday 17 March 2026
    marks = edges(calendar, NOW)
    # Six working days before today: 9 to 13 and 16 March. What came before the 9th began has all six behind it.
    assert marks[0] == datetime(2026, 3, 8, 15, 0, tzinfo=UTC)
    assert list(marks) == sorted(marks, reverse=True)
    units = units_below_of(world.government)
    assert {unit_id: each.version_id for unit_id, each in calendars_of_units(units, NOW).items()} == {
        unit.id: calendar_of_unit(unit.id, NOW).version_id for unit in units
    }


def units_below_of(unit_id: int) -> Any:
    from feedback.units.queries import unit_by_id

    unit = unit_by_id(unit_id)
    assert unit is not None
    return units_below(unit)


def test_ages_add_up_and_each_opens_its_list(make: Maker, world: World, scope: Build) -> None:
    for days in (0, 3, 8, 9, 10, 30, 60, 200):
        make.open(world.agency, received_at=NOW - timedelta(days=days))
    make.open(world.division, received_at=NOW - timedelta(days=12))
    make.open(world.government, received_at=NOW - timedelta(days=400))
    make.answered(world.agency, 5, 5)
    db.session.commit()
    asked = scope(world.government)
    rows = ageing(asked, watched_units(world.governor), world.governor)
    assert [(row.unit.id, row.reach) for row in rows[1:]] == [
        (world.government, Reach.OWN), (world.agency, Reach.SUBTREE),
    ]  # fmt: skip
    assert sum(rows[0].counts.values()) == 10
    for row in rows:
        for measure, number in row.counts.items():
            found = behind(question(measure, scope(row.unit.id, row.reach), world.governor))
            assert (found.total, len(found.page.rows)) == (number, number), (row.unit.id, measure)
    assert [row.counts[Measure.AGE_OVER] for row in rows] == [2, 1, 1]


def test_each_unit_counts_its_own_days(make: Maker, world: World, scope: Build) -> None:
    """A unit with a calendar of another zone has another midnight."""
    db.session.execute(update(Unit).where(Unit.id == world.other_agency).values(calendar_key="wib"))
    first = datetime(2026, 3, 8, 16, 0, tzinfo=UTC)  # the 9th in Jayapura, still the 8th in Jakarta
    make.open(world.agency, received_at=first)
    make.open(world.other_agency, received_at=first)
    db.session.commit()
    rows = {row.unit.id: row.counts for row in ageing(scope(world.government), watched_units(world.governor), world.governor)}
    assert (rows[world.agency][Measure.AGE_5], rows[world.other_agency][Measure.AGE_14]) == (1, 1)
    assert len(aged_conditions(units_below_of(world.government), NOW)) == len(AGED)
    assert set(AGED) < set(OPEN_NOW)


def test_load_is_for_the_head_of_exactly_that_unit(make: Maker, world: World, scope: Build, readers: Callable[[], Reader]) -> None:
    officer = world.officer.person_id
    make.open(world.agency, officer_id=officer, due_at=NOW - timedelta(hours=1), due_kind="resolve")
    make.open(world.agency, officer_id=officer)
    make.open(world.agency)
    make.open(world.division, officer_id=officer)
    done = make.answered(world.agency, 5, 5)
    db.session.execute(update(TicketCycle).where(TicketCycle.ticket_id == done.id).values(answered_by_id=officer))
    db.session.commit()
    own = scope(world.agency, Reach.OWN)
    found = {load.person_id: load.counts for load in loads(own, world.head)}
    assert found[officer or 0] == {
        Measure.NOW_OPEN: 2, Measure.NOW_OVERDUE: 1, Measure.NOW_DUE_TODAY: 0, Measure.NOW_DUE_IN_1: 0, Measure.ANSWERED: 1,
    }  # fmt: skip
    assert found[0][Measure.NOW_OPEN] == 1
    for person, counts in found.items():
        for measure, number in counts.items():
            if person or measure is not Measure.ANSWERED:
                assert behind(question(measure, replace(own, official=person), world.head)).total == number
    with pretending(NOW):
        head = readers().sign_in(world.head)
        page = head.open("/pantau/bantuan?unit=dinas-perhubungan&dari=2026-03-01&sampai=2026-03-31")
        assert "Petugas Satu" in page.text
        assert head.open(f"/pantau/daftar?unit=dinas-perhubungan&angka=kini-terbuka&lingkup=langsung&petugas={officer}").status == 200
        for watcher in (world.governor, world.inspector):
            above = readers().sign_in(watcher)
            assert "Petugas Satu" not in above.open("/pantau/bantuan?unit=dinas-perhubungan").text
            address = f"/pantau/daftar?unit=dinas-perhubungan&angka=kini-terbuka&lingkup=langsung&petugas={officer}"
            assert above.open(address).status == 404
        for made_up in ("x", "-1", "9" * 30, "²"):
            assert head.open(f"/pantau/daftar?unit=dinas-perhubungan&angka=kini-terbuka&petugas={made_up}").status == 404


def test_the_period_before_is_compared_for_the_same_units(make: Maker, world: World, scope: Build) -> None:
    make.answered(world.agency, 5, 100)
    make.answered(world.division, 5, 900)
    make.answered(world.agency, 5, 300, received_at=datetime(2026, 2, 10, 3, tzinfo=UTC))
    db.session.execute(update(Unit).where(Unit.id == world.division).values(valid_from=date(2026, 2, 15)))
    db.session.commit()
    shown, beside = board_beside(scope(world.government), watched_units(world.governor), world.governor)
    assert shown.total.figures.resolution.working.n == 2
    line = beside.lines[world.agency]
    assert (line.now.resolution.working.n, line.before.resolution.working.n, line.left_out, line.alone) == (1, 1, 1, False)
    assert (beside.total.now.resolution.working.n, beside.total.left_out) == (1, 1)
    assert line.now.resolution.working.median == pytest.approx(100, rel=0.02)
    _, within = board_beside(scope(world.agency), watched_units(world.governor), world.governor)
    assert within.lines[world.division].alone
    assert not within.lines[world.agency].alone


def test_by_the_role_of_who_answered(make: Maker, world: World, reader: Reader) -> None:
    for role in ("officer", "officer", "supervisor"):
        ticket = make.answered(world.agency, 5, 5)
        db.session.add(
            TicketEvent(
                ticket_id=ticket.id, at=NOW, move="answer", to_state=State.ANSWERED, cycle=1, version=2,
                unit_id=world.agency, role=role,
            )
        )  # fmt: skip
    make.answered(world.agency, 5, 5)
    db.session.commit()
    reader.sign_in(world.head)
    page = reader.open("/pantau/menurut?sisi=peran&dari=2026-03-01&sampai=2026-03-31")
    for word in ("Petugas", "Atasan", "Tidak disebut"):
        assert word in page.text, word
    behind_them = reader.open("/pantau/daftar?angka=masuk&sisi=peran&nilai=officer&dari=2026-03-01&sampai=2026-03-31")
    assert behind_them.html.count('<a class="number"') == 2


def test_the_page_says_what_it_cannot_tell_apart(make: Maker, world: World, reader: Reader) -> None:
    many(make, world.agency, 12, 1000)
    many(make, world.other_agency, 12, 1001)
    db.session.commit()
    reader.sign_in(world.governor)
    for by in RankedBy:
        page = reader.open(f"/pantau/bantuan?unit=provinsi-contoh&dari=2026-03-01&sampai=2026-03-31&menurut={by.value}")
        assert "1–2 · tidak dapat dibedakan" in page.text
    assert "n paling sedikit 10" in page.text
    assert reader.open("/pantau/bantuan?menurut=umur").status == 404
