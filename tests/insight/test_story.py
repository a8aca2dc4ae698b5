"""A citizen disputes and another official answers: the moves people make, seen from the supervisor's room."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import time_machine

from feedback.insight.queries.board import board
from feedback.insight.queries.cohort import watched_units
from feedback.insight.queries.ticket_time import ticket_time
from feedback.insight.rules.measures import Measure
from feedback.insight.rules.period import chosen_period
from feedback.insight.rules.scope import Scope, chosen_unit
from feedback.kernel.clock import utc_now
from feedback.tickets.rules.words import MoveName
from tests.factories import MONDAY, World, make_report
from tests.insight.conftest import MARCH
from tests.insight.month import near
from tests.site import Reader
from tests.tickets.steps import make


def _march(day: int) -> datetime:
    return datetime(2026, 3, day, 11, 0, tzinfo=ZoneInfo("Asia/Jayapura"))


def test_both_rounds_and_whose_time_it_was(world: World, reader: Reader) -> None:
    with time_machine.travel(MONDAY, tick=False) as hands:  # Monday 2 March, 11.00
        receipt = make_report(world)
        hands.move_to(_march(3), tick=False)
        make(world, receipt, MoveName.VERIFY_AND_ASSIGN, world.coordinator)
        hands.move_to(_march(5), tick=False)
        make(world, receipt, MoveName.ANSWER, world.officer, text="Lampu sudah diganti.")
        hands.move_to(_march(6), tick=False)
        make(world, receipt, MoveName.DISPUTE, world.citizen)
        open_now = board(_scope(world), watched_units(world.governor), world.governor).total.figures.counts
        assert (open_now[Measure.ANSWERED], open_now[Measure.OPEN], open_now[Measure.CONTESTED]) == (1, 1, 1)
        hands.move_to(_march(9), tick=False)
        make(world, receipt, MoveName.REVIEW_ANSWER, world.second_officer, text="Kabelnya juga kami ganti.")
        hands.move_to(_march(10), tick=False)
        make(world, receipt, MoveName.CONFIRM, world.citizen)

        found = board(_scope(world), watched_units(world.governor), world.governor)
        [row] = [row for row in found.rows if row.unit.id == world.agency]
        counts = row.figures.counts
        assert (counts[Measure.RECEIVED], counts[Measure.ANSWERED], counts[Measure.OPEN]) == (2, 2, 0)
        assert (counts[Measure.CONTESTED], counts[Measure.CLOSED], counts[Measure.ON_TIME]) == (1, 1, 2)
        # Monday 4 h, Tuesday and Wednesday 7 h each, Thursday 3 h: 21 h. Then Friday 4 h and Monday 3 h: 7 h.
        working = row.figures.resolution.working
        assert (working.n, working.median, working.p90) == (2, near(840), near(420 + 0.9 * 840))

        ticket = ticket_time(receipt.number, world.head, utc_now())
        held = [[(each.unit_id, each.minutes) for each in one.held] for one in ticket.rounds]
        # The province until Tuesday 11.00 (4 h + 3 h), the agency until Thursday (4 h + 7 h + 3 h): 21 h together.
        assert held == [[(world.government, 420), (world.agency, 840)], [(world.agency, 420)]]
        page = reader.sign_in(world.head).open(f"/pantau/laporan/{receipt.number}")
        assert page.status == 200
        assert "Putaran 2" in page.text
        assert "setelah 21 jam kerja" in page.text


def _scope(world: World) -> Scope:
    unit = chosen_unit(watched_units(world.governor), "provinsi-contoh")
    return Scope(unit, chosen_period(MARCH.first, MARCH.last, None, today=MARCH.last, zone=unit.zone), utc_now())
