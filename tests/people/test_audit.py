"""What of an account's life the log keeps: officials by the hour, citizens by the day or not at all."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from feedback.audit.models import AuditEntry
from feedback.people.models import Person
from feedback.storage.session import db
from tests.factories import World
from tests.people.registering import register
from tests.site import Reader


def deeds(person_id: int | None) -> list[AuditEntry]:
    db.session.rollback()
    mine = select(AuditEntry).where(AuditEntry.actor_id == person_id).order_by(AuditEntry.id)
    return list(db.session.scalars(mine))


def test_officials_sign_ins_are_kept_and_citizens_are_not(world: World, readers: Callable[[], Reader]) -> None:
    readers().sign_in(world.officer)
    assert [one.deed for one in deeds(world.officer.person_id)] == ["person.signed_in"]
    readers().sign_in(world.citizen)
    assert deeds(world.citizen.person_id) == []


def test_registering_leaves_the_day_and_no_hour(world: World, reader: Reader) -> None:
    register(reader, "baru@contoh.example")
    person_id = db.session.scalars(select(Person.id).where(Person.email == "baru@contoh.example")).one()
    made = deeds(person_id)
    assert [one.deed for one in made] == ["person.created", "person.address"]
    assert {(one.at.hour, one.at.minute, one.at.second, one.at.microsecond) for one in made} == {(0, 0, 0, 0)}
