"""Digests: once a day or week, in working hours, with the rights of the moment, and none when there is nothing."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from feedback.adapters.mail import Mail
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.notices.actions.digests import post_digests
from feedback.notices.rules.digests import Why, reasons
from feedback.people.actions import BeAbsent, be_absent, choose_digests
from feedback.people.models import Person
from feedback.storage.outbox import Outbox
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket
from feedback.tickets.rules.words import MoveName as M
from tests.factories import World, make_report
from tests.notices.post import work
from tests.tickets.conftest import Hands
from tests.tickets.steps import after_days, answered, assigned, disputed, make

DAY, WEEK = "Ringkasan laporan hari ini", "Ringkasan laporan minggu lalu"


def look() -> None:
    post_digests(utc_now())
    work()


def digests(sent: list[Mail], subject: str = DAY) -> dict[str, str]:
    """Text by name; who got two would fail."""
    names = dict(db.session.execute(select(Person.email, Person.name)).tuples().all())
    found = [(names[mail.recipient], mail.text) for mail in sent if mail.subject == subject]
    assert len(found) == len(dict(found)), [name for name, _ in found]
    return dict(found)


def line_of(text: str, number: str) -> str:
    return next((line for line in text.splitlines() if line.startswith(number)), "")


def test_reasons_are_the_most_pressing_first() -> None:
    now = utc_now()
    ends = {"now": now, "today_ends": now + timedelta(hours=5), "tomorrow_ends": now + timedelta(hours=29)}
    assert reasons(due_at=now, disputed=True, returned=False, **ends) == (Why.OVERDUE, Why.DISPUTED)
    assert reasons(due_at=ends["today_ends"], disputed=False, returned=False, **ends) == (Why.TODAY,)
    assert reasons(due_at=ends["tomorrow_ends"], disputed=False, returned=False, **ends) == (Why.TOMORROW,)
    later = ends["tomorrow_ends"] + timedelta(seconds=1)
    assert reasons(due_at=later, disputed=False, returned=True, **ends) == (Why.RETURNED,)
    assert reasons(due_at=None, disputed=False, returned=False, **ends) == ()


def test_an_officers_morning(world: World, hands: Hands, sent: list[Mail]) -> None:
    hands.at(3, 6)
    overdue = assigned(world)  # first response until Friday the 13th
    hands.at(3, 9)
    today = assigned(world)  # until Monday the 16th
    hands.at(3, 10)
    tomorrow = assigned(world)  # until Tuesday the 17th
    theirs = assigned(world)
    make(world, theirs, M.CLAIM, world.second_officer)
    hands.at(3, 13)
    far = assigned(world)
    again = disputed(world)
    hands.at(3, 16, 0, 5)
    look()
    assert digests(sent) == {}
    hands.at(3, 16, 8)
    look()
    look()
    mine = digests(sent)["Petugas Satu"]
    assert "lewat tenggat" in line_of(mine, overdue.number)
    assert "jatuh tempo hari ini" in line_of(mine, today.number)
    assert "jatuh tempo hari kerja berikutnya" in line_of(mine, tomorrow.number)
    assert f"http://localhost/laporan/{overdue.number}" in mine
    assert far.number not in mine
    assert theirs.number not in mine
    assert again.number not in mine  # the earlier answerer does not decide a dispute
    other = digests(sent)["Petugas Dua"]
    assert "jatuh tempo hari kerja berikutnya" in line_of(other, theirs.number)
    assert "disanggah pelapor" in line_of(other, again.number)
    assert set(digests(sent)) == {"Petugas Satu", "Petugas Dua"}


def test_the_next_working_day_after_tuesday_the_17th_is_the_25th(world: World, hands: Hands, sent: list[Mail]) -> None:
    hands.at(3, 11)
    receipt = assigned(world)  # 12, 13, 16, 17, 25
    hands.at(3, 17, 9)
    look()
    assert "hari kerja berikutnya" in line_of(digests(sent)["Petugas Satu"], receipt.number)


def test_nothing_on_closed_days_and_nothing_when_there_is_nothing(world: World, hands: Hands, sent: list[Mail]) -> None:
    hands.at(3, 9)
    assigned(world)
    for day in (14, 15, 18, 19, 20, 21, 22, 23, 24):
        hands.at(3, day, 9)
        look()
    assert digests(sent) == {}
    hands.at(3, 25, 9)
    look()
    assert "Petugas Satu" in digests(sent)
    assert "Petugas Lain" not in digests(sent)


def test_one_a_day_however_often_the_worker_looks(world: World, hands: Hands, sent: list[Mail]) -> None:
    hands.at(3, 9)
    assigned(world)
    for hour in (0, 5, 8, 9, 12, 15, 20):
        hands.at(3, 17, hour)
        look()
    assert len(digests(sent)) == 2
    hands.at(3, 25, 8)
    look()
    assert len([mail for mail in sent if mail.subject == DAY]) == 4


def test_a_worker_that_comes_after_closing_sends_none_for_that_day(world: World, hands: Hands, sent: list[Mail]) -> None:
    hands.at(3, 9)
    assigned(world)
    hands.at(3, 16, 18)
    look()
    hands.at(3, 17, 8)
    look()
    assert len([mail for mail in sent if mail.subject == DAY]) == 2


def test_coordinators_hear_of_what_came_back(world: World, hands: Hands, sent: list[Mail]) -> None:
    hands.at(3, 9)
    receipt = assigned(world)
    make(world, receipt, M.RETURN_TO_COORDINATOR, world.officer)
    fresh = make_report(world)
    hands.at(3, 10, 8)
    look()
    mine = digests(sent)["Koordinator Satu"]
    assert "dikembalikan ke koordinator" in line_of(mine, receipt.number)
    assert fresh.number not in mine


def test_rights_are_those_of_the_moment_of_sending(world: World, hands: Hands, sent: list[Mail]) -> None:
    hands.at(3, 9)
    receipt = assigned(world)
    hands.at(3, 17, 0)
    post_digests(utc_now())
    with transaction():
        values = {"reported_person_id": world.officer.person_id}
        db.session.execute(update(Ticket).where(Ticket.id == receipt.ticket_id).values(**values))
    hands.at(3, 17, 8)
    work()
    assert set(digests(sent)) == {"Petugas Dua"}


def test_a_sealed_ticket_is_its_number_and_why(world: World, hands: Hands, sent: list[Mail]) -> None:
    hands.at(3, 9)
    sealed, plain = assigned(world, actor=Actor(), anonymous=True), assigned(world)
    hands.at(3, 17, 9)
    look()
    text = digests(sent)["Petugas Satu"].split(sealed.number + ":")[1].split(plain.number + ":")[0]
    assert "lewat tenggat" in text
    assert "Lampu jalan" not in text
    assert "Lampu jalan" in digests(sent)["Petugas Satu"]


def test_who_does_not_want_them_gets_none(world: World, hands: Hands, sent: list[Mail]) -> None:
    hands.at(3, 9)
    assigned(world)
    assert world.officer.person_id is not None
    assert world.head.person_id is not None
    choose_digests(world.officer.person_id, daily=False, weekly=True)
    choose_digests(world.head.person_id, daily=True, weekly=False)
    hands.at(3, 16, 9)
    look()
    assert set(digests(sent)) == {"Petugas Dua"}
    assert set(digests(sent, WEEK)) == {"Gubernur"}


def test_a_deputy_reads_the_absent_officers_tickets(world: World, hands: Hands, sent: list[Mail]) -> None:
    hands.at(3, 9)
    receipt = assigned(world)
    make(world, receipt, M.CLAIM, world.officer)
    assert world.officer.person_id is not None
    be_absent(BeAbsent(world.officer.person_id, after_days(0), after_days(20), world.division_officer.person_id), by=None)
    hands.at(3, 17, 9)
    look()
    assert set(digests(sent)) == {"Petugas Bidang"}
    assert receipt.number in digests(sent)["Petugas Bidang"]


def test_a_supervisors_week(world: World, hands: Hands, sent: list[Mail]) -> None:
    hands.at(3, 5)
    assigned(world)
    hands.at(3, 10)
    answered(world)
    assigned(world, unit_id=world.division)
    make_report(world, topic_id=world.other_topic)
    hands.at(3, 16, 0)
    look()
    assert digests(sent, WEEK) == {}
    hands.at(3, 16, 8)
    look()
    look()
    head = digests(sent, WEEK)["Kepala Dinas"].replace("\n", " ")
    assert "9 Maret 2026 sampai" in head
    assert "Bidang Lampu Jalan   masuk 1, terjawab 0, kini lewat tenggat 0   tertua yang belum selesai" in head
    assert "Dinas Perhubungan   masuk 1, terjawab 1, kini lewat tenggat 1   tertua yang belum selesai: diterima" in head
    assert "Provinsi" not in head.split("masuk")[0]
    governor = digests(sent, WEEK)["Gubernur"]
    assert "Provinsi Contoh" in governor
    assert set(digests(sent, WEEK)) == {"Kepala Dinas", "Gubernur"}


def test_the_week_begins_on_its_first_open_day(world: World, hands: Hands, sent: list[Mail]) -> None:
    hands.at(3, 17)
    assigned(world)
    hands.at(3, 23, 9)  # Monday, closed until the 25th
    look()
    assert digests(sent, WEEK) == {}
    hands.at(3, 25, 8)
    look()
    assert set(digests(sent, WEEK)) == {"Kepala Dinas", "Gubernur"}
    hands.at(3, 27, 9)
    look()
    assert set(digests(sent, WEEK)) == {"Kepala Dinas", "Gubernur"}


def test_an_empty_week_is_not_written_about(world: World, hands: Hands, sent: list[Mail]) -> None:
    hands.at(3, 16, 9)
    look()
    assert digests(sent, WEEK) == {}


def test_a_confidential_ticket_is_counted_only_for_the_entitled(world: World, hands: Hands, sent: list[Mail]) -> None:
    hands.at(3, 10)
    receipt = assigned(world, actor=Actor(), confidential=True)
    with transaction():
        values = {"reported_person_id": world.head.person_id}
        db.session.execute(update(Ticket).where(Ticket.id == receipt.ticket_id).values(**values))
    hands.at(3, 16, 9)
    look()
    assert set(digests(sent, WEEK)) == {"Gubernur"}


def test_the_keys_name_person_and_day(world: World, hands: Hands) -> None:
    hands.at(3, 16, 0)
    post_digests(utc_now())
    keys = set(db.session.scalars(select(Outbox.key).where(Outbox.kind == "mail.digest")))
    assert f"digest:day:{world.officer.person_id}:2026-03-16" in keys
    assert f"digest:week:{world.head.person_id}:2026-03-16" in keys
