"""The month's report by mail: once, in the unit's hours, with the rights of the moment, and visibly over with the role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select, update

from feedback.adapters.mail import Mail
from feedback.audit.models import AuditEntry
from feedback.insight import handlers
from feedback.insight.actions import order_reports, subscribe
from feedback.insight.models import FigureSnapshot, ReportSubscription
from feedback.insight.queries.subscriptions import every_subscription
from feedback.insight.rules.measures import Measure
from feedback.insight.rules.subscriptions import not_mailed
from feedback.kernel.clock import pretending
from feedback.kernel.errors import NotFound
from feedback.people.models import MembershipRow
from feedback.storage.outbox import Outbox
from feedback.storage.session import db
from feedback.tickets.models import Ticket
from feedback.units.queries import unit_by_id
from tests.factories import World
from tests.insight.conftest import NOW, Maker, revisions
from tests.notices.post import work
from tests.site import Reader

# Wednesday 1 April 2026 in Jayapura: the doors open at 08.00, 23.00 UTC of the day before.
OPENS = datetime(2026, 3, 31, 23, 0, tzinfo=UTC)


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> list[Mail]:
    sent: list[Mail] = []

    def send(_job: Any, address: str, subject: str, text: str) -> None:
        sent.append(Mail("kami@contoh.example", address, subject, text, "<x@contoh.example>"))

    monkeypatch.setattr(handlers, "send", send)
    return sent


def begin(world: World) -> None:
    unit = unit_by_id(world.agency)
    assert unit is not None
    subscribe(unit, world.head, NOW, by=world.head.person_id)


def fill(make: Maker, world: World) -> None:
    for minutes in range(8):
        make.answered(world.agency, 10 + minutes, 100 + minutes)
    make.open(world.agency)
    db.session.commit()


def at(moment: datetime, letters: list[Mail]) -> int:
    """How many letters have gone out when the worker looked at this moment."""
    with pretending(moment):
        order_reports(moment)
        work()
    return len(letters)


def test_once_on_the_first_open_minute_of_the_month(make: Maker, world: World, letters: list[Mail]) -> None:
    fill(make, world)
    begin(world)
    assert at(OPENS - timedelta(days=7), letters) == 0
    assert at(OPENS - timedelta(minutes=1), letters) == 0
    assert at(OPENS, letters) == 1
    for later in (timedelta(0), timedelta(hours=5), timedelta(days=20)):
        assert at(OPENS + later, letters) == 1
    assert at(OPENS + timedelta(days=30), letters) == 1  # 1 May is a holiday, the 2nd and 3rd are a weekend
    assert at(datetime(2026, 5, 3, 22, 59, tzinfo=UTC), letters) == 1
    assert at(datetime(2026, 5, 3, 23, 0, tzinfo=UTC), letters) == 2
    [letter, _] = letters
    kept = db.session.scalars(select(FigureSnapshot).order_by(FigureSnapshot.first)).first()
    assert kept is not None
    assert (kept.first, kept.last) == (date(2026, 3, 1), date(2026, 3, 31))
    for words in ("Masuk: tidak disebut", "Dijawab: 8", "Belum dijawab: tidak disebut", "n 8", kept.id, f"/pantau/laporan-berkala/{kept.id}"):
        assert words in letter.text, words
    assert "Lampu jalan" not in letter.text


def test_the_page_and_the_letter_are_of_the_same_figures(make: Maker, world: World, letters: list[Mail], reader: Reader) -> None:
    fill(make, world)
    begin(world)
    at(OPENS, letters)
    make.answered(world.agency, 1, 1)
    db.session.commit()
    reader.sign_in(world.head)
    page = reader.open("/pantau/langganan")
    href = next(link for link in page.links if "laporan-berkala" in link)
    assert href.rsplit("/", 1)[1] in letters[0].text
    report = reader.client.get(f"{href}.csv").get_data(as_text=True)
    assert ",9,8,1," in report


def test_a_second_try_sends_the_same_figures(make: Maker, world: World, letters: list[Mail], monkeypatch: pytest.MonkeyPatch) -> None:
    fill(make, world)
    begin(world)
    tried: list[str] = []
    good = handlers.send

    def crash(_job: Any, _address: str, _subject: str, text: str) -> None:
        tried.append(text)
        raise OSError("the machine went down")

    monkeypatch.setattr(handlers, "send", crash)
    with pretending(OPENS):
        order_reports(OPENS)
        job = db.session.scalars(select(Outbox).where(Outbox.kind == "mail.report")).one()
        with pytest.raises(OSError, match="went down"):
            handlers.send_report(job)  # type: ignore[arg-type]
    db.session.rollback()
    monkeypatch.setattr(handlers, "send", good)
    make.answered(world.agency, 1, 1)
    db.session.commit()
    assert at(OPENS + timedelta(minutes=2), letters) == 1
    assert letters[0].text == tried[0]
    assert db.session.scalar(select(func.count()).select_from(FigureSnapshot)) == 1


def test_two_workers_order_one(make: Maker, world: World, letters: list[Mail]) -> None:
    fill(make, world)
    begin(world)
    with pretending(OPENS):
        assert order_reports(OPENS) == 1
        db.session.execute(update(ReportSubscription).values(last_month=date(2026, 2, 1)))  # as the other one saw it
        db.session.commit()
        order_reports(OPENS)
        work()
    assert len(letters) == 1


def test_with_the_role_the_reports_end_and_say_so(make: Maker, world: World, letters: list[Mail], readers: Callable[[], Reader]) -> None:
    fill(make, world)
    begin(world)
    mine = MembershipRow.person_id == world.head.person_id
    db.session.execute(update(MembershipRow).where(mine).values(unit_id=world.other_agency))
    db.session.commit()
    assert at(OPENS, letters) == 0
    [row] = every_subscription()
    assert (row.ended_why, row.snapshot_id) == ("role_over", None)
    assert db.session.scalar(select(func.count()).where(AuditEntry.deed == "insight.unsubscribed")) == 1
    with pretending(OPENS):
        assert "Peran Anda pada unit ini sudah berakhir." in readers().sign_in(world.head).open("/pantau/langganan").text
    assert at(OPENS + timedelta(days=40), letters) == 0


def test_what_may_not_be_known_any_more_is_not_sent(make: Maker, world: World, letters: list[Mail]) -> None:
    fill(make, world)
    for _ in range(6):
        make.open(world.agency, confidential=True, reported_person_id=world.head.person_id)
    for _ in range(4):
        make.open(world.agency)
    db.session.commit()
    begin(world)
    at(OPENS, letters)
    assert "Masuk: 13" in letters[0].text


@pytest.mark.parametrize(
    ("numbers", "hidden"),
    [
        ((20, 12, 8, 6, 6), set()),
        ((9, 8, 1, 8, 0), {Measure.OPEN, Measure.RECEIVED}),
        ((13, 3, 10, 0, 0), {Measure.ANSWERED, Measure.RECEIVED}),
        ((20, 12, 8, 9, 3), {Measure.ON_TIME, Measure.LATE}),
        ((22, 12, 8, 6, 6), {Measure.RECEIVED}),
    ],
)
def test_a_letter_leaves_out_what_gives_small_numbers_away(numbers: tuple[int, ...], hidden: set[Measure]) -> None:
    told = (Measure.RECEIVED, Measure.ANSWERED, Measure.OPEN, Measure.ON_TIME, Measure.LATE)
    assert not_mailed(dict(zip(told, numbers, strict=True))) == hidden


def test_subscribing_and_stopping_on_the_page(world: World, readers: Callable[[], Reader]) -> None:
    head = readers().sign_in(world.head)
    page = head.send(head.open("/pantau/langganan"), button="Kirimkan kepada saya setiap bulan", unit="dinas-perhubungan")
    assert "Dinas Perhubungan" in page.text
    db.session.rollback()
    [row] = every_subscription()
    assert (row.person_id, row.unit_id, row.ended_at) == (world.head.person_id, world.agency, None)
    stranger = readers().sign_in(world.inspector)
    token = next(value for form in stranger.open("/pantau/langganan").forms for name, value in form.fields if name == "csrf_token")
    address = f"/pantau/langganan/{row.id}/berhenti"
    assert stranger.client.post(address, data={"csrf_token": token}).status_code == 404
    assert "Anda menghentikannya." in head.send(page, button="Hentikan").text
    db.session.rollback()
    assert every_subscription()[0].ended_why == "own_wish"
    head.send(head.open("/pantau/langganan"), button="Kirimkan kepada saya setiap bulan", unit="dinas-perhubungan")
    db.session.rollback()
    assert every_subscription()[0].ended_at is None


def test_nobody_gets_reports_of_what_they_do_not_watch(world: World, reader: Reader, app: Flask) -> None:
    unit = unit_by_id(world.other_agency)
    assert unit is not None
    for actor in (world.head, world.officer, world.citizen):
        with pytest.raises(NotFound):
            subscribe(unit, actor, NOW, by=None)
    reader.sign_in(world.head)
    page = reader.send(reader.open("/pantau/langganan"), button="Kirimkan kepada saya setiap bulan", unit="dinas-kesehatan")
    assert page.status == 422
    assert every_subscription() == ()
    run = app.test_cli_runner()
    assert run.invoke(args=["insight", "subscribe", "tidak@ada.example", "dinas-kesehatan"]).exit_code == 2


def test_an_administrator_on_the_terminal(world: World, app: Flask) -> None:
    run = app.test_cli_runner()
    email = "kepala@contoh.example"
    from feedback.people.models import Person

    db.session.execute(update(Person).where(Person.id == world.head.person_id).values(email=email))
    db.session.commit()
    assert run.invoke(args=["insight", "subscribe", email, "dinas-kesehatan"]).exit_code == 2
    assert run.invoke(args=["insight", "subscribe", email, "dinas-perhubungan"]).exit_code == 0
    assert f"{email}  dinas-perhubungan" in run.invoke(args=["insight", "subscriptions"]).output
    assert run.invoke(args=["insight", "unsubscribe", email, "dinas-perhubungan"]).exit_code == 0
    assert "by_administrator" in run.invoke(args=["insight", "subscriptions", "--json"]).output
    assert run.invoke(args=["insight", "unsubscribe", email, "dinas-perhubungan"]).exit_code == 2


def test_subscriptions_come_and_go_with_reports_in_the_database(make: Maker, world: World, app: Flask) -> None:
    fill(make, world)
    begin(world)
    db.session.remove()
    before, here = revisions("report_subscription")
    downgrade(revision=before)
    assert "report_subscription" not in inspect(db.engine).get_table_names()
    db.session.remove()
    upgrade(revision=here)
    assert "report_subscription" in inspect(db.engine).get_table_names()
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 9
