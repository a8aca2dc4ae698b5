"""Lists: who sees what, newest first, stable pages, few statements, indexes used."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Select, event, text

from feedback.adapters.search import index_ticket, unindex_ticket
from feedback.kernel.actor import Actor
from feedback.kernel.references import new_number
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket
from feedback.tickets.queries.listing import Bearings, Filters, TicketLine, list_statement, list_tickets
from feedback.tickets.rules.grants import Sight, grants_for
from feedback.tickets.rules.words import Kind, State
from feedback.units.models import Unit
from tests.factories import MONDAY, World
from tests.publicsite.rows import add_ticket

NOW = datetime(2026, 3, 20, tzinfo=UTC)
VISITOR = Actor()


def listed(actor: Actor, size: int = 50, **filters: object) -> list[TicketLine]:
    return list(list_tickets(actor, Filters(**filters), now=NOW, size=size).rows)  # type: ignore[arg-type]


def numbers(actor: Actor, **filters: object) -> set[str]:
    return {line.number for line in listed(actor, **filters)}


def path_of(unit_id: int) -> str:
    return db.session.get_one(Unit, unit_id).path


def test_newest_first_by_received_not_by_entered(world: World) -> None:
    late = add_ticket(world, received_at=MONDAY + timedelta(days=2))
    early = add_ticket(world, received_at=MONDAY - timedelta(days=2))
    middle = add_ticket(world, received_at=MONDAY)
    assert [line.number for line in listed(VISITOR)] == [late.number, middle.number, early.number]


def test_line_shows_what_the_row_says(world: World) -> None:
    add_ticket(world, title="Lampu padam", state=State.IN_PROGRESS, received_at=datetime(2026, 3, 2, 16, 0, tzinfo=UTC),
               due_at=datetime(2026, 3, 6, 15, 0, tzinfo=UTC), due_kind="resolve")  # fmt: skip
    (line,) = listed(VISITOR)
    assert (line.title, line.topic, line.place, line.unit) == (
        "Lampu padam", "Lampu jalan", "Sofifi, Oba Utara", "Dinas Perhubungan",
    )  # fmt: skip
    assert line.received_on == date(2026, 3, 3)  # 01.00 in eastern time
    assert (line.due_on, line.is_overdue) == (date(2026, 3, 6), True)  # the midnight that ends 6 March


def test_what_the_reporter_owes_is_not_shown_as_due(world: World) -> None:
    add_ticket(world, state=State.ANSWERED, due_at=MONDAY, due_kind="confirmation")
    (line,) = listed(VISITOR)
    assert (line.due_on, line.is_overdue) == (None, False)


def test_unpublished_is_listed_without_words(world: World) -> None:
    add_ticket(world, published_at=None, state=State.RECEIVED, title="judul rahasia", text="kata rahasia")
    (line,) = listed(VISITOR)
    assert (line.title, line.excerpt, line.sight) == (None, None, Sight.LISTED)
    (mine,) = listed(world.officer)
    assert (mine.excerpt, mine.sight) == ("kata rahasia", Sight.WHOLE)


def test_confidential_and_hidden_only_for_their_staff(world: World) -> None:
    sealed = add_ticket(world, confidential=True).number
    hidden = add_ticket(world, hidden=True).number
    for outsider in (VISITOR, world.citizen, world.other_officer, world.administrator):
        assert numbers(outsider) == set()
    assert numbers(world.officer) == {sealed, hidden}
    assert numbers(world.coordinator) == {hidden}  # of the government, not of the holding unit
    assert numbers(world.inspector) == {sealed, hidden}


def test_whoever_is_complained_about_does_not_see_it_through_a_role(world: World) -> None:
    add_ticket(world, confidential=True, reported_person_id=world.officer.person_id)
    assert numbers(world.officer) == set()
    assert len(numbers(world.second_officer)) == 1


def test_own_and_tracked_tickets(world: World) -> None:
    own = add_ticket(world, reporter_id=world.citizen.person_id, published_at=None, text="punya saya")
    tracked = add_ticket(world, confidential=True)
    (line,) = listed(world.citizen, reporter_id=world.citizen.person_id)
    assert (line.number, line.excerpt) == (own.number, "punya saya")
    assert tracked.number in numbers(Actor(tracked=frozenset({tracked.id})))
    assert numbers(world.stranger, reporter_id=world.stranger.person_id) == set()


@pytest.mark.parametrize(
    ("wanted", "filters"),
    [
        ("kind", {"kind": Kind.PRAISE}),
        ("state", {"state": State.CLOSED}),
        ("topic", {"topic_id": "other_topic"}),
        ("service", {"service_id": "service"}),
        ("region", {"region_code": "21"}),
        ("old", {"until": MONDAY}),
        ("unit", {"unit_path": "other_agency"}),
        ("text", {"text": "jembatan"}),
    ],
)
def test_each_filter_alone(world: World, wanted: str, filters: dict[str, object]) -> None:
    made = {
        "kind": add_ticket(world, kind=Kind.PRAISE),
        "state": add_ticket(world, state=State.CLOSED),
        "topic": add_ticket(world, topic_id=world.other_topic),
        "service": add_ticket(world, service_id=world.service),
        "region": add_ticket(world, region_code="21.72"),
        "old": add_ticket(world, received_at=MONDAY - timedelta(days=30)),
        "unit": add_ticket(world, unit_id=world.other_agency),
        "text": add_ticket(world, text="Jembatannya goyang"),
    }
    asked = {key: getattr(world, value, value) if isinstance(value, str) else value for key, value in filters.items()}
    if "unit_path" in asked:
        asked["unit_path"] = path_of(int(str(asked["unit_path"])))
    assert numbers(VISITOR, **asked) == {made[wanted].number}


def test_filters_together_and_subtrees(world: World) -> None:
    wanted = add_ticket(world, unit_id=world.division, kind=Kind.COMPLAINT, state=State.IN_PROGRESS)
    add_ticket(world, unit_id=world.division, state=State.CLOSED)
    add_ticket(world, unit_id=world.other_agency, state=State.IN_PROGRESS)
    add_ticket(world, unit_id=world.division, state=State.IN_PROGRESS, region_code=world.other_village)
    together = {
        "kind": Kind.COMPLAINT,
        "state": State.IN_PROGRESS,
        "region_code": world.village,
        "topic_id": world.topic,
    }
    assert numbers(VISITOR, unit_path=path_of(world.agency), **together) == {wanted.number}
    assert numbers(VISITOR, unit_path=path_of(world.agency), text="lampu", **together) == {wanted.number}
    assert len(numbers(VISITOR, region_code="82.72")) == 4
    assert numbers(VISITOR, region_code="82.7") == set()  # a prefix of text is not a region


def test_pages_walk_everything_once_in_both_directions(world: World) -> None:
    same = MONDAY + timedelta(days=1)
    everything = [
        add_ticket(world, received_at=same if serial % 3 == 0 else MONDAY + timedelta(hours=serial)).number
        for serial in range(23)
    ]
    forward, after = [], None
    while True:
        page = list_tickets(VISITOR, Filters(), now=NOW, size=5, after=after)
        forward += [line.number for line in page.rows]
        if page.next is None:
            break
        after = page.next
    assert sorted(forward) == sorted(everything)
    backward, before = [line.number for line in page.rows], page.previous
    while before is not None:
        page = list_tickets(VISITOR, Filters(), now=NOW, size=5, before=before)
        backward = [line.number for line in page.rows] + backward
        before = page.previous
    assert backward == forward


def test_pages_stand_still_while_tickets_come_in(world: World) -> None:
    for _ in range(8):
        add_ticket(world)
    first = list_tickets(VISITOR, Filters(), now=NOW, size=4)
    for _ in range(3):
        add_ticket(world)
    second = list_tickets(VISITOR, Filters(), now=NOW, size=4, after=first.next)
    assert not {line.number for line in first.rows} & {line.number for line in second.rows}
    back = list_tickets(VISITOR, Filters(), now=NOW, size=4, before=second.previous)
    assert back.rows == first.rows
    assert back.previous is not None


def test_cursor_nobody_made_gives_the_first_page(world: World) -> None:
    old = add_ticket(world)
    sealed = add_ticket(world, confidential=True)
    newest = add_ticket(world)
    for cursor in (new_number(), sealed.number, old.number):
        page = list_tickets(VISITOR, Filters(), now=NOW, after=cursor)
        assert [line.number for line in page.rows] == [newest.number, old.number]
        assert (page.next, page.previous) == (None, None)


def test_search_knows_forms_of_words_and_quotes_everything(world: World) -> None:
    street = add_ticket(world, text="Jalan di depan sekolah berlubang, kerusakannya parah").number
    other = add_ticket(world, text="Pelayanan lambat; ꦱꦩ꧀ꦥꦃ menumpuk, Nur'aini menunggu").number
    assert numbers(VISITOR, text="jalanan rusak") == {street}
    assert numbers(VISITOR, text="JALAN yang lubang") == {street}
    assert numbers(VISITOR, text="layanan") == {other}
    assert numbers(VISITOR, text="ꦱꦩ꧀ꦥꦃ") == {other}
    assert numbers(VISITOR, text="jalan layanan") == set()
    for hostile in (
        '"',
        "*",
        "NEAR(",
        "jalan*",
        "a OR b",
        "-jalan",
        "words:jalan",
        "'; DROP TABLE ticket; --",
        "&",
        "!",
        "()",
        "\\",
        "😀",
        "%",
        "^x",
    ):
        assert numbers(VISITOR, text=hostile) <= {street, other}


def test_search_never_finds_words_the_public_cannot_read(world: World) -> None:
    add_ticket(world, published_at=None, text="durian")
    add_ticket(world, confidential=True, text="durian")
    add_ticket(world, hidden=True, text="durian")
    changed = add_ticket(world, text="durian")
    assert numbers(VISITOR, text="durian") == {changed.number}
    with transaction():
        db.session.get_one(Ticket, changed.id).confidential = True
    assert numbers(VISITOR, text="durian") == set()  # even while its words are still in the index
    with transaction():
        db.session.get_one(Ticket, changed.id).confidential = False
        unindex_ticket(changed.id)
    assert numbers(VISITOR, text="durian") == set()
    with transaction():
        index_ticket(changed.id, "manggis")
        index_ticket(changed.id, "rambutan")
    assert numbers(VISITOR, text="rambutan") == {changed.number}
    assert numbers(VISITOR, text="manggis") == set()


def test_statements_do_not_grow_with_rows(world: World, statements: list[str]) -> None:
    counts = []
    for _ in range(2):
        for _ in range(15):
            add_ticket(world)
        first = list_tickets(VISITOR, Filters(), now=NOW, size=5)
        for actor in (VISITOR, world.governor):
            statements.clear()
            list_tickets(actor, Filters(text="lampu", unit_path="1."), now=NOW, after=first.next)
            counts.append(len(statements))
    assert max(counts) <= 3
    assert counts[:2] == counts[2:]


SHAPES = {
    "all": Filters(),
    "state": Filters(state=State.CLOSED),
    "kind": Filters(kind=Kind.PRAISE),
    "topic": Filters(topic_id=2),
    "service": Filters(service_id=1),
    "region": Filters(region_code="21.72"),
    "unit": Filters(unit_path="5."),
    "dates": Filters(since=MONDAY, until=MONDAY + timedelta(minutes=30)),
    "reporter": Filters(reporter_id=1),
    "text": Filters(text="lampu"),
}


def explained(statement: Select[Any]) -> str:
    """What the database says it would do."""
    postgres = db.engine.dialect.name == "postgresql"
    sent: list[tuple[str, Any]] = []
    with db.engine.connect() as connection:
        if postgres:
            connection.execute(text("ANALYZE"))
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        event.listen(connection, "before_cursor_execute", lambda *given: sent.append((given[2], given[3])))
        connection.execute(statement)
        question, values = sent[-1]
        rows = connection.exec_driver_sql(f"{'EXPLAIN' if postgres else 'EXPLAIN QUERY PLAN'} {question}", values)
        return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.plans
@pytest.mark.parametrize("few", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_uses_an_index(world: World, shape: str, few: bool) -> None:
    for _ in range(60):
        newest = add_ticket(world)
    bearings = Bearings((newest.received_at, newest.id), few)
    statement = list_statement(grants_for(VISITOR), SHAPES[shape], bearings, backwards=False, size=20)
    plan = explained(statement)
    if db.engine.dialect.name == "postgresql":
        assert "Seq Scan on ticket " not in plan, plan
    else:
        assert "SEARCH ticket USING" in plan, plan
        assert "SCAN ticket\n" not in plan + "\n", plan
    if shape == "all":
        assert "TEMP B-TREE" not in plan, plan
        assert "Sort Key" not in plan, plan
