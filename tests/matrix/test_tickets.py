"""Every address of a ticket x every relation x every kind of ticket: who reads what, by a table of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from feedback.kernel.references import read_number
from feedback.storage.session import db, transaction
from feedback.tickets.actions.submit import Receipt
from feedback.tickets.models import Ticket, TicketNote
from feedback.tickets.rules.words import MoveName
from tests.conftest import plain_application
from tests.factories import World, make_report, move
from tests.matrix.people import ROLES, Crowd
from tests.matrix.test_rooms import _token
from tests.site import Reader

WORDS = "Kata-kata yang ditulis pelapor sendiri"
NAME = "Zainuddin Pelapor"
PHONE = "0812-0000-1234"
ADDRESS = "zainuddin@contoh.example"
NOTE = "Catatan untuk pegawai saja"
NOT_THERE = "MB-0000-0000"
ADDRESSES = [
    rule
    for rule in plain_application().url_map.iter_rules()
    if "number" in rule.arguments and rule.endpoint not in ("tickets.qr",)  # a picture of any number, asked of no table
]
# How much somebody is shown: nothing (not found), that it exists, the words, and what only officials read.
NONE, LISTED, READS, WORKS = "none", "listed", "reads", "works"
HERE = ("officer", "second_officer", "agency_coordinator", "head")  # people of the unit that holds it
ABOVE = ("governor", "coordinator")


@dataclass(frozen=True)
class Case:
    """A kind of ticket, and who is shown how much of it; everybody else `otherwise`."""

    name: str
    otherwise: str
    shown: dict[str, str]
    report: dict[str, Any]
    is_verified: bool = True
    is_hidden: bool = False
    about: str | None = None


# An inspector reads what the unit's people read, but its internal notes are not for them.
OFFICIALS = {**dict.fromkeys((*HERE, *ABOVE), WORKS), "inspector": READS}
CASES = (
    Case("open", READS, {**OFFICIALS, "citizen": READS}, {"name": NAME}),
    # unverified: the government holds it, an agency's people do not
    Case("unverified", LISTED, {**dict.fromkeys(ABOVE, WORKS), "inspector": READS, "citizen": READS}, {"name": NAME}, is_verified=False),
    Case("anonymous", READS, OFFICIALS, {"name": NAME, "anonymous": True, "email": ADDRESS, "phone": PHONE}),
    # confidential: the holding unit's own people, their supervisors and the inspector (DOMAIN.md section 5)
    Case("confidential", NONE, {**dict.fromkeys(HERE, WORKS), "governor": WORKS, "inspector": READS},
         {"name": NAME, "confidential": True, "email": ADDRESS, "phone": PHONE}),
    Case("hidden", NONE, {**OFFICIALS, "citizen": READS}, {"name": NAME}, is_hidden=True),
    Case("about an officer", READS, {**OFFICIALS, "officer": READS, "citizen": READS}, {"name": NAME}, about="officer"),
    Case("confidential about the head", NONE, {**dict.fromkeys(HERE, WORKS), "head": NONE, "governor": WORKS, "inspector": READS},
         {"confidential": True, "anonymous": True, "name": NAME}, about="head"),
)  # fmt: skip


def _make(world: World, case: Case) -> Receipt:
    receipt = make_report(world, text=WORDS, **case.report)
    if case.is_verified:
        move(receipt.number, MoveName.VERIFY_AND_ASSIGN, world.coordinator if not case.report.get("confidential") else world.governor,
             unit_id=world.agency, grade="non_oversight")  # fmt: skip
    if case.is_hidden:
        move(receipt.number, MoveName.HIDE, world.coordinator, text="Disembunyikan")
    with transaction():
        ticket = db.session.get_one(Ticket, receipt.ticket_id)
        if case.about is not None:
            ticket.reported_person_id = getattr(world, case.about).person_id
        author = world.governor if case.is_verified else world.coordinator
        db.session.add(TicketNote(ticket_id=ticket.id, at=ticket.received_at, author_id=author.person_id or 0, unit_id=world.agency, text=NOTE))
    return receipt


def _body(answer: TestResponse, asked: str) -> str:
    """What came back without the number that was asked for, and without the form token, which holds the second."""
    return re.sub(r'(name="csrf_token"[^>]*value=")[^"]+', r"\1", answer.get_data(as_text=True)).replace(asked, "X")


def _shown(page: str) -> str:
    if NOTE in page:
        return WORKS
    return READS if WORDS in page else LISTED


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_relation_reads_what_the_table_says(app: Flask, world: World, case: Case) -> None:
    number = _make(world, case).number
    crowd = Crowd(app, world)
    for role, reader in crowd.everybody():
        wanted = case.shown.get(role, case.otherwise)
        answer = reader.client.get(f"/laporan/{number}")
        page = answer.get_data(as_text=True)
        if wanted == NONE:
            assert answer.status_code == 404, role
            assert _body(answer, number) == _body(reader.client.get(f"/laporan/{NOT_THERE}"), NOT_THERE), role
        else:
            assert answer.status_code == 200, role
            assert _shown(page) == wanted, role
        if case.report.get("anonymous"):
            assert NAME not in page, role
        assert PHONE not in page, role
        assert ADDRESS not in page, role


@pytest.mark.parametrize("case", [case for case in CASES if case.otherwise == NONE], ids=lambda case: case.name)
def test_no_address_of_it_answers_those_who_may_not_see_it(app: Flask, world: World, case: Case) -> None:
    number = _make(world, case).number
    crowd = Crowd(app, world)
    for role, reader in crowd.everybody():
        if case.shown.get(role, NONE) != NONE:
            continue
        token = _token(reader)
        for rule in ADDRESSES:
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                _same_as_nothing(reader, rule, method, number, token, role)


def _same_as_nothing(reader: Reader, rule: Any, method: str, number: str, token: str, role: str) -> None:
    """The answer is, to the byte, the one about a number that was never given out."""
    answers = []
    for asked in (number, NOT_THERE):
        values: dict[str, Any] = dict.fromkeys(rule.arguments - {"number"}, 1)
        address = rule.build({**values, "number": asked})[1]
        answer = reader.client.open(address, method=method, data={"csrf_token": token} if method == "POST" else None)
        answers.append((answer.status_code, _body(answer, asked), sorted(answer.headers.keys())))
    assert answers[0] == answers[1], f"{method} {rule.rule} tells {role} that it is there"
    assert answers[0][0] in (303, 403, 404), f"{method} {rule.rule}: {answers[0][0]} for {role}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_who_shows_the_secret_code_reads_it_as_its_reporter(app: Flask, world: World, case: Case) -> None:
    receipt = _make(world, case)
    reader = Reader(app.test_client())
    page = reader.send(reader.open("/lacak"), has="kode", nomor=receipt.number, kode=receipt.code)
    assert page.path == f"/laporan/{receipt.number}"
    assert _shown(page.html) == READS
    assert reader.client.get(f"/laporan/{NOT_THERE}").status_code == 404


def test_the_table_speaks_of_everybody() -> None:
    assert read_number(NOT_THERE) == NOT_THERE, "a typo would be told apart"
    for case in CASES:
        assert set(case.shown) <= set(ROLES), case.name
