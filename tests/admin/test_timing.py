"""The desk of calendars and limits: foreseen, drafted, approved by somebody else, published, taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from feedback.audit.models import AuditEntry
from feedback.clocks.models import CalendarVersion, Clock, ClockEvent, TimingChange
from feedback.clocks.queries import calendar_of_unit, newest_calendars, policy_rules
from feedback.clocks.rules.policy import ClockKind
from feedback.clocks.rules.words import ClockEventKind, VersionStatus
from feedback.kernel.actor import Actor
from feedback.kernel.clock import local_date, utc_now
from feedback.kernel.permissions import Role
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket
from feedback.units.models import Unit
from tests.factories import World, make_person
from tests.site import Page, Reader
from tests.tickets.steps import answered, assigned, clocks_by_kind, ticket_of

IMPORT = "/kelola/kalender/impor"
EDIT = "/kelola/kalender/wit/ubah"


@pytest.fixture
def second(world: World) -> Actor:
    """Another administrator."""
    with transaction():
        government = db.session.get(Unit, world.government)
        assert government is not None
        return make_person("Admin Dua", ((government, Role.ADMINISTRATOR),))


@pytest.fixture
def maker(world: World, readers: Callable[[], Reader]) -> Reader:
    return readers().sign_in(world.administrator)


@pytest.fixture
def approver(second: Actor, readers: Callable[[], Reader]) -> Reader:
    return readers().sign_in(second)


def next_working_days(count: int) -> list[date]:
    """The next dates that count in WIT."""
    calendar = newest_calendars()["wit"].calendar
    day, found = local_date(utc_now(), "Asia/Jayapura"), list[date]()
    while len(found) < count:
        day += timedelta(days=1)
        if calendar.is_working_day(day):
            found.append(day)
    return found


def table(*days: date) -> str:
    lines = [f"{day},Libur mendadak,libur nasional,SKB contoh nomor 1" for day in days]
    return "\n".join(["tanggal,nama,jenis,keputusan", *lines])


def counts() -> tuple[int, int, int]:
    fresh()
    every = [len(db.session.scalars(select(one.id)).all()) for one in (TimingChange, CalendarVersion, ClockEvent)]
    return every[0], every[1], every[2]


def fresh() -> None:
    db.session.rollback()
    db.session.expire_all()


def drafted(maker: Reader, *days: date) -> Page:
    page = maker.send(
        maker.open(IMPORT), button="Simpan rancangan", table=table(*days), whole_years=None, reason="Keputusan baru"
    )
    assert "/perubahan/" in page.path, page.text
    return page


def published(maker: Reader, approver: Reader, *days: date) -> Page:
    page = drafted(maker, *days)
    approver.send(approver.open(page.path), button="Setujui rancangan")
    return approver.send(approver.open(page.path), button="Terbitkan sekarang")


PAGES = ("/kelola/kalender", "/kelola/kalender/wit", IMPORT, EDIT, "/kelola/kalender/baru", "/kelola/tenggat", "/kelola/tenggat/verify")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_administrators_only(world: World, maker: Reader, reader: Reader, path: str) -> None:
    assert maker.open(path).status == 200
    assert reader.sign_in(world.governor).open(path).status == 403


def test_what_is_not_there_is_not_found(maker: Reader) -> None:
    for path in ("/kelola/kalender/bulan", "/kelola/kalender/bulan/ubah", "/kelola/kalender/perubahan/9", "/kelola/tenggat/x"):
        assert maker.open(path).status == 404, path


def test_the_consequences_are_counted_without_writing(world: World, maker: Reader) -> None:
    assigned(world)
    day = next_working_days(1)[0]
    before = counts()
    page = maker.send(maker.open(IMPORT), button="Hitung dampak", table=table(day), whole_years=None)
    # First response and resolve of the one report; the completion clocks and the legal calendar days do not move.
    assert "2 berubah tanggalnya, pada 1 laporan" in page.text
    assert re.search(r"mundur \d+ hari", page.text)
    assert (counts(), table(day).splitlines()[1] in page.html) == (before, True)


def test_an_uploaded_file_comes_back_as_text(world: World, maker: Reader) -> None:
    page = maker.open(IMPORT)
    fields = dict(page.form(has="table").fields) | {"aksi": "hitung"}
    day = next_working_days(1)[0]
    data = {**fields, "file": (BytesIO(table(day).encode()), "libur.csv")}
    answer = Page(maker.client.post(IMPORT, data=data, content_type="multipart/form-data"))
    assert answer.status == 200
    assert table(day).splitlines()[1] in dict(answer.form(has="table").fields)["table"]


def test_a_file_that_is_wrong_says_which_line(maker: Reader) -> None:
    wrong = table(date(2027, 1, 1)) + "\n2027-13-01,Salah,libur nasional,SKB"
    page = maker.send(maker.open(IMPORT), button="Simpan rancangan", table=wrong)
    assert (page.status, "Baris 3" in page.text) == (422, True)


def test_the_maker_cannot_approve(world: World, maker: Reader) -> None:
    page = drafted(maker, *next_working_days(1))
    assert "Menunggu orang kedua" in page.text
    assert "Setujui rancangan" not in page.text
    form = page.form(button="Buang rancangan")
    token = dict(form.fields)["csrf_token"]
    answer = Page(maker.client.post(f"{page.path}/setujui", data={"csrf_token": token}, follow_redirects=True))
    assert "bukan yang membuatnya" in answer.text
    fresh()
    change = db.session.scalars(select(TimingChange)).one()
    assert (change.status, change.approved_by_id) == (VersionStatus.DRAFT, None)


def test_calendars_that_change_alike_are_told_once(maker: Reader) -> None:
    page = drafted(maker, date(2028, 1, 3))
    assert "Kalender wib, wit, wita Tahun yang menjadi lengkap: 2028" in page.text
    assert page.text.count("Menjadi hari tutup") == 1


def test_a_draft_counts_for_nothing(world: World, maker: Reader) -> None:
    day = next_working_days(1)[0]
    drafted(maker, day)
    fresh()
    assert newest_calendars()["wit"].calendar.is_working_day(day)


def test_publishing_moves_open_deadlines_and_the_queue(world: World, maker: Reader, approver: Reader) -> None:
    receipt, done = assigned(world), answered(world)
    closed = {clock.id: clock for clock in clocks_by_kind(done).values() if clock.stopped_at}
    before = clocks_by_kind(receipt)[ClockKind.FIRST_RESPONSE]
    queued = ticket_of(receipt).due_at
    page = published(maker, approver, next_working_days(1)[0])
    assert "Perubahan terbit" in page.text
    fresh()
    after = clocks_by_kind(receipt)[ClockKind.FIRST_RESPONSE]
    assert before.due_at is not None
    assert after.due_at is not None
    assert after.due_at > before.due_at
    assert ticket_of(receipt).due_at == after.due_at != queued
    assert {clock.id: clock for clock in clocks_by_kind(done).values() if clock.stopped_at} == closed
    events = db.session.scalars(select(ClockEvent).where(ClockEvent.clock_id == after.id).order_by(ClockEvent.id)).all()
    assert (events[-1].kind, events[-1].detail["reason"]) == (ClockEventKind.MOVED, "decree")
    deeds = db.session.scalars(select(AuditEntry.deed).where(AuditEntry.subject.like("timing_change:%"))).all()
    assert list(deeds) == ["timing.drafted", "timing.approved", "timing.published"]


def test_a_late_decree_excuses_a_breach_that_stays(world: World, maker: Reader, approver: Reader) -> None:
    receipt = assigned(world)
    clock = clocks_by_kind(receipt)[ClockKind.FIRST_RESPONSE]
    past = local_date(utc_now(), "Asia/Jayapura") - timedelta(days=30)
    while not newest_calendars()["wit"].calendar.is_working_day(past):
        past -= timedelta(days=1)
    with transaction():
        row = db.session.get(Clock, clock.id)
        assert row is not None
        row.started_at = utc_now() - timedelta(days=35)
        row.due_at = row.breached_at = utc_now() - timedelta(days=28)
        row.due_date = past + timedelta(days=1)
    page = published(maker, approver, past)
    fresh()
    assert "1 keterlambatan tetap tercatat" in page.text
    row = db.session.get(Clock, clock.id)
    assert row is not None
    assert row.breached_at is not None
    kinds = db.session.scalars(select(ClockEvent.kind).where(ClockEvent.clock_id == clock.id)).all()
    assert kinds.count(ClockEventKind.EXCUSED) == 1


def test_rolling_back_brings_the_dates_back(world: World, maker: Reader, approver: Reader) -> None:
    receipt = assigned(world)
    before = clocks_by_kind(receipt)[ClockKind.RESOLVE]
    page = published(maker, approver, next_working_days(1)[0])
    refused = maker.send(maker.open(page.path), button="Batalkan perubahan", reason="")
    assert refused.status == 422
    page = maker.send(maker.open(page.path), button="Batalkan perubahan", reason="Salah ketik tanggal")
    assert "yang berlaku sebelumnya terbit lagi" in page.text
    fresh()
    after = clocks_by_kind(receipt)[ClockKind.RESOLVE]
    assert (after.due_at, after.due_date) == (before.due_at, before.due_date)
    assert ticket_of(receipt).due_at is not None
    statuses = db.session.scalars(select(TimingChange.status).order_by(TimingChange.id)).all()
    assert list(statuses) == [VersionStatus.ROLLED_BACK, VersionStatus.PUBLISHED]


def test_a_draft_made_from_what_was_replaced_is_refused(world: World, maker: Reader, approver: Reader) -> None:
    one, two = next_working_days(2)
    stale = drafted(maker, one)
    published(maker, approver, two)
    answer = approver.send(approver.open(stale.path), button="Setujui rancangan")
    assert "versi lain sudah terbit" in answer.text
    gone = maker.send(maker.open(stale.path), button="Buang rancangan")
    assert gone.path == "/kelola/kalender"
    assert maker.open(stale.path).status == 404


def test_hours_change_from_a_date_and_a_calendar_without_open_time_is_refused(world: World, maker: Reader, approver: Reader) -> None:
    shut = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "")
    page = maker.send(maker.open(EDIT), button="Hitung dampak", reason="Tutup", **shut)
    assert (page.status, "harus memiliki jam buka" in page.text) == (422, True)
    wrong = maker.send(maker.open(EDIT), button="Hitung dampak", reason="Pagi", mon="pagi")
    assert (wrong.status, "Jam pagi tidak dikenal" in wrong.text) == (422, True)
    start = local_date(utc_now(), "Asia/Jayapura") + timedelta(days=40)
    page = maker.send(
        maker.open(EDIT), button="Simpan rancangan", reason="Enam hari kerja", valid_from=start, sat="08.00-12.00, 13.00-15.00",
        exceptions=f"{start} s.d. {start + timedelta(days=20)}: sen-jum 08.00-14.00",
        local=f"{start + timedelta(days=25)} | Hari jadi kota | SK 12",
    )  # fmt: skip
    approver.send(approver.open(page.path), button="Setujui rancangan")
    approver.send(approver.open(page.path), button="Terbitkan sekarang")
    fresh()
    now, then = utc_now(), utc_now() + timedelta(days=90)
    assert calendar_of_unit(world.agency, now).calendar.week[5] == ()
    later = calendar_of_unit(world.agency, then)
    assert (len(later.calendar.week[5]), len(later.calendar.exceptions), later.number) == (2, 1, 2)
    assert "Hari jadi kota" in maker.open("/kelola/kalender/wit").text


def test_a_unit_gets_a_calendar_that_follows_its_zone(world: World, maker: Reader, approver: Reader) -> None:
    wit = newest_calendars()["wit"]
    page = maker.send(maker.open("/kelola/kalender/baru"), has="key", name="RSUD", key="rsud", zone="Asia/Jayapura", parent_id=wit.calendar_id)
    assert page.path == "/kelola/kalender/rsud/ubah"
    page = maker.send(page, button="Simpan rancangan", reason="Buka setiap hari", sat="08.00-16.00", sun="08.00-16.00")
    approver.send(approver.open(page.path), button="Setujui rancangan")
    approver.send(approver.open(page.path), button="Terbitkan sekarang")
    day = next_working_days(1)[0]
    published(maker, approver, day)
    fresh()
    own = newest_calendars()["rsud"]
    assert day in own.calendar.closed
    assert own.calendar.week[6] != ()
    again = maker.send(maker.open("/kelola/kalender/baru"), has="key", name="Lain", key="rsud", zone="Asia/Jayapura")
    assert (again.status, "sudah dipakai" in again.text) == (422, True)


def test_a_limit_changes_for_what_starts_from_a_date_on(world: World, maker: Reader, approver: Reader) -> None:
    receipt = assigned(world)
    before = clocks_by_kind(receipt)[ClockKind.FIRST_RESPONSE]
    path = "/kelola/tenggat/first_response"
    same = maker.send(maker.open(path), button="Simpan rancangan", reason="Sama saja")
    assert (same.status, "Tidak ada yang berubah" in same.text) == (422, True)
    seen = maker.send(maker.open(path), button="Hitung dampak", reason="Lebih cepat", amount=3)
    assert "1 berubah tanggalnya" in seen.text
    page = maker.send(maker.open(path), button="Simpan rancangan", reason="Lebih cepat", amount=3)
    assert "/kelola/tenggat/perubahan/" in page.path
    approver.send(approver.open(page.path), button="Setujui rancangan")
    approver.send(approver.open(page.path), button="Terbitkan sekarang")
    fresh()
    after = clocks_by_kind(receipt)[ClockKind.FIRST_RESPONSE]
    assert after.amount == 3
    assert after.due_at is not None
    assert before.due_at is not None
    assert after.due_at < before.due_at
    assert db.session.scalar(select(Ticket.due_at).where(Ticket.id == receipt.ticket_id)) == after.due_at
    maker.send(maker.open(page.path), button="Batalkan perubahan", reason="Belum disepakati")
    fresh()
    assert clocks_by_kind(receipt)[ClockKind.FIRST_RESPONSE].due_at == before.due_at
    assert next(rule for rule in policy_rules() if rule.code == "first_response").amount.number == 5
