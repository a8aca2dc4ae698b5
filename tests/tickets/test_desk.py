"""The desk: every tile is the number of rows behind it, the most urgent first, at a constant cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.storage.session import db
from feedback.tickets.queries.desk import (
    PAGE_SIZE,
    Queue,
    desk_queue,
    desk_tiles,
    desk_zone,
    instants,
    queue_statement,
    tiles_statement,
)
from feedback.tickets.rules.words import MoveName, State
from tests.factories import World, make_report
from tests.publicsite.rows import add_ticket
from tests.site import Page, Reader
from tests.tickets.conftest import Hands
from tests.tickets.steps import answered, assigned, bring, disputed, make, ticket_of
from tests.tickets.test_listing import explained

M = MoveName
WIT = "Asia/Jayapura"
NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)  # Wednesday 11.00 WIT; today ends at 15.00 UTC
New = Callable[[], Reader]


def every_row(actor: Actor, queue: Queue, now: datetime = NOW) -> list[str]:
    """The numbers of all pages of a queue, in order."""
    found, after = [], None
    while True:
        page = desk_queue(actor, queue, now, WIT, after=after)
        found += [line.number for line in page.rows]
        if page.next is None:
            return found
        after = page.next


def a_busy_desk(world: World) -> None:
    """Open and closed tickets of every state, due long ago, just now, today, soon, later and never, here and elsewhere."""
    dues = [None, NOW - timedelta(days=9), NOW, NOW + timedelta(minutes=1), datetime(2026, 3, 4, 15, tzinfo=UTC),
            datetime(2026, 3, 4, 15, 0, 1, tzinfo=UTC), datetime(2026, 3, 7, 15, tzinfo=UTC), datetime(2026, 4, 1, 15, tzinfo=UTC)]  # fmt: skip
    officers = [None, world.officer.person_id, world.second_officer.person_id]
    units = [world.agency, world.division, world.government, world.other_agency, world.other_government]
    serial = 0
    for state in (State.RECEIVED, State.INCOMPLETE, State.ASSIGNED, State.IN_PROGRESS, State.ANSWERED, State.DISPUTED, State.CLOSED):
        for due_at in dues:
            serial += 1
            add_ticket(
                world, state=state, due_at=due_at, officer_id=officers[serial % 3], unit_id=units[serial % 5],
                confidential=serial % 7 == 0, hidden=serial % 11 == 0,
                returned_at=NOW if state is State.RECEIVED and serial % 2 else None,
                masking_asked_at=NOW if serial % 3 == 0 else None,
                reported_person_id=world.officer.person_id if serial % 13 == 0 else None,
            )  # fmt: skip


@pytest.mark.parametrize("who", ["officer", "division_officer", "other_officer", "head", "governor", "coordinator"])
def test_every_tile_is_the_number_of_rows_behind_it(world: World, who: str) -> None:
    a_busy_desk(world)
    actor = getattr(world, who)
    tiles = desk_tiles(actor, NOW, WIT)
    assert set(tiles) == set(Queue)
    for queue in Queue:
        rows = every_row(actor, queue)
        assert len(rows) == len(set(rows)) == tiles[queue], queue
    if who == "governor":
        assert all(tiles[queue] for queue in Queue if queue is not Queue.MINE)
    if who == "officer":
        assert tiles[Queue.MINE]


def test_a_tile_of_more_than_a_page_counts_all_pages(world: World) -> None:
    for serial in range(PAGE_SIZE * 2 + 3):
        add_ticket(world, due_at=NOW + timedelta(minutes=serial // 7))
    rows = every_row(world.officer, Queue.UNIT)
    assert len(rows) == len(set(rows)) == desk_tiles(world.officer, NOW, WIT)[Queue.UNIT] == PAGE_SIZE * 2 + 3


def test_the_most_urgent_comes_first_and_without_a_date_last(world: World) -> None:
    later = add_ticket(world, due_at=NOW + timedelta(days=3)).number
    never = add_ticket(world, due_at=None).number
    overdue = add_ticket(world, due_at=NOW - timedelta(days=3)).number
    same = add_ticket(world, due_at=NOW + timedelta(days=3)).number
    assert every_row(world.officer, Queue.UNIT) == [overdue, later, same, never]


def test_pages_go_forth_and_back_without_gaps(world: World) -> None:
    for serial in range(PAGE_SIZE + 20):
        add_ticket(world, due_at=NOW + timedelta(hours=serial) if serial % 4 else None)
    first = desk_queue(world.officer, Queue.UNIT, NOW, WIT)
    second = desk_queue(world.officer, Queue.UNIT, NOW, WIT, after=first.next)
    back = desk_queue(world.officer, Queue.UNIT, NOW, WIT, before=second.previous)
    assert back.rows == first.rows
    assert (first.previous, second.next) == (None, None)
    assert len(second.rows) == 20


@pytest.mark.parametrize("cursor", ["x", "", "!!!", "eyJ9", "W10", "a" * 4000, "WyJ4IiwgMV0"])
def test_a_forged_cursor_is_the_first_page(world: World, readers: New, cursor: str) -> None:
    add_ticket(world, due_at=NOW)
    reader = readers().sign_in(world.officer)
    for name in ("setelah", "sebelum"):
        page = reader.open("/meja", query_string={name: cursor, "antrean": "unit"})
        assert page.status in (200, 400, 422), page.text
        assert page.status != 500


def test_only_ours_to_do_is_overdue(world: World) -> None:
    for state in (State.INCOMPLETE, State.ANSWERED):
        add_ticket(world, state=state, due_at=NOW - timedelta(days=1))
    late = add_ticket(world, due_at=NOW).number
    assert every_row(world.head, Queue.OVERDUE) == [late]
    waiting = desk_queue(world.head, Queue.WAITING, NOW, WIT).rows
    assert [line.is_overdue for line in waiting] == [False, False]


def test_due_today_ends_with_the_day_of_the_desk(world: World) -> None:
    today = add_ticket(world, due_at=datetime(2026, 3, 4, 15, tzinfo=UTC)).number
    tomorrow = add_ticket(world, due_at=datetime(2026, 3, 5, 15, tzinfo=UTC)).number
    assert every_row(world.officer, Queue.DUE_TODAY) == [today]
    assert every_row(world.officer, Queue.DUE_SOON) == [today, tomorrow]
    assert every_row(world.officer, Queue.OVERDUE, datetime(2026, 3, 4, 15, tzinfo=UTC)) == [today]


def test_real_moves_go_from_queue_to_queue(world: World, hands: Hands) -> None:
    def queues(actor: Actor, receipt: Any) -> set[Queue]:
        return {queue for queue in Queue if receipt.number in every_row(actor, queue, utc_now())}

    receipt = make_report(world)
    assert queues(world.coordinator, receipt) == {Queue.TO_VERIFY, Queue.UNIT, Queue.DUE_SOON}
    assert queues(world.officer, receipt) == set()
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator)
    assert queues(world.officer, receipt) == {Queue.UNIT, Queue.NOBODY}
    make(world, receipt, M.CLAIM, world.officer)
    assert queues(world.officer, receipt) == {Queue.UNIT, Queue.MINE}
    hands.at(3, 9, 8)
    assert queues(world.officer, receipt) == {Queue.UNIT, Queue.MINE, Queue.DUE_TODAY, Queue.DUE_SOON}
    hands.at(3, 10, 8)
    assert queues(world.officer, receipt) == {Queue.UNIT, Queue.MINE, Queue.OVERDUE}
    make(world, receipt, M.RETURN_TO_COORDINATOR, world.officer)
    assert queues(world.officer, receipt) == set()
    assert queues(world.coordinator, receipt) >= {Queue.RETURNED, Queue.TO_VERIFY}
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator)
    make(world, receipt, M.ANSWER, world.officer)
    assert queues(world.officer, receipt) == {Queue.WAITING}
    make(world, receipt, M.DISPUTE, world.citizen)
    assert queues(world.officer, receipt) >= {Queue.DISPUTED, Queue.UNIT}
    make(world, receipt, M.REVIEW_ANSWER, world.head)
    make(world, receipt, M.CONFIRM, world.citizen)
    assert queues(world.officer, receipt) == set()


def test_a_ticket_kept_by_a_hold_is_not_overdue(world: World, hands: Hands) -> None:
    receipt = assigned(world)
    make(world, receipt, M.HOLD, world.officer)
    hands.at(3, 8)
    assert receipt.number not in every_row(world.officer, Queue.OVERDUE, utc_now())
    assert receipt.number in every_row(world.officer, Queue.UNIT, utc_now())


# the page


def test_the_desk_is_for_people_who_handle_tickets(world: World, readers: New) -> None:
    assert readers().open("/meja").path == "/masuk"
    for actor in (world.citizen, world.inspector, world.administrator):
        assert readers().sign_in(actor).open("/meja").status == 403


def test_the_tiles_of_the_page_lead_to_their_rows(world: World, readers: New) -> None:
    for receipt in (assigned(world), answered(world), disputed(world), make_report(world), bring(world, State.INCOMPLETE)):
        assert ticket_of(receipt).is_open
    reader = readers().sign_in(world.coordinator)
    page = reader.open("/meja")
    assert page.status == 200
    links = [link for link in page.links if "antrean=" in link]
    assert len(links) == len(Queue)
    for link in links:
        shown = reader.open(link)
        assert shown.status == 200
        assert len(re.findall(r"<th scope=\"row\"", shown.html)) == tile_of(shown)


def tile_of(page: Page) -> int:
    """The number on the tile that is open."""
    found = re.search(r'<a[^>]*aria-current[^>]*>.*?</a>', "".join(re.findall(r'(?s)id="ubin".*?</(?:ul|div|section)>', page.html)), re.DOTALL)
    assert found, page.html[:3000]
    digits = re.search(r">\s*(\d+)\s*<", found.group())
    assert digits
    return int(digits.group(1))


def test_an_officer_sees_no_tiles_of_coordinators(world: World, readers: New) -> None:
    text = readers().sign_in(world.officer).open("/meja").text
    assert "Perlu diverifikasi" not in text
    assert "Dikembalikan ke kami" not in text


@pytest.mark.parametrize("query", ["antrean=<script>", "antrean=%00", "unit=tidak-ada", "unit=x%00", "unit=dinas-kesehatan", "unit=%ff"])
def test_unknown_queues_are_the_first_and_units_out_of_reach_are_not_found(world: World, readers: New, query: str) -> None:
    page = readers().sign_in(world.officer).open(f"/meja?{query}")
    assert page.status == (404 if query.startswith("unit") else 200)


def test_a_supervisor_may_look_at_one_unit_of_the_subtree(world: World, readers: New) -> None:
    here, there = assigned(world), assigned(world, unit_id=world.other_agency)
    page = readers().sign_in(world.governor).open("/meja?unit=dinas-perhubungan&antrean=unit")
    assert here.number in page.text
    assert there.number not in page.text


def test_confidential_rows_are_only_on_desks_that_may_see_them(world: World, readers: New) -> None:
    receipt = assigned(world, confidential=True, text="Kata yang sangat rahasia di sini.")
    for who, seen in (("officer", True), ("head", True), ("governor", True), ("coordinator", False), ("other_officer", False)):
        html = readers().sign_in(getattr(world, who)).open("/meja?antrean=unit").html
        assert (receipt.number in html) is seen
        assert ("sangat rahasia" in html) is seen


@pytest.mark.parametrize("who", ["officer", "coordinator", "governor"])
def test_the_cost_does_not_grow_with_the_rows(world: World, readers: New, statements: list[str], who: str) -> None:
    reader = readers().sign_in(getattr(world, who))
    counts = []
    for more in (5, 55):
        for _ in range(more):
            add_ticket(world, due_at=NOW, unit_id=world.government if who == "coordinator" else world.agency)
        reader.open("/meja?antrean=unit")
        statements.clear()
        assert reader.open("/meja?antrean=unit").status == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 6, statements


def test_the_zone_of_the_desk_is_that_of_its_unit(world: World) -> None:
    assert desk_zone(world.officer) == WIT
    assert desk_zone(Actor()) == "Asia/Jakarta"


@pytest.mark.parametrize("queue", [None, Queue.UNIT, Queue.OVERDUE])
def test_the_desk_reads_an_index(world: World, queue: Queue | None) -> None:
    for _ in range(60):
        add_ticket(world, unit_id=world.agency)
    actor = world.coordinator
    statement = (
        tiles_statement(actor, None)
        if queue is None
        else queue_statement(actor, queue, None, backwards=False, has_cursor=False)
    )
    plan = explained(statement.params(**instants(NOW, WIT)))
    if db.engine.dialect.name == "postgresql":
        assert "Seq Scan on ticket " not in plan, plan
    else:
        assert "MULTI-INDEX" not in plan, plan
        assert "ix_ticket_queue" in plan, plan
