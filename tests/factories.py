"""Rows for tests, valid by default. Every name is invented."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from feedback.catalogue.models import Authority, RoutingRule, Service, Topic
from feedback.clocks.actions import seed_calendars_and_policies
from feedback.kernel.actor import Actor, Membership
from feedback.kernel.permissions import Role
from feedback.people.actions import HASHER
from feedback.people.models import MembershipRow, Person
from feedback.storage.session import db, transaction
from feedback.tickets.actions.moves import make_move
from feedback.tickets.actions.submit import Receipt, SubmitReport, submit
from feedback.tickets.actions.work import MakeMove
from feedback.tickets.models import Ticket
from feedback.tickets.rules.lifecycle import MOVES, Words
from feedback.tickets.rules.words import Kind, MoveName
from feedback.units.models import Region, Unit

PASSWORD = "kapur tulis berwarna ungu"
_HASH = HASHER.hash(PASSWORD)
_serial = itertools.count(1)
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # Monday 2 March 2026, 11.00 WIT


@dataclass(frozen=True, slots=True)
class World:
    """Ids of a small province and actors for everybody in it."""

    government: int
    agency: int
    division: int
    other_agency: int
    other_government: int
    topic: int
    other_topic: int
    service: int
    authority: int
    village: str
    other_village: str
    coordinator: Actor
    officer: Actor
    second_officer: Actor
    division_officer: Actor
    other_officer: Actor
    head: Actor
    governor: Actor
    inspector: Actor
    administrator: Actor
    citizen: Actor
    stranger: Actor


def make_unit(*, parent: Unit | None = None, name: str = "", kind: str = "agency", **rest: Any) -> Unit:
    """A unit under a parent, in the parent's zone."""
    serial = next(_serial)
    name = name or f"Unit {serial}"
    values: dict[str, Any] = {
        "slug": f"unit-{serial}",
        "short_name": name,
        "zone": parent.zone if parent else "Asia/Jayapura",
        "valid_from": date(2020, 1, 1),
        "parent_id": parent.id if parent else None,
        "path": f"new-{serial}",
    }
    unit = Unit(name=name, kind=kind, **{**values, **rest})
    db.session.add(unit)
    db.session.flush()
    unit.path = f"{parent.path if parent else ''}{unit.id}."
    db.session.flush()
    return unit


def make_person(name: str = "", roles: tuple[tuple[Unit, Role], ...] = (), **rest: Any) -> Actor:
    """A person with roles, as an actor; the password is PASSWORD."""
    serial = next(_serial)
    name = name or f"Orang {serial}"
    values: dict[str, Any] = {"email": f"orang{serial}@contoh.example", "password_hash": _HASH, "created_at": MONDAY}
    person = Person(name=name, **{**values, **rest})
    db.session.add(person)
    db.session.flush()
    for unit, role in roles:
        db.session.add(MembershipRow(person_id=person.id, unit_id=unit.id, role=role, valid_from=date(2020, 1, 1)))
    db.session.flush()
    held = tuple(Membership(unit.id, unit.path, role, unit.name) for unit, role in roles)
    return Actor(person.id, name, held)


def _regions() -> None:
    db.session.add_all([
        Region(code="82", name="Maluku Utara", level="province"),
        Region(code="82.72", name="Kota Tidore Kepulauan", level="city", parent_code="82"),
        Region(code="82.72.02", name="Oba Utara", level="district", parent_code="82.72"),
        Region(code="82.72.02.1003", name="Sofifi", level="village", parent_code="82.72.02"),
        Region(code="82.72.02.1002", name="Guraping", level="village", parent_code="82.72.02"),
        Region(code="21", name="Kepulauan Riau", level="province"),
        Region(code="21.72", name="Kota Tanjungpinang", level="city", parent_code="21"),
    ])  # fmt: skip
    db.session.flush()


