"""Late tickets over two weeks with holidays: who hears of them, when, and how often."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from feedback.adapters.mail import Mail
from feedback.clocks.models import Clock
from feedback.clocks.rules.policy import ClockKind
from feedback.doors import TIMERS
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Forbidden
from feedback.notices.actions.ladder import escalate, seed_ladder, watch_clocks
from feedback.notices.handlers import TIMERS as OURS
from feedback.notices.models import DigestRound, Escalation, EscalationWatch, LadderLevel
from feedback.notices.queries.escalations import escalated_without_answer, ladder_on
from feedback.people.actions import BeAbsent, be_absent, set_active
from feedback.people.models import Person
from feedback.storage.outbox import Outbox
from feedback.storage.session import db, transaction
from feedback.tickets.actions.submit import Receipt
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.rules.words import MoveName as M
from tests.factories import World, make_report
from tests.notices.post import work
from tests.site import Reader
from tests.tickets.conftest import Hands
from tests.tickets.steps import after_days, assigned, events_of, make, ticket_of


@pytest.fixture(autouse=True)
def no_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Digests have tests of their own."""
    monkeypatch.setattr("feedback.notices.queries.digests.READERS", {"day": (), "week": ()})


def look() -> None:
    """The worker's timers, then everything that is due."""
    for timer in TIMERS:
        timer(utc_now())
    work()


def emails() -> dict[str, str]:
    return dict(db.session.execute(select(Person.email, Person.name)).tuples().all())


def late_letters(sent: list[Mail], receipt: Receipt) -> list[tuple[str, str]]:
    """To whom letters about time went: name and the first sentence's kind."""
    names = emails()
    kinds = {"hampir habis": "soon", "melewati tenggatnya.": "late", "jauh melewati": "long"}
    return [
        (names[mail.recipient], kind)
        for mail in sent
        for words, kind in kinds.items()
        if words in mail.text and receipt.number in mail.text
    ]


def fresh(world: World, hands: Hands) -> Receipt:
    """Assigned on Monday 9 March: five working days for the first response end with the 16th."""
    hands.at(3, 9)
    return assigned(world)


TICKS = ((0, 0), (8, 0), (11, 29), (11, 30), (12, 0), (13, 0), (14, 44), (14, 45), (20, 0))


def test_two_weeks_with_holidays(world: World, hands: Hands, sent: list[Mail]) -> None:
    receipt = fresh(world, hands)
    heard: list[tuple[str, str, str]] = []
    for day in range(10, 28):
        for hour, minute in TICKS:
            at = hands.at(3, day, hour, minute)
            before = len(late_letters(sent, receipt))
            look()
            heard += [(f"{at:%d %H.%M}", *one) for one in late_letters(sent, receipt)[before:]]
    assert sorted(heard) == [
        # Three quarters of the fourth day (Friday the 13th, 8-11.30 and 13-16.30) are over at 14.45.
        ("13 14.45", "Kepala Dinas", "soon"),
        ("13 14.45", "Petugas Dua", "soon"),
        ("13 14.45", "Petugas Satu", "soon"),
        # The breach is at the midnight that begins the 17th; letters wait for the office to open.
        ("17 08.00", "Gubernur", "late"),
        ("17 08.00", "Kepala Dinas", "late"),
        # The 18th to the 24th are closed; half of the eighth working day, the 26th, is over at 11.30.
        ("26 11.30", "Inspektur", "long"),
        ("26 11.30", "Kepala Dinas", "long"),
    ]
    levels = [event.detail["level"] for event in events_of(receipt) if event.move == M.ESCALATE]
    assert levels == [1, 2, 3]
    assert db.session.scalar(select(func.count()).select_from(Escalation)) == 7


