"""A seal is opened for a stated reason, by two people from outside, once; and its reporter is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from feedback.audit.models import AuditEntry
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from feedback.kernel.permissions import Role
from feedback.rights.actions.erasing import forget_identity
from feedback.storage.outbox import Outbox
from feedback.storage.session import db, transaction
from feedback.tickets.actions.opening import (
    RequestOpening,
    agree_to_opening,
    refuse_opening,
    release,
    request_opening,
)
from feedback.tickets.actions.submit import Receipt
from feedback.tickets.models import Ticket
from feedback.tickets.queries.opening import openings_for
from feedback.tickets.rules.words import MoveName
from feedback.units.models import Unit
from feedback.vault.models import SealedIdentity, SealOpening
from feedback.vault.rules.opening import LASTS, WAITS, Stage
from feedback.vault.rules.released import read_released
from feedback.vault.rules.sealing import Identity
from tests.factories import World, make_person, make_report, move
from tests.site import Reader
from tests.vault.custodians import vault_private

BASIS = "Penetapan pengadilan menurut pasal 24 UU 13/2006"
CASE = "45/Pid.B/2026"
NAME = "Zainuddin Pelapor"


@pytest.fixture
def sealed(world: World) -> Receipt:
    """An anonymous report that the agency has."""
    receipt = make_report(world, anonymous=True, name=NAME, email="zainuddin@contoh.example", phone="081200001234")
    move(receipt.number, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=world.agency, grade="non_oversight")
    return receipt


@pytest.fixture
def others(world: World) -> tuple[Actor, Actor]:
    """Two people from outside the agency: the head of another one, and its controller."""
    with transaction():
        other = db.session.get_one(Unit, world.other_agency)
        return make_person("Kepala Lain", ((other, Role.SUPERVISOR),)), make_person("Pengawas", ((other, Role.INSPECTOR),))


def ask(receipt: Receipt, actor: Actor, number: str = "") -> int:
    return request_opening(RequestOpening(number=number or receipt.number, basis=BASIS, case_number=CASE), actor)


def stage(opening_id: int, actor: Actor) -> Stage:
    return next(one.stage for one in openings_for(actor, utc_now()) if one.id == opening_id)


def test_two_from_outside_agree_and_one_record_is_handed_out_once(
    app: Flask, world: World, sealed: Receipt, others: tuple[Actor, Actor]
) -> None:
    opening = ask(sealed, world.governor)
    assert agree_to_opening(opening, others[0]) == 1
    with pytest.raises(Conflict):
        release(opening, world.governor)
    assert agree_to_opening(opening, others[1]) == 2
    record = read_released(release(opening, world.governor).as_json())
    for one in (world.governor, *others):
        with pytest.raises(Conflict, match="satu kali"):
            release(opening, one)
    identity = record.opened(vault_private(app.config["SETTINGS"].instance), utc_now())
    assert identity == Identity(NAME, "zainuddin@contoh.example", "081200001234", world.citizen.person_id)
    assert (record.basis, record.case, record.requested_by) == (BASIS, CASE, "Gubernur, Provinsi Contoh")
    assert record.agreed_by == ("Kepala Lain, Dinas Kesehatan", "Pengawas, Dinas Kesehatan")
    assert timedelta(0) < record.until - utc_now() <= LASTS


@pytest.mark.parametrize("who", ["officer", "coordinator", "administrator", "citizen", "stranger", "other_officer"])
def test_only_overseers_ask(world: World, sealed: Receipt, who: str) -> None:
    with pytest.raises(Invalid) as caught:
        ask(sealed, getattr(world, who))
    assert caught.value.field == "number"


def test_nobody_asks_about_a_report_they_cannot_open(world: World, sealed: Receipt, others: tuple[Actor, Actor]) -> None:
    for number in (sealed.number, "MB-0000-0000", "bukan nomor"):
        with pytest.raises(Invalid) as caught:
            ask(sealed, others[0], number)
        assert str(caught.value) == "Tidak ada laporan dengan nomor ini yang Anda awasi."


def test_whom_it_is_about_and_their_unit_take_no_part(world: World, sealed: Receipt, others: tuple[Actor, Actor]) -> None:
    opening = ask(sealed, world.head)
    with transaction():
        ticket = db.session.get_one(Ticket, sealed.ticket_id)
        ticket.reported_unit_id = world.other_agency
    with pytest.raises(NotFound):
        agree_to_opening(opening, others[0])
    with transaction():
        ticket.reported_unit_id, ticket.reported_person_id = None, world.governor.person_id
    with pytest.raises(NotFound):
        agree_to_opening(opening, world.governor)
    with pytest.raises(Invalid):
        ask(sealed, world.governor)


@pytest.mark.parametrize("who", ["officer", "coordinator", "administrator", "citizen", "division_officer", "other_officer"])
def test_nobody_inside_and_nobody_without_oversight_decides(world: World, sealed: Receipt, who: str) -> None:
    opening = ask(sealed, world.governor)
    for decide in (agree_to_opening, refuse_opening):
        with pytest.raises(NotFound):
            decide(opening, getattr(world, who))
    with pytest.raises(NotFound):
        agree_to_opening(opening, world.head)
    with pytest.raises(NotFound):
        agree_to_opening(opening + 1, world.inspector)


def test_a_unit_that_had_the_report_stays_inside(world: World, sealed: Receipt, others: tuple[Actor, Actor]) -> None:
    move(sealed.number, MoveName.ASSIGN, world.governor, unit_id=world.other_agency)
    opening = ask(sealed, world.governor)
    for actor in (world.head, *others):
        with pytest.raises(NotFound):
            agree_to_opening(opening, actor)
    assert agree_to_opening(opening, world.inspector) == 1


def test_who_asked_does_not_agree_and_nobody_does_twice(world: World, sealed: Receipt) -> None:
    opening = ask(sealed, world.governor)
    with pytest.raises(Forbidden):
        agree_to_opening(opening, world.governor)
    agree_to_opening(opening, world.inspector)
    with pytest.raises(Conflict):
        agree_to_opening(opening, world.inspector)
    inside = ask(sealed, world.head)  # the head of the agency may ask, not agree
    with pytest.raises(Forbidden):
        agree_to_opening(inside, world.head)


@pytest.mark.parametrize(
    "values",
    [
        {"first_id": "governor"}, {"first_id": "inspector", "second_id": "inspector"},
        {"first_id": "inspector", "second_id": "governor"}, {"second_id": "inspector"}, {"released_at": "now"},
    ],
)  # fmt: skip
def test_the_database_refuses_a_shortcut(world: World, sealed: Receipt, values: dict[str, str]) -> None:
    opening, now = ask(sealed, world.governor), utc_now()
    written: dict[str, object] = {name: now if name.endswith("_at") else getattr(world, who).person_id for name, who in values.items()}
    for place in ("first", "second"):
        if f"{place}_id" in values:
            written |= {f"{place}_at": now, f"{place}_unit_id": world.government}
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(update(SealOpening).where(SealOpening.id == opening).values(**written))


def test_one_refusal_ends_it(world: World, sealed: Receipt, others: tuple[Actor, Actor]) -> None:
    opening = ask(sealed, world.governor)
    agree_to_opening(opening, others[0])
    refuse_opening(opening, others[1])
    for one in (world.inspector, others[0]):
        with pytest.raises(Conflict):
            agree_to_opening(opening, one)
    with pytest.raises(Conflict):
        release(opening, world.governor)
    assert stage(opening, world.governor) is Stage.REFUSED


def test_every_step_has_its_time(world: World, sealed: Receipt, others: tuple[Actor, Actor]) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        opening = ask(sealed, world.governor)
        agree_to_opening(opening, others[0])
        clock.shift(WAITS)
        with pytest.raises(Conflict):
            agree_to_opening(opening, others[1])
        assert stage(opening, others[1]) is Stage.EXPIRED
        opening = ask(sealed, world.governor)
        agree_to_opening(opening, others[0])
        agree_to_opening(opening, others[1])
        clock.shift(LASTS)
        with pytest.raises(Conflict):
            release(opening, world.governor)


def test_each_step_is_logged_without_words(world: World, sealed: Receipt, others: tuple[Actor, Actor]) -> None:
    opening = ask(sealed, world.governor)
    agree_to_opening(opening, others[0])
    agree_to_opening(opening, others[1])
    release(opening, world.governor)
    refuse_opening(ask(sealed, world.governor), others[0])
    rows = db.session.execute(
        select(AuditEntry.deed, AuditEntry.actor_id, AuditEntry.subject, AuditEntry.detail)
        .where(AuditEntry.deed.like("vault.%")).order_by(AuditEntry.id)
    ).tuples()  # fmt: skip
    asker, one, other = world.governor.person_id, others[0].person_id, others[1].person_id
    assert [(deed.removeprefix("vault."), who) for deed, who, _, _ in rows.all()] == [
        ("requested", asker), ("agreed", one), ("agreed", other), ("released", asker), ("requested", asker), ("refused", one),
    ]  # fmt: skip
    for _, _, subject, detail in rows:
        assert (subject, set(detail)) == (f"ticket:{sealed.ticket_id}", {"opening"})


def test_the_reporter_is_told_on_their_page_and_nobody_else(
    app: Flask, world: World, sealed: Receipt, others: tuple[Actor, Actor], readers: Callable[[], Reader]
) -> None:
    opening = ask(sealed, world.governor)
    agree_to_opening(opening, others[0])
    agree_to_opening(opening, others[1])
    reporter = readers()

    def page() -> str:
        return reporter.send(reporter.open("/lacak"), has="kode", nomor=sealed.number, kode=sealed.code).html

    assert "Identitas Anda dibuka" not in page()
    release(opening, world.governor)
    told = page()
    for words in ("Identitas Anda dibuka", BASIS, CASE, "atas permintaan Provinsi Contoh", "Dinas Kesehatan"):
        assert words in told
    assert "Kepala Lain" not in told
    for actor in (world.officer, world.head, world.governor, others[0], world.stranger):
        html = readers().sign_in(actor).open(f"/laporan/{sealed.number}").html
        assert BASIS not in html
        assert "Identitas Anda" not in html
    row = db.session.execute(select(Outbox.key, Outbox.payload).where(Outbox.kind == "ticket.unsealed")).one()
    assert row.payload == {"ticket_id": sealed.ticket_id, "opening_id": opening}


def test_a_report_without_a_seal_cannot_be_asked_for(world: World) -> None:
    with transaction():
        receipt = make_report(world, name=NAME)
        db.session.query(SealedIdentity).delete()
    with pytest.raises(Invalid, match="tidak menyimpan"):
        ask(receipt, world.governor)


def test_pages_ask_again_who_one_is_and_decide(world: World, sealed: Receipt, others: tuple[Actor, Actor], readers: Callable[[], Reader]) -> None:
    asker = readers().sign_in(world.governor)
    page = asker.send(asker.open("/pantau/identitas"), has="basis", number="MB-0000-0000", basis=BASIS, case=CASE)
    assert page.status == 422
    assert BASIS in page.html
    page = asker.send(page, has="basis", number=sealed.number.lower(), basis=BASIS, case=CASE)
    assert page.status == 200
    assert sealed.number in page.text
    assert not any(label == "Setujui" for form in page.forms for _, _, label in form.buttons)
    for actor, told in ((others[0], "satu orang lagi"), (others[1], "oleh dua orang")):
        other = readers().sign_in(actor)
        with time_machine.travel(utc_now() + timedelta(minutes=6)):
            assert other.client.get("/pantau/identitas").status_code == 401
        page = other.send(other.open("/pantau/identitas"), button="Setujui")
        assert told in page.text
    assert readers().sign_in(world.head).open("/pantau/identitas").text.count(sealed.number) == 0
    assert "flask vault release" in asker.open("/pantau/identitas").text


def test_it_is_handed_out_to_whoever_asked_or_agreed_and_to_nobody_else(
    world: World, sealed: Receipt, others: tuple[Actor, Actor]
) -> None:
    opening = ask(sealed, world.governor)
    for one in others:
        agree_to_opening(opening, one)
    for one in (world.inspector, world.head, world.administrator, world.officer, Actor()):
        with pytest.raises(NotFound):
            release(opening, one)
    assert release(opening, others[1]).number == sealed.number


def test_why_it_was_opened_goes_with_the_seal(world: World, sealed: Receipt) -> None:
    opening = ask(sealed, world.governor)
    with transaction():
        assert forget_identity([sealed.ticket_id]) == 2
    kept = db.session.execute(select(SealOpening.basis, SealOpening.case_number).where(SealOpening.id == opening)).one()
    assert tuple(kept) == ("", "")
