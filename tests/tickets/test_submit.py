"""A report is taken once, whole or not at all, and a sealed reporter is in no plain column."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from feedback.audit.models import AuditEntry
from feedback.catalogue.models import RoutingRule
from feedback.clocks.rules.policy import ClockKind
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Forbidden, Invalid
from feedback.kernel.references import read_number
from feedback.storage.outbox import Outbox
from feedback.storage.session import db, transaction
from feedback.tickets.actions.codes import code_hash
from feedback.tickets.actions.submit import Receipt, submit
from feedback.tickets.models import Ticket
from feedback.tickets.queries.tracking import ticket_by_code
from feedback.tickets.rules.words import Channel, Kind, MoveName, State
from feedback.vault.keys import private_key
from feedback.vault.models import SealedIdentity
from feedback.vault.queries import contact_of
from feedback.vault.rules.sealing import Identity, Part, WrongSeal, open_seal, record_name
from tests.factories import World, make_report, report_of
from tests.tickets.steps import clocks_by_kind, cycles_of, events_of, footprint, ticket_of
from tests.vault.custodians import identity_of, vault_private

VISITOR = Actor()
SEALED_WORDS = {"name": "Rahmawati Tersegel", "email": "tersegel@contoh.example", "phone": "0811-2222-3333"}


def everything() -> str:
    """Every value of every plain column of the database, as one text."""
    found = []
    for table in inspect(db.engine).get_table_names():
        if table in ("person", "membership", "sealed_identity"):
            continue
        rows = db.session.execute(text(f'SELECT * FROM "{table}"'))
        found += [json.dumps([str(value) for value in row], ensure_ascii=False) for row in rows]
    return "\n".join(found)


def test_a_report_is_received_by_the_government_of_the_place(world: World) -> None:
    before = utc_now()
    receipt = make_report(world, name="Nur", place="depan masjid", event_date=date(2026, 1, 5))
    ticket = ticket_of(receipt)
    assert (ticket.state, ticket.is_open, ticket.unit_id) == (State.RECEIVED, True, world.government)
    assert ticket.proposed_unit_id == world.agency
    assert ticket.text == "Lampu jalan di depan masjid mati sejak tiga hari lalu."
    assert (ticket.reporter_id, ticket.reporter_name) == (world.citizen.person_id, "Nur")
    assert before <= ticket.received_at <= utc_now()
    assert ticket.received_at == ticket.created_at == receipt.received_at
    assert receipt.zone == "Asia/Jayapura"
    assert not receipt.is_resend
    assert ticket.published_at is None
    [event] = events_of(receipt)
    assert (event.move, event.from_state, event.to_state) == (MoveName.SUBMIT, None, State.RECEIVED)
    [cycle] = cycles_of(receipt)
    assert (cycle.number, cycle.started_at) == (1, ticket.received_at)


def test_the_clocks_of_a_complaint_start(world: World) -> None:
    receipt = make_report(world)
    clocks = clocks_by_kind(receipt)
    assert set(clocks) == {ClockKind.VERIFY, ClockKind.UU25_COMPLETENESS, ClockKind.HOLDING}
    assert ticket_of(receipt).due_at == clocks[ClockKind.VERIFY].due_at
    assert ticket_of(receipt).due_kind == ClockKind.VERIFY


def test_an_information_request_has_the_clock_of_its_law(world: World) -> None:
    assert set(clocks_by_kind(make_report(world, kind=Kind.INFORMATION_REQUEST))) == {
        ClockKind.VERIFY, ClockKind.KIP_ANSWER, ClockKind.HOLDING,
    }  # fmt: skip


def test_number_and_code(world: World) -> None:
    receipt = make_report(world)
    assert re.fullmatch(r"MB-[0-9A-Z]{4}-[0-9A-Z]{4}", receipt.number)
    assert read_number(receipt.number) == receipt.number
    assert re.fullmatch(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", receipt.code)
    assert ticket_by_code(receipt.number, receipt.code) == receipt.ticket_id
    assert ticket_by_code(receipt.number, make_report(world).code) is None
    assert receipt.code not in everything()
    assert ticket_of(receipt).code_hash == code_hash(receipt.code)


def test_the_reporter_is_told_once(world: World) -> None:
    receipt = make_report(world)
    rows = db.session.scalars(select(Outbox)).all()
    assert [(row.kind, row.payload["ticket_id"], row.payload["tells"]) for row in rows] == [
        ("ticket.moved", receipt.ticket_id, ["reporter"])
    ]


def test_the_same_form_twice_is_one_report(world: World) -> None:
    command = report_of(world)
    first = submit(command, VISITOR)
    before = footprint()
    second = submit(command, VISITOR)
    assert footprint() == before
    assert (second.number, second.code, second.received_at) == (first.number, first.code, first.received_at)
    assert (first.is_resend, second.is_resend, second.same_text) == (False, True, True)


def test_going_back_and_sending_other_words_is_the_first_report(world: World) -> None:
    first = submit(report_of(world, form_key="satu"), VISITOR)
    second = submit(report_of(world, form_key="satu", text="Sesuatu yang sama sekali lain."), VISITOR)
    assert (second.number, second.same_text) == (first.number, False)
    assert ticket_of(first).text.startswith("Lampu jalan")


def test_two_forms_with_the_same_words_are_two_reports(world: World) -> None:
    assert make_report(world).number != make_report(world).number


def test_eight_at_once_with_one_key_are_one_report(app: Flask, world: World) -> None:
    command = report_of(world, email="nur@contoh.example")
    barrier = Barrier(8)

    def send() -> Receipt:
        with app.app_context():
            barrier.wait()
            try:
                return submit(command, VISITOR)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        receipts = [one.result() for one in [pool.submit(send) for _ in range(8)]]
    assert len({(receipt.number, receipt.code) for receipt in receipts}) == 1
    assert [receipt.is_resend for receipt in receipts].count(False) == 1
    numbers = db.session.scalars(select(Ticket.number)).all()
    assert numbers == [receipts[0].number]
    assert len(set(db.session.scalars(select(SealedIdentity.ticket_id)))) == 1
    assert len(db.session.scalars(select(Outbox.id)).all()) == 1


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("text", {"text": ""}),
        ("text", {"text": " \u200b\u2060 \n "}),
        ("text", {"text": "\U0001f926\U0001f3fd\u200d♀️ \U0001f4a1\U0001f4a1\U0001f4a1\U0001f4a1\U0001f4a1"}),
        ("text", {"text": "a"}),
        ("text", {"text": "a" * 10_001}),
        ("topic", {"topic_id": 999_999}),
        ("region", {"region_code": "99.99"}),
        ("region", {"region_code": ""}),
        ("region", {"region_code": "21"}),
        ("service", {"service_id": 999_999}),
        ("unit", {"unit_id": 999_999}),
        ("place", {"place": "a" * 201}),
        ("name", {"name": "a" * 121}),
        ("event_date", {"event_date": date(2999, 1, 1)}),
        ("event_date", {"event_date": date(1999, 1, 1)}),
        ("received_date", {"channel": Channel.LETTER, "received_at": datetime(2999, 1, 1, tzinfo=UTC)}),
        ("received_date", {"channel": Channel.LETTER, "received_at": datetime(1999, 1, 1, tzinfo=UTC)}),
    ],
)
def test_a_refused_report_leaves_no_row_anywhere(world: World, field: str, values: dict[str, Any]) -> None:
    before, plain = footprint(), everything()
    with pytest.raises(Invalid) as refusal:
        make_report(world, actor=world.coordinator, email="nur@contoh.example", **values)
    assert refusal.value.field == field
    assert footprint() == before
    assert everything() == plain
    assert db.session.scalars(select(SealedIdentity.ticket_id)).all() == []


def test_a_fault_halfway_leaves_no_row_and_the_form_can_be_sent_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    command, before = report_of(world, email="nur@contoh.example"), footprint()
    with monkeypatch.context() as broken:
        broken.setattr("feedback.tickets.actions.submit.set_next_due", lambda ticket: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            submit(command, VISITOR)
    assert footprint() == before
    assert not submit(command, VISITOR).is_resend


def test_an_event_of_today_is_today_at_the_place(world: World) -> None:
    today = utc_now().astimezone().date()
    with pytest.raises(Invalid):
        make_report(world, event_date=today + timedelta(days=2))
    make_report(world, event_date=today - timedelta(days=1))


@pytest.mark.parametrize("confidential", [False, True])
def test_an_anonymous_reporter_is_in_no_plain_column(world: World, settings: Any, confidential: bool) -> None:
    receipt = make_report(world, anonymous=True, confidential=confidential, **SEALED_WORDS)
    ticket = ticket_of(receipt)
    assert (ticket.reporter_id, ticket.reporter_name, ticket.recorded_by_id) == (None, None, None)
    assert [event.actor_id for event in events_of(receipt)] == [None]
    plain = everything()
    for word in (*SEALED_WORDS.values(), world.citizen.name, "Rahmawati", "tersegel", "2222"):
        assert word not in plain
    sealed = dict(db.session.execute(select(SealedIdentity.part, SealedIdentity.sealed)).tuples().all())
    assert set(sealed) == {Part.IDENTITY, Part.CONTACT}
    assert not any(word.encode() in box for word in SEALED_WORDS.values() for box in sealed.values())
    assert identity_of(receipt.ticket_id) == Identity(*SEALED_WORDS.values(), world.citizen.person_id)
    assert contact_of(receipt.ticket_id) == Identity(email=SEALED_WORDS["email"])


def test_a_seal_opens_with_its_key_for_its_record_alone(world: World, settings: Any) -> None:
    receipt = make_report(world, anonymous=True, **SEALED_WORDS)
    sealed = dict(db.session.execute(select(SealedIdentity.part, SealedIdentity.sealed)).tuples().all())
    worker, vault = private_key(settings.instance), vault_private(settings.instance)
    identity, contact = (record_name(receipt.ticket_id, part) for part in (Part.IDENTITY, Part.CONTACT))
    assert open_seal(sealed[Part.IDENTITY], vault, identity)["name"] == SEALED_WORDS["name"]
    for box, key, record in [
        (sealed[Part.IDENTITY], worker, identity),
        (sealed[Part.IDENTITY], b"\1" * 32, identity),
        (sealed[Part.IDENTITY], vault, record_name(receipt.ticket_id + 1, Part.IDENTITY)),
        (sealed[Part.CONTACT], worker, identity),
        (sealed[Part.CONTACT], vault, contact),
        (b"\x01" + sealed[Part.IDENTITY][1:], vault, identity),
        (sealed[Part.IDENTITY][:-1] + bytes([sealed[Part.IDENTITY][-1] ^ 1]), vault, identity),
    ]:
        with pytest.raises(WrongSeal):
            open_seal(box, key, record)


def test_an_anonymous_account_is_sealed_though_no_name_was_typed(world: World) -> None:
    receipt = make_report(world, anonymous=True)
    found = identity_of(receipt.ticket_id)
    assert found is not None
    assert (found.name, found.person_id) == (world.citizen.name, world.citizen.person_id)
    assert world.citizen.name not in everything()


def test_the_account_of_a_confidential_report_is_sealed(world: World) -> None:
    receipt = make_report(world, confidential=True)
    assert (ticket_of(receipt).reporter_id, ticket_of(receipt).reporter_name) == (None, None)
    found = identity_of(receipt.ticket_id)
    assert found is not None
    assert found.person_id == world.citizen.person_id


def test_all_seals_have_lengths_that_tell_nothing(world: World) -> None:
    make_report(world, anonymous=True, name="Al")
    make_report(world, anonymous=True, **SEALED_WORDS)
    lengths = {len(sealed) for sealed in db.session.scalars(select(SealedIdentity.sealed))}
    assert len(lengths) == 1


@pytest.mark.parametrize("flag", ["anonymous", "confidential"])
def test_a_hidden_reporter_who_gave_nothing_has_the_same_rows(world: World, flag: str) -> None:
    given = make_report(world, actor=Actor(), name="Zainuddin", email="z@contoh.example", **{flag: True})
    nothing = make_report(world, actor=Actor(), **{flag: True})
    rows = db.session.execute(select(SealedIdentity.ticket_id, SealedIdentity.part, SealedIdentity.sealed)).all()
    kept = [{(row.part, len(row.sealed)) for row in rows if row.ticket_id == one.ticket_id} for one in (given, nothing)]
    assert kept[0] == kept[1]
    assert len(kept[0]) == 2
    assert identity_of(nothing.ticket_id) == contact_of(nothing.ticket_id) == Identity()


def test_nothing_is_sealed_when_nothing_was_given(world: World) -> None:
    make_report(world, actor=VISITOR)
    assert db.session.scalars(select(SealedIdentity.ticket_id)).all() == []


def test_contact_of_an_open_report_is_sealed_too(world: World) -> None:
    make_report(world, actor=VISITOR, **SEALED_WORDS)
    plain = everything()
    assert SEALED_WORDS["email"] not in plain
    assert SEALED_WORDS["phone"] not in plain


def test_a_name_left_empty_is_not_taken_from_the_account(world: World) -> None:
    """The form says that an empty name is not shown, and the check page promised "Anonim"."""
    receipt = make_report(world, name="")
    assert ticket_of(receipt).reporter_name is None
    assert ticket_of(receipt).reporter_id == world.citizen.person_id


def test_the_counter_is_for_coordinators(world: World) -> None:
    before = footprint()
    for actor in (VISITOR, world.citizen, world.officer, world.head, world.inspector, world.administrator):
        with pytest.raises(Forbidden):
            make_report(world, actor=actor, channel=Channel.COUNTER)
    assert footprint() == before


def test_a_letter_of_last_week_keeps_its_date_and_is_audited(world: World) -> None:
    arrived = utc_now() - timedelta(days=7)
    receipt = make_report(world, actor=world.coordinator, channel=Channel.LETTER, received_at=arrived, name="Pak Udin")
    ticket = ticket_of(receipt)
    assert ticket.received_at == arrived == receipt.received_at
    assert ticket.created_at - arrived >= timedelta(days=7)
    assert (ticket.recorded_by_id, ticket.reporter_id) == (world.coordinator.person_id, None)
    assert ticket.reporter_name == "Pak Udin"
    assert clocks_by_kind(receipt)[ClockKind.VERIFY].started_at == arrived
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "ticket.recorded"))
    assert (entry.actor_id, entry.subject) == (world.coordinator.person_id, f"ticket:{receipt.ticket_id}")
    assert datetime.fromisoformat(entry.detail["received_at"]) == arrived


def test_an_anonymous_letter_names_nobody_but_who_recorded_it(world: World) -> None:
    make_report(world, actor=world.coordinator, channel=Channel.LETTER, anonymous=True, name="Pak Udin Rahasia")
    assert "Udin" not in everything()


def test_a_citizen_cannot_set_the_time_it_was_received(world: World) -> None:
    """Only the counter says when something came in."""
    receipt = make_report(world, received_at=utc_now() - timedelta(days=300))
    assert utc_now() - ticket_of(receipt).received_at < timedelta(minutes=1)


def test_a_service_goes_to_its_owner_and_a_chosen_unit_before_it(world: World) -> None:
    by_service = make_report(world, topic_id=world.other_topic, service_id=world.service)
    by_unit = make_report(world, unit_id=world.division, service_id=world.service)
    by_topic = make_report(world, topic_id=world.other_topic)
    assert ticket_of(by_service).proposed_unit_id == world.agency
    assert ticket_of(by_unit).proposed_unit_id == world.division
    assert ticket_of(by_topic).proposed_unit_id == world.other_agency


def test_a_matter_of_an_outside_body_is_held_by_the_government_with_its_name(world: World) -> None:
    with transaction():
        db.session.add(RoutingRule(region_code="82.72", topic_id=world.topic, authority_id=world.authority, note="Jalan nasional"))
    ticket = ticket_of(make_report(world))
    assert (ticket.unit_id, ticket.proposed_unit_id, ticket.proposed_authority_id) == (world.government, None, world.authority)


def test_a_service_of_another_city_does_not_send_the_report_there(world: World) -> None:
    elsewhere = make_report(world, region_code="21.72", service_id=world.service)
    assert ticket_of(elsewhere).unit_id == world.other_government
    assert ticket_of(elsewhere).zone == elsewhere.zone == "Asia/Jakarta"


def test_statements_of_one_submission(world: World, statements: list[str]) -> None:
    command = report_of(world, anonymous=True, service_id=world.service, unit_id=world.division, **SEALED_WORDS)
    statements.clear()
    submit(command, VISITOR)
    assert len(statements) <= 20, statements