def test_a_worker_that_was_down_for_two_days_tells_once(world: World, hands: Hands, sent: list[Mail]) -> None:
    receipt = fresh(world, hands)
    look()
    hands.at(3, 13, 9)
    look()
    assert late_letters(sent, receipt) == []
    hands.at(3, 17, 9)
    look()
    look()
    found = late_letters(sent, receipt)
    # The level missed meanwhile is not told on its own: its people hear of the breach.
    assert sorted(found) == [("Gubernur", "late"), ("Kepala Dinas", "late"), ("Petugas Dua", "late"), ("Petugas Satu", "late")]
    assert [event.detail["level"] for event in events_of(receipt) if event.move == M.ESCALATE] == [2]
    hands.at(3, 17, 15)
    look()
    assert late_letters(sent, receipt) == found


def test_nothing_goes_out_at_night_or_on_a_holiday(world: World, hands: Hands, sent: list[Mail]) -> None:
    receipt = fresh(world, hands)
    hands.at(3, 17, 0)
    look()
    assert late_letters(sent, receipt) == []
    rows = db.session.scalars(select(Outbox).where(Outbox.kind == "mail.escalation")).all()
    assert {row.available_at for row in rows} == {hands.at(3, 17, 8)}
    look()
    assert len(late_letters(sent, receipt)) == 4


def test_an_answer_in_the_night_takes_the_letter_back(world: World, hands: Hands, sent: list[Mail]) -> None:
    receipt = fresh(world, hands)
    hands.at(3, 17, 0)
    look()
    make(world, receipt, M.INTERIM_REPLY, world.officer)
    hands.at(3, 17, 9)
    look()
    assert late_letters(sent, receipt) == []


def test_a_letter_is_not_sent_to_whoever_lost_the_right(world: World, hands: Hands, sent: list[Mail]) -> None:
    receipt = fresh(world, hands)
    hands.at(3, 17, 0)
    look()
    assert world.governor.person_id is not None
    set_active(world.governor.person_id, False, by=None)
    with transaction():
        db.session.execute(update(Ticket).where(Ticket.id == receipt.ticket_id).values(reported_person_id=world.head.person_id))
    hands.at(3, 17, 9)
    look()
    assert sorted(late_letters(sent, receipt)) == [("Petugas Dua", "late"), ("Petugas Satu", "late")]


def test_a_paused_clock_escalates_when_it_runs_again(world: World, hands: Hands, sent: list[Mail]) -> None:
    receipt = fresh(world, hands)
    hands.at(3, 10)
    make(world, receipt, M.HOLD, world.officer, promised_date=after_days(20))
    look()
    hands.at(3, 26)
    look()
    assert late_letters(sent, receipt) == []
    hands.at(4, 30)
    look()
    assert late_letters(sent, receipt) != []


def test_a_deputy_hears_what_the_absent_officer_would(world: World, hands: Hands, sent: list[Mail]) -> None:
    receipt = fresh(world, hands)
    make(world, receipt, M.START, world.officer)
    day = after_days(0)
    be_absent(BeAbsent(_id(world.officer), day, day + timedelta(days=30), _id(world.other_officer)), by=None)
    be_absent(BeAbsent(_id(world.head), day, day + timedelta(days=30)), by=None)
    hands.at(3, 16, 9)
    look()
    # The head is away without a deputy: their message climbs to the governor.
    assert sorted(late_letters(sent, receipt)) == [("Gubernur", "soon"), ("Petugas Lain", "soon")]


def _id(actor: Actor) -> int:
    assert actor.person_id is not None
    return actor.person_id


def test_presence_is_that_of_the_day_it_is_sent(world: World, hands: Hands, sent: list[Mail]) -> None:
    receipt = fresh(world, hands)
    make(world, receipt, M.START, world.officer)
    tuesday = after_days(8)
    be_absent(BeAbsent(_id(world.governor), tuesday, tuesday, _id(world.coordinator)), by=None)
    hands.at(3, 16, 9)
    look()
    hands.at(3, 17, 0)
    look()
    hands.at(3, 17, 9)
    look()
    assert ("Koordinator Satu", "late") in late_letters(sent, receipt)
    assert ("Gubernur", "late") not in late_letters(sent, receipt)