def make_world() -> World:
    """The small province, committed, with calendars and policies."""
    with transaction():
        seed_calendars_and_policies()
        _regions()
        government = make_unit(name="Provinsi Contoh", kind="government", region_code="82", slug="provinsi-contoh")
        agency = make_unit(parent=government, name="Dinas Perhubungan", slug="dinas-perhubungan")
        division = make_unit(parent=agency, name="Bidang Lampu Jalan", kind="division", slug="bidang-lampu")
        other = make_unit(parent=government, name="Dinas Kesehatan", slug="dinas-kesehatan")
        elsewhere = make_unit(name="Kota Lain", kind="government", zone="Asia/Jakarta", region_code="21.72", slug="kota-lain")
        topic = Topic(slug="lampu-jalan", name="Lampu jalan", description="Lampu mati", national_category="Perhubungan")
        second = Topic(slug="kesehatan", name="Kesehatan", description="Puskesmas", national_category="Kesehatan")
        authority = Authority(slug="pln", name="PLN", channel="Telepon 123")
        db.session.add_all([topic, second, authority])
        db.session.flush()
        service = Service(slug="perbaikan-lampu", code="S21", name="Perbaikan lampu jalan", unit_id=agency.id, topic_id=topic.id)
        db.session.add_all([
            service,
            RoutingRule(region_code="82", topic_id=topic.id, unit_id=agency.id, note=""),
            RoutingRule(region_code="82", topic_id=second.id, unit_id=other.id, note=""),
        ])  # fmt: skip
        db.session.flush()
        return World(
            government=government.id,
            agency=agency.id,
            division=division.id,
            other_agency=other.id,
            other_government=elsewhere.id,
            topic=topic.id,
            other_topic=second.id,
            service=service.id,
            authority=authority.id,
            village="82.72.02.1003",
            other_village="82.72.02.1002",
            coordinator=make_person("Koordinator Satu", ((government, Role.COORDINATOR),)),
            officer=make_person("Petugas Satu", ((agency, Role.OFFICER),)),
            second_officer=make_person("Petugas Dua", ((agency, Role.OFFICER),)),
            division_officer=make_person("Petugas Bidang", ((division, Role.OFFICER),)),
            other_officer=make_person("Petugas Lain", ((other, Role.OFFICER),)),
            head=make_person("Kepala Dinas", ((agency, Role.SUPERVISOR),)),
            governor=make_person("Gubernur", ((government, Role.SUPERVISOR),)),
            inspector=make_person("Inspektur", ((government, Role.INSPECTOR),)),
            administrator=make_person("Admin", ((government, Role.ADMINISTRATOR),)),
            citizen=make_person("Nur Warga"),
            stranger=make_person("Orang Asing"),
        )


def report_of(world: World, **values: Any) -> SubmitReport:
    """A report as a form would make it: a broken street lamp in the village, open to everybody."""
    given: dict[str, Any] = {
        "form_key": f"kunci-{next(_serial)}",
        "kind": Kind.COMPLAINT,
        "text": "Lampu jalan di depan masjid mati sejak tiga hari lalu.",
        "topic_id": world.topic,
        "region_code": world.village,
    }
    return SubmitReport(**{**given, **values})


def make_report(world: World, *, actor: Actor | None = None, **values: Any) -> Receipt:
    """A report taken in as its writer sends it; by the citizen unless another actor is named."""
    return submit(report_of(world, **values), actor or world.citizen)


def tracker(receipt: Receipt) -> Actor:
    """Somebody without an account who showed the secret code."""
    return Actor(tracked=frozenset({receipt.ticket_id}))


def move(number: str, name: MoveName, actor: Actor, **values: Any) -> int:
    """One move on the ticket as it now stands; what the move needs is filled in. Returns the new version."""
    version = db.session.scalars(select(Ticket.version).where(Ticket.number == number)).one()
    filled: dict[str, Any] = {"version": version}
    if MOVES[name].words is Words.REQUIRED:
        filled["text"] = f"Kata-kata untuk {name.value}."
    return make_move(MakeMove(number=number, move=name, **{**filled, **values}), actor)
