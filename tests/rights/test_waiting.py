"""Requests that wait for an official are heard of before their 72 hours are over, and reading them is noted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from feedback.adapters.mail import Mail
from feedback.audit.models import AuditEntry
from feedback.kernel.clock import utc_now
from feedback.rights.actions import AskRight, ask
from feedback.rights.rules import RightsKind
from feedback.storage.session import db
from tests.factories import World, make_report
from tests.notices.conftest import sent
from tests.rights.test_requests import fresh, request_of, work
from tests.site import Reader

__all__ = ["sent"]
SUBJECT = "Permintaan hak menunggu jawaban"


def correct(reader: Reader, words: str = "Nama saya Nurlaila.") -> None:
    reader.send(reader.open("/akun/data"), has="correction-kind", **{"correction-words": words})


def told(sent: list[Mail]) -> list[Mail]:
    return [letter for letter in sent if letter.subject == SUBJECT]


def test_administrators_hear_of_it_at_once_and_again_a_day_before(app: Flask, world: World, readers: Callable[[], Reader], sent: list[Mail]) -> None:
    correct(readers().sign_in(world.citizen))
    work(app)
    [letter] = told(sent)
    row = request_of("correction")
    row_id, due = row.id, row.due_at
    assert f"/kelola/hak/{row_id}" in letter.text
    assert "Nurlaila" not in letter.text, "the words stay on the page"
    with time_machine.travel(due - timedelta(hours=23), tick=False):
        work(app)
        assert len(told(sent)) == 2
        reader = readers().sign_in(world.administrator)
        reader.send(reader.open(f"/kelola/hak/{row_id}"), button="Kabulkan", words="Sudah diperbaiki.")
        work(app)
    assert len(told(sent)) == 2


def test_nobody_is_reminded_of_what_is_answered(app: Flask, world: World, readers: Callable[[], Reader], sent: list[Mail]) -> None:
    correct(readers().sign_in(world.citizen))
    work(app)
    row = request_of("correction")
    due = row.due_at
    reader = readers().sign_in(world.administrator)
    reader.send(reader.open(f"/kelola/hak/{row.id}"), button="Tolak", words="Tidak dapat.")
    with time_machine.travel(due - timedelta(hours=1), tick=False):
        work(app)
    assert len(told(sent)) == 1


@pytest.mark.parametrize("kind", ["copy", "restriction"])
def test_what_is_done_at_once_troubles_nobody(app: Flask, world: World, readers: Callable[[], Reader], sent: list[Mail], kind: str) -> None:
    reader = readers().sign_in(world.citizen)
    reader.send(reader.open("/akun/data"), has=f"{kind}-kind")
    work(app)
    assert told(sent) == []


def test_the_room_of_administrators_leads_there_and_counts(world: World, readers: Callable[[], Reader]) -> None:
    admin = readers().sign_in(world.administrator)
    assert "/kelola/hak" in admin.open("/kelola").links
    assert "1 permintaan hak menunggu" not in admin.open("/kelola").text
    correct(readers().sign_in(world.citizen))
    page = admin.open("/kelola")
    assert "1 permintaan hak menunggu jawaban" in page.text
    queue = admin.open("/kelola/hak")
    assert "/kelola/orang" in queue.links, "the tabs of the room stand above the queue too"
    assert re.search(r'<a href="/kelola" aria-current="page"', queue.html), "and the menu says which room it is"
    log = admin.open("/kelola/audit").text
    assert "antrean permintaan hak" in log
    assert "rights_request" not in log


def test_reading_a_request_is_noted(world: World, readers: Callable[[], Reader]) -> None:
    correct(readers().sign_in(world.citizen))
    row = request_of("correction")
    admin = readers().sign_in(world.administrator)
    admin.open("/kelola/hak")
    for _ in range(2):
        admin.open(f"/kelola/hak/{row.id}")
    fresh()
    read = select(AuditEntry.subject, AuditEntry.actor_id).where(AuditEntry.deed == "rights.read").order_by(AuditEntry.id)
    by = world.administrator.person_id
    assert db.session.execute(read).all() == [("rights_requests", by), (f"rights_request:{row.id}", by)]


def test_an_empty_queue_tells_nothing_about_anybody(world: World, readers: Callable[[], Reader]) -> None:
    readers().sign_in(world.administrator).open("/kelola/hak")
    fresh()
    assert db.session.scalar(select(AuditEntry.id).where(AuditEntry.deed == "rights.read")) is None


def test_of_a_sealed_report_officials_read_the_day_a_request_came(world: World, readers: Callable[[], Reader]) -> None:
    receipt = make_report(world, anonymous=True)
    holder = readers()
    holder.send(holder.open("/lacak"), has="nomor", nomor=receipt.number, kode=receipt.code)
    holder.send(holder.open(f"/laporan/{receipt.number}/data"), has="correction-kind", **{"correction-words": "Tempatnya salah."})
    page = readers().sign_in(world.administrator).open(f"/kelola/hak/{request_of('correction').id}")
    asked = request_of("correction").requested_at
    assert asked <= utc_now()
    local = asked + timedelta(hours=7)
    assert f"{local:%H.%M}" not in page.text, page.text


def test_two_administrators_answer_at_once_and_the_second_keeps_the_words(world: World, readers: Callable[[], Reader]) -> None:
    row_id = ask(AskRight(kind=RightsKind.CORRECTION, person_id=world.citizen.person_id, words="Nama saya salah."), world.citizen)
    first, second = (readers().sign_in(world.administrator) for _ in range(2))
    page = second.open(f"/kelola/hak/{row_id}")
    first.send(first.open(f"/kelola/hak/{row_id}"), button="Kabulkan", words="Nama sudah diperbaiki.")
    late = second.send(page, button="Tolak", words="Tidak sesuai dengan KTP.")
    assert late.status == 422
    assert "Permintaan ini sudah dijawab." in late.text
    assert "Nama sudah diperbaiki." in late.text
    assert "Tidak sesuai dengan KTP." in late.text