def test_a_sealed_ticket_says_neither_unit_nor_topic(world: World, hands: Hands, sent: list[Mail]) -> None:
    hands.at(3, 9)
    receipt = assigned(world, actor=Actor(), confidential=True)
    hands.at(3, 17, 9)
    look()
    letters = [mail for mail in sent if "melewati tenggatnya" in mail.text]
    assert letters
    for mail in letters:
        assert "Dinas Perhubungan" not in mail.text
        assert "Lampu jalan" not in mail.text
        assert mail.subject == f"Laporan {receipt.number}: ada kabar baru"


def test_a_new_deadline_is_watched_anew_and_no_level_comes_twice(world: World, hands: Hands, sent: list[Mail]) -> None:
    receipt = fresh(world, hands)
    hands.at(3, 16, 9)
    look()
    clock = db.session.scalars(
        select(Clock).where(Clock.ticket_id == receipt.ticket_id, Clock.kind == ClockKind.FIRST_RESPONSE)
    ).one()
    with transaction():
        values = {"due_at": hands.at(3, 31, 0), "due_date": hands.at(3, 30).date()}
        db.session.execute(update(Clock).where(Clock.id == clock.id).values(**values))
    hands.at(3, 17, 9)
    look()
    watch = db.session.get_one(EscalationWatch, clock.id, populate_existing=True)
    assert (watch.level, watch.look_at) == (1, hands.at(3, 31, 0))
    assert len(late_letters(sent, receipt)) == 3


def test_an_imported_past_is_not_told_again(world: World, hands: Hands, sent: list[Mail]) -> None:
    receipt = fresh(world, hands)
    hands.at(3, 20)
    with transaction():
        values = {"channel": "import", "created_at": utc_now()}
        db.session.execute(update(Ticket).where(Ticket.id == receipt.ticket_id).values(**values))
    look()
    hands.at(3, 25, 9)
    look()
    assert late_letters(sent, receipt) == []
    hands.at(3, 26, 14)
    look()
    assert {kind for _, kind in late_letters(sent, receipt)} == {"long"}


def test_stopped_clocks_are_forgotten(world: World, hands: Hands) -> None:
    receipt = fresh(world, hands)
    look()
    make(world, receipt, M.ANSWER, world.officer)
    hands.at(6, 26, 12)
    look()
    assert db.session.scalars(select(EscalationWatch)).all() == []
    assert db.session.scalars(select(Escalation)).all() == []


def test_a_look_at_nothing_new_costs_few_statements(world: World, hands: Hands, statements: list[str]) -> None:
    for _ in range(5):
        fresh(world, hands)
    look()
    statements.clear()
    for timer in OURS:
        timer(utc_now())
    assert len(statements) <= 14, statements


def test_the_ladder_is_data(world: World, hands: Hands) -> None:
    assert seed_ladder() == 6
    assert seed_ladder() == 0
    with transaction():
        db.session.execute(update(LadderLevel).where(LadderLevel.number > 1).values(valid_to=after_days(-1)))
    assert {step.number for step in ladder_on(after_days(0))} == {1}
    receipt = fresh(world, hands)
    hands.at(3, 17, 9)
    watch_clocks(utc_now())
    assert escalate(utc_now()) == 1
    assert [event.detail["level"] for event in events_of(receipt) if event.move == M.ESCALATE] == [1]


