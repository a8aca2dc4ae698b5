"""What somebody may see is told by the grants themselves, to whoever may know, and reveals no report and no reporter."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from feedback.audit.models import AuditEntry
from feedback.kernel.actor import Actor
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Permission
from feedback.storage.session import db, transaction
from feedback.tickets.actions.access import look_at, look_at_ticket
from feedback.tickets.models import Ticket
from feedback.tickets.queries.access import access_of, openings_of
from feedback.tickets.rules.access import PERMISSION_WORDS, SIGHT_WORDS, in_words
from feedback.tickets.rules.grants import Sight, grants_for
from tests.factories import World, make_report, tracker
from tests.site import Page, Reader
from tests.tickets.steps import assigned
from tests.tickets.test_grants import everybody

New = Callable[[], Reader]
NOT_THERE = "MB-0000-0000"


def best(openings: tuple[object, ...]) -> Sight:
    return max((one.sight for one in openings), default=Sight.NONE)  # type: ignore[attr-defined]


def test_every_grant_and_every_room_has_words(world: World) -> None:
    for actor in everybody(world).values():
        assert [in_words(grant, actor.person_id).sight for grant in grants_for(actor)]
    tracked = Actor(tracked=frozenset({1}))
    assert in_words(grants_for(tracked)[0], None).phrases
    assert set(PERMISSION_WORDS) == set(Permission)
    assert set(SIGHT_WORDS) == set(Sight) - {Sight.NONE}


def test_the_answer_about_oneself_is_what_the_policy_gives(world: World) -> None:
    receipt = assigned(world)
    for name, sight in {"officer": Sight.WHOLE, "citizen": Sight.WHOLE, "stranger": Sight.WORDS, "other_officer": Sight.WORDS}.items():
        actor = getattr(world, name)
        assert best(openings_of(actor, actor, receipt.number)[1]) is sight, name


def test_about_others_neither_the_writer_nor_the_reported_is_told(world: World) -> None:
    receipt = assigned(world)
    with transaction():
        row = db.session.get_one(Ticket, receipt.ticket_id)
        row.reported_person_id = world.officer.person_id
    # The writer of the report is no more than any visitor, and the reported officer no less than a colleague.
    for person_id, sight in ((world.citizen.person_id, Sight.WORDS), (world.officer.person_id, Sight.WHOLE)):
        openings, _ = look_at_ticket(world.administrator, person_id or 0, receipt.number)
        assert best(openings) is sight
    # About oneself the answer is what every page does.
    assert best(openings_of(world.officer, world.officer, receipt.number)[1]) is Sight.WORDS


def test_a_report_the_asker_may_not_see_is_not_there(world: World) -> None:
    sealed = assigned(world, confidential=True)
    for asker in (world.administrator, world.coordinator):
        with pytest.raises(NotFound):
            look_at_ticket(asker, world.officer.person_id or 0, sealed.number)
    asked = db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.deed == "access.read"))
    assert asked == 0


def test_a_coordinator_asks_within_the_subtree_only(world: World) -> None:
    assert look_at(world.coordinator, world.officer.person_id or 0).held
    for outside in (world.citizen, world.stranger):
        with pytest.raises(NotFound):
            look_at(world.coordinator, outside.person_id or 0)
    assert look_at(world.administrator, world.citizen.person_id or 0).held == ()


def test_each_look_is_noted_with_its_subject(world: World) -> None:
    receipt = assigned(world)
    look_at(world.coordinator, world.officer.person_id or 0)
    look_at_ticket(world.coordinator, world.officer.person_id or 0, receipt.number)
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "access.read").order_by(AuditEntry.id)).all()
    assert [(row.actor_id, row.subject, row.detail) for row in rows] == [
        (world.coordinator.person_id, f"person:{world.officer.person_id}", {}),
        (world.coordinator.person_id, f"person:{world.officer.person_id}", {"ticket": receipt.ticket_id}),
    ]


def test_rooms_and_units_are_named(world: World) -> None:
    access = access_of(world.coordinator)
    assert [(one.role, one.unit) for one in access.held] == [("coordinator", "Provinsi Contoh")]
    assert Permission.COUNTER in access.held[0].permissions
    assert access.unit_names[world.government] == "Provinsi Contoh"


def _asked(reader: Reader, path: str, number: str) -> Page:
    return reader.send(reader.open(path), has="nomor", nomor=number)


def test_the_pages_answer_and_keep_what_was_typed(world: World, readers: New) -> None:
    open_one, sealed = assigned(world), assigned(world, confidential=True)
    coordinator = readers().sign_in(world.coordinator)
    path = f"/meja/petugas/{world.officer.person_id}/akses"
    page = _asked(coordinator, path, open_one.number.lower())
    assert f"{open_one.number} dapat dilihat" in page.text
    assert "dipegang Dinas Perhubungan" in page.text
    hidden, missing = _asked(coordinator, path, sealed.number), _asked(coordinator, path, NOT_THERE)
    assert hidden.status == missing.status == 422
    assert hidden.text.replace(sealed.number, "") == missing.text.replace(NOT_THERE, "")
    assert 'value="salah"' in _asked(coordinator, path, "salah").html
    assert coordinator.open(f"/meja/petugas/{world.citizen.person_id}/akses").status == 404
    own = _asked(readers().sign_in(world.citizen), "/akun/akses", open_one.number)
    assert "ditulis sendiri dengan akun ini" in own.text
    assert readers().sign_in(world.officer).open(f"/meja/petugas/{world.head.person_id}/akses").status == 403


def test_a_report_opened_by_its_code_is_told_so(world: World) -> None:
    receipt = make_report(world, anonymous=True, confidential=True)
    reporter = tracker(receipt)
    _id, openings, _names = openings_of(reporter, reporter, receipt.number)
    assert [phrase.message for one in openings for phrase in one.phrases] == ["dibuka di peramban ini dengan kode rahasianya"]
