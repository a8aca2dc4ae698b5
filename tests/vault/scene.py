"""Somebody who is afraid, from registering to the answer; and every trace by which somebody else might name them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from flask import Flask
from sqlalchemy import select, text

from feedback.people.models import Person
from feedback.people.queries import person_by_email
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket
from feedback.tickets.rules.words import MoveName
from tests.adapters.mailbox import Mailbox
from tests.factories import World, make_person, move
from tests.files import samples
from tests.notices.post import work
from tests.people.registering import register
from tests.site import Page, Reader

NAME, ADDRESS, PHONE = "Zainuddin Marsaoly", "zainuddin.marsaoly@contoh.example", "0812-7788-9911"
VISITOR, ADDRESS_OF_VISITOR = "Rosmini Tjokro", "rosmini@contoh.example"
# 14.37 where the report is about; no other act of the scene falls into this hour or its minute elsewhere.
AT = datetime(2026, 3, 4, 5, 37, 23, tzinfo=UTC)
HOURS = re.compile(r"\b14[.:]37|\b0?5:37|T05:37|T14:37|05:37:23|14:37:23")
NAMES = ("zainuddin", "marsaoly", "rosmini", "tjokro", "081277889911", "0812-7788", "81277889911")
# So large that nothing else on the site is the same number.
NUMBER = 904_711
SOFIFI = "/lapor?wilayah=82.72.02.1003"


@dataclass
class Scene:
    """What became of it: the account's number, and the reports by how they were sent."""

    account: int
    reports: dict[str, str]
    codes: dict[str, str]

    def ids(self) -> dict[str, int]:
        """The rows of the reports."""
        found = db.session.execute(select(Ticket.number, Ticket.id)).tuples().all()
        return {name: dict(found)[number] for name, number in self.reports.items()}


def play(app: Flask, world: World, readers: Callable[[], Reader], mailbox: Mailbox, instance: Path) -> Scene:
    """A citizen registers and sends three reports, a visitor one; officials work on them; the worker sends the mail."""
    app.config["SETTINGS"] = replace(
        app.config["SETTINGS"], instance=instance, mail="smtp", smtp_host="127.0.0.1", smtp_port=mailbox.port
    )
    with time_machine.travel(AT - timedelta(hours=3)) as clock:
        _distinct_numbers()
        clock.move_to(AT)
        citizen = readers()
        page = register(citizen, ADDRESS, name=NAME)
        assert page.path == "/akun", page.text
        db.session.rollback()  # what the site has written since is not in an older snapshot
        person = person_by_email(ADDRESS)
        assert person is not None
        scene = Scene(person.id, {}, {})
        photo = [("Zainuddin di kantor.jpg", samples.telling_photo())]
        _send(scene, "anonymous", citizen, world, phone=PHONE, anonymous="y", files=photo)
        _send(scene, "confidential", citizen, world, phone=PHONE, confidential="y")
        _send(scene, "both", citizen, world, anonymous="y", confidential="y", reported_unit_id=world.other_agency)
        _send(scene, "visitor", readers(), world, name=VISITOR, email=ADDRESS_OF_VISITOR, phone=PHONE, anonymous="y")
        _send(scene, "hidden later", citizen, world, name=NAME)
        page = citizen.open(f"/laporan/{scene.reports['hidden later']}")
        page = citizen.send(page, button="Sembunyikan nama pelapor")
        assert "kode" in page.text.lower()
        citizen.send(citizen.open(f"/laporan/{scene.reports['anonymous']}"), button="Tambah keterangan", **{"add_information-text": "Masih mati."})
        work()
        db.session.rollback()
        clock.move_to(AT + timedelta(hours=20))
        _answer(scene, world)
        work()
    db.session.rollback()
    return scene


def _distinct_numbers() -> None:
    with transaction():
        make_person("Pengisi")
        db.session.execute(text("UPDATE person SET id = :number WHERE name = 'Pengisi'"), {"number": NUMBER})
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SELECT setval('person_id_seq', :number)"), {"number": NUMBER})
    db.session.expire_all()
    assert db.session.scalar(select(Person.id).order_by(Person.id.desc())) == NUMBER


def _send(scene: Scene, kind: str, reader: Reader, world: World, *, files: list[tuple[str, bytes]] | None = None, **values: object) -> None:
    page = reader.open(SOFIFI)
    words = f"Petugas loket meminta uang rokok, {kind}."
    page = reader.send(page, button="periksa", text=words, topic=str(world.topic), files={"files": files} if files else {}, **values)
    assert page.status == 200, page.text
    page = reader.send(page, button="kirim")
    assert page.status == 200, page.text
    scene.reports[kind], scene.codes[kind] = _found(r"MB-\w{4}-\w{4}", page), _found(r"\b\w{4}-\w{4}-\w{4}-\w{4}\b", page)


def _found(pattern: str, page: Page) -> str:
    found = re.search(pattern, page.text)
    assert found, page.text
    return found.group()


def _answer(scene: Scene, world: World) -> None:
    """The confidential one is only opened; the others are verified and get a first reply."""
    for name, number in scene.reports.items():
        asker = world.coordinator if name not in ("confidential", "both") else world.governor
        move(number, MoveName.VERIFY_AND_ASSIGN, asker, unit_id=world.agency, grade="non_oversight", title=f"Uang rokok, {name}")
        move(number, MoveName.START, world.officer)
        move(number, MoveName.INTERIM_REPLY, world.officer, text="Kami periksa.")