def test_the_event_is_among_officials_only(world: World, hands: Hands, readers: object) -> None:
    receipt = fresh(world, hands)
    version = ticket_of(receipt).version
    hands.at(3, 17, 9)
    look()
    make(world, receipt, M.INSTRUCT, world.governor, text="Selesaikan pekan ini juga.")
    assert ticket_of(receipt).version == version
    assert all(not event.is_public for event in events_of(receipt) if event.move in (M.ESCALATE, M.INSTRUCT))
    db.session.rollback()
    for who, sees in ((None, False), (world.citizen, False), (world.stranger, False), (world.other_officer, False),
                      (world.officer, True), (world.head, True), (world.governor, True), (world.inspector, True)):  # fmt: skip
        reader: Reader = readers()  # type: ignore[operator]
        if who is not None:
            reader.sign_in(who)
        page = reader.open(f"/laporan/{receipt.number}")
        assert page.status == 200
        assert ("Eskalasi" in page.text) is sees, who
        assert ("Arahan atasan" in page.text) is sees, who
        assert ("Selesaikan pekan ini" in page.text) is sees, who
        assert ("Atasan Dinas Perhubungan" in page.text) is sees, who


def test_only_a_supervisor_instructs_and_with_words(world: World, hands: Hands, reader: Reader, sent: list[Mail]) -> None:
    receipt = fresh(world, hands)
    make(world, receipt, M.START, world.officer)
    for who in (world.officer, world.coordinator, world.citizen, world.inspector):
        with pytest.raises((Forbidden, Conflict)):
            make(world, receipt, M.INSTRUCT, who)
    reader.sign_in(world.head)
    page = reader.open(f"/laporan/{receipt.number}")
    answer = reader.send(page, button="Beri arahan kepada petugas", **{"instruct-text": ""})
    assert answer.status == 422
    answer = reader.send(answer, button="Beri arahan kepada petugas", **{"instruct-text": "Hubungi pelapor hari ini."})
    assert answer.status == 200
    assert "Hubungi pelapor hari ini." in answer.text
    work()
    [mail] = [mail for mail in sent if "memberi arahan" in mail.text]
    assert emails()[mail.recipient] == "Petugas Satu"
    assert "Hubungi pelapor" not in mail.text


def test_an_escalation_waits_for_an_answer_of_any_kind(world: World, hands: Hands) -> None:
    first, second = fresh(world, hands), fresh(world, hands)
    hands.at(3, 17, 9)
    look()
    assert {row.number for row in escalated_without_answer(world.governor)} == {first.number, second.number}
    assert {row.number for row in escalated_without_answer(world.inspector)} == {first.number, second.number}
    assert escalated_without_answer(world.officer) == ()
    make(world, first, M.INSTRUCT, world.head)
    assert [row.number for row in escalated_without_answer(world.head)] == [second.number]
    hands.at(3, 26, 12)
    look()
    assert {row.number for row in escalated_without_answer(world.head)} == {first.number, second.number}
    make(world, second, M.ANSWER, world.officer)
    assert [row.number for row in escalated_without_answer(world.head)] == [first.number]
    make(world, first, M.WITHDRAW, world.citizen)
    assert escalated_without_answer(world.head) == ()


def test_a_confidential_escalation_counts_only_for_the_entitled(world: World, hands: Hands) -> None:
    hands.at(3, 9)
    receipt = assigned(world, actor=Actor(), confidential=True)
    with transaction():
        db.session.execute(update(Ticket).where(Ticket.id == receipt.ticket_id).values(reported_person_id=world.head.person_id))
    hands.at(3, 17, 9)
    look()
    assert [row.number for row in escalated_without_answer(world.governor)] == [receipt.number]
    assert escalated_without_answer(world.head) == ()


def test_before_verification_the_coordinator_is_warned(world: World, hands: Hands, sent: list[Mail]) -> None:
    hands.at(3, 9)
    receipt = make_report(world)
    hands.at(3, 12, 14)
    look()
    assert sorted(late_letters(sent, receipt)) == [("Gubernur", "soon"), ("Koordinator Satu", "soon")]


def test_rounds_of_digests_are_not_made_here(app: Flask, world: World, hands: Hands) -> None:
    look()
    assert db.session.scalars(select(DigestRound)).all() == []
    assert db.session.scalars(select(TicketEvent)).all() == []
