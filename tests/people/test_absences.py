"""Absent officials and their deputies: who acts for whom, when, and never with a right more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from feedback.kernel.actor import Actor, Membership
from feedback.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from feedback.kernel.permissions import Role
from feedback.people.actions import BeAbsent, be_absent, begin_sign_in, choose_digests, end_absence, set_active
from feedback.people.models import Deputy, Person
from feedback.people.queries import absences_of, actor_of, seats_at, signed_in_person, wants_digests
from feedback.people.rules import Absence, Seat
from feedback.storage.session import db
from feedback.tickets.rules.words import MoveName as M
from feedback.units.models import Unit
from tests.factories import World, make_person
from tests.site import Page, Reader
from tests.tickets.conftest import Hands, hands
from tests.tickets.steps import after_days, assigned, disputed, events_of, make

__all__ = ["hands"]


def id_of(actor: Actor) -> int:
    assert actor.person_id is not None
    return actor.person_id


def email_of(actor: Actor) -> str:
    return db.session.scalars(select(Person.email).where(Person.id == actor.person_id)).one()


def away(who: Actor, deputy: Actor | None, days: int = 7, unit_id: int | None = None) -> int:
    command = BeAbsent(id_of(who), after_days(0), after_days(days), deputy.person_id if deputy else None, unit_id)
    return be_absent(command, by=None)


def now(actor: Actor) -> Actor:
    """The same person with the roles of today."""
    found = actor_of(id_of(actor))
    assert found is not None
    return found


def test_a_deputy_holds_the_absent_persons_roles_for_the_time(world: World, hands: Hands) -> None:
    away(world.officer, world.other_officer)
    acting = now(world.other_officer)
    assert acting.memberships[0] == world.other_officer.memberships[0]
    lent = acting.memberships[1:]
    assert lent == (Membership(world.agency, world.officer.memberships[0].path, Role.OFFICER, "Dinas Perhubungan", world.officer.person_id),)
    hands.at(3, 9, 23, 59)
    assert len(now(world.other_officer).memberships) == 2
    hands.at(3, 10, 0)
    assert len(now(world.other_officer).memberships) == 1
    hands.at(3, 1, 23, 59)
    assert len(now(world.other_officer).memberships) == 1


def test_the_signed_in_person_costs_one_statement(world: World, hands: Hands, statements: list[str]) -> None:
    away(world.officer, world.other_officer)
    away(world.head, world.other_officer)
    token = begin_sign_in(world.other_officer.person_id or 0, strong=True)
    statements.clear()
    person = signed_in_person(token)
    assert person is not None
    assert [(one.role, one.acting_for) for one in person.actor.memberships] == [
        (Role.OFFICER, None), (Role.OFFICER, world.officer.person_id), (Role.SUPERVISOR, world.head.person_id),
    ]  # fmt: skip
    assert len(statements) == 1


def test_administering_is_never_lent_and_deputies_lend_nothing_on(world: World, hands: Hands) -> None:
    away(world.administrator, world.officer)
    assert [one.role for one in now(world.officer).memberships] == [Role.OFFICER]
    away(world.head, world.second_officer)
    away(world.second_officer, world.other_officer)
    assert {one.acting_for for one in now(world.other_officer).memberships} == {None, world.second_officer.person_id}


def test_a_closed_account_lends_nothing(world: World, hands: Hands) -> None:
    away(world.officer, world.other_officer)
    set_active(id_of(world.officer), False, by=None)
    assert len(now(world.other_officer).memberships) == 1
    set_active(id_of(world.other_officer), False, by=None)
    assert actor_of(id_of(world.other_officer)) is None


def test_one_role_of_two_can_be_lent(world: World, hands: Hands) -> None:
    units = {unit.id: unit for unit in db.session.scalars(select(Unit))}
    both = make_person("Rangkap", ((units[world.agency], Role.OFFICER), (units[world.division], Role.SUPERVISOR)))
    db.session.commit()
    away(both, world.other_officer, unit_id=world.division)
    assert [one.role for one in now(world.other_officer).memberships if one.acting_for] == [Role.SUPERVISOR]


def test_a_deputy_works_on_the_absent_officers_tickets(world: World, hands: Hands) -> None:
    receipt = assigned(world)
    with pytest.raises((Forbidden, NotFound)):
        make(world, receipt, M.START, world.other_officer)
    away(world.officer, world.other_officer)
    make(world, receipt, M.START, now(world.other_officer))
    event = events_of(receipt)[-1]
    assert (event.actor_id, event.role, event.actor_unit_id) == (world.other_officer.person_id, Role.OFFICER, world.agency)
    assert event.detail == {"acting_for": world.officer.person_id}


def test_a_ticket_about_the_absent_person_stays_closed_to_the_deputy(world: World, hands: Hands, readers: Callable[[], Reader]) -> None:
    receipt = assigned(world, actor=Actor(), confidential=True)
    own = assigned(world, actor=Actor(), confidential=True)
    from feedback.tickets.models import Ticket

    ticket = db.session.get_one(Ticket, receipt.ticket_id)
    ticket.reported_person_id = world.officer.person_id
    db.session.commit()
    away(world.officer, world.other_officer)
    reader = readers().sign_in(world.other_officer)
    assert reader.open(f"/laporan/{own.number}").status == 200
    assert reader.open(f"/laporan/{receipt.number}").status == 404
    assert receipt.number not in reader.open("/meja").html
    assert own.number in reader.open("/meja").html
    with pytest.raises(NotFound):
        make(world, receipt, M.START, now(world.other_officer))


def test_the_deputy_of_the_earlier_answerer_does_not_decide_the_dispute(world: World, hands: Hands) -> None:
    receipt = disputed(world)
    away(world.officer, world.other_officer)
    for name in (M.CLAIM, M.START, M.REVIEW_ANSWER, M.HOLD):
        with pytest.raises(Forbidden):
            make(world, receipt, name, now(world.other_officer))
    away(world.second_officer, world.other_officer)
    make(world, receipt, M.START, now(world.other_officer))


@pytest.mark.parametrize(
    ("first", "last", "field"), [(2, 1, "valid_to"), (-5, -1, "valid_to"), (0, 400, "valid_to")]
)
def test_dates_that_will_not_do(world: World, hands: Hands, first: int, last: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        be_absent(BeAbsent(id_of(world.officer), after_days(first), after_days(last), world.head.person_id), by=None)
    assert refused.value.field == field


def test_deputies_that_will_not_do(world: World, hands: Hands) -> None:
    elsewhere = db.session.get_one(Unit, world.other_government)
    foreigner = make_person("Orang Kota", ((elsewhere, Role.OFFICER),))
    db.session.commit()
    for deputy in (world.officer, world.citizen, foreigner):
        with pytest.raises(Invalid) as refused:
            away(world.officer, deputy)
        assert refused.value.field == "deputy_email"
    with pytest.raises(Invalid):
        away(world.citizen, world.officer)
    with pytest.raises(Invalid):
        away(world.officer, world.head, unit_id=world.other_agency)
    assert db.session.scalars(select(Deputy)).all() == []


@pytest.mark.parametrize("who", ["citizen", "officer"])
def test_the_form_is_no_directory_of_accounts(world: World, hands: Hands, readers: Callable[[], Reader], who: str) -> None:
    """Whoever asks for a deputy with a wrong day, or without a role, reads the same for every address."""
    reader = readers().sign_in(getattr(world, who))
    past = after_days(-9).isoformat()
    values = {"absen-valid_from": past, "absen-valid_to": past, "absen-unit_id": ""}
    token = dict(reader.open("/akun").form(button="Keluar").fields)["csrf_token"]
    answers = []
    for address in (email_of(world.stranger), email_of(world.head), "tidak@ada.example"):
        sent = {**values, "absen-deputy_email": address, "csrf_token": token, "absen-csrf_token": token}
        page = Page(reader.client.post("/akun/tidak-hadir", data=sent))
        assert page.status == 422, page.text
        answers.append(page.text)
    assert len(set(answers)) == 1


def test_absences_do_not_overlap(world: World, hands: Hands) -> None:
    away(world.officer, world.head)
    with pytest.raises(Conflict):
        away(world.officer, None, days=30)
    with pytest.raises(Conflict):
        away(world.officer, world.head, unit_id=world.agency)
    be_absent(BeAbsent(id_of(world.officer), after_days(8), after_days(9)), by=None)


def test_back_earlier(world: World, hands: Hands) -> None:
    absence = away(world.officer, world.head)
    with pytest.raises(NotFound):
        end_absence(absence, person_id=id_of(world.head), by=world.head.person_id)
    hands.at(3, 4)
    end_absence(absence, person_id=id_of(world.officer), by=world.officer.person_id)
    assert [one.valid_to for one in absences_of(id_of(world.officer), date(2026, 3, 1))] == [date(2026, 3, 3)]
    later = be_absent(BeAbsent(id_of(world.officer), after_days(3), after_days(9)), by=None)
    end_absence(later, person_id=id_of(world.officer), by=world.officer.person_id)
    assert len(absences_of(id_of(world.officer), date(2026, 3, 1))) == 1


def test_who_sits_where_on_a_day(world: World, hands: Hands) -> None:
    away(world.officer, world.other_officer)
    path = world.officer.memberships[0].path
    seats = {seat.holder_id: seat for seat in seats_at(path, (Role.OFFICER, Role.SUPERVISOR), after_days(0))}
    assert seats[id_of(world.officer)].on(after_days(0)) == (world.other_officer.person_id, True)
    assert seats[id_of(world.officer)].on(after_days(8)) == (world.officer.person_id, True)
    assert seats[id_of(world.governor)].unit_id == world.government
    empty = Seat(1, Role.OFFICER, 2, date(2026, 1, 1), date(2026, 2, 1), (Absence(date(2026, 1, 5), date(2026, 1, 6), None),))
    assert (empty.on(date(2026, 1, 5)), empty.on(date(2026, 1, 7)), empty.on(date(2026, 2, 2))) == ((1, False), (1, True), None)
    assert empty._replace(role=Role.ADMINISTRATOR).on(date(2026, 1, 5)) == (1, False)


def test_digests_are_wanted_until_somebody_says_otherwise(world: World) -> None:
    assert wants_digests(id_of(world.officer)) == (True, True)
    choose_digests(id_of(world.officer), daily=False, weekly=True)
    assert wants_digests(id_of(world.officer)) == (False, True)
    choose_digests(id_of(world.officer), daily=True, weekly=False)
    assert wants_digests(id_of(world.officer)) == (True, False)


def test_the_account_page_of_staff(world: World, hands: Hands, reader: Reader) -> None:
    page = reader.sign_in(world.officer).open("/akun")
    first, last = after_days(0).isoformat(), after_days(5).isoformat()
    values = {"absen-valid_from": first, "absen-valid_to": last, "absen-deputy_email": "tidak@ada.example"}
    page = reader.send(page, button="Catat ketidakhadiran", **values)
    assert page.status == 422
    assert "Pengganti harus petugas" in page.text
    page = reader.send(page, button="Catat ketidakhadiran", **{**values, "absen-deputy_email": email_of(world.head)})
    assert page.status == 200
    assert "pengganti Kepala Dinas" in page.text
    page = reader.send(page, button="Catat ketidakhadiran", **{**values, "absen-deputy_email": ""})
    assert (page.status, "bertumpuk" in page.text) == (422, True)
    page = reader.send(reader.open("/akun"), button="Akhiri")
    assert "pengganti Kepala Dinas" not in page.text
    page = reader.send(page, button="Simpan pilihan", **{"ringkasan-daily": None})
    assert page.status == 200
    db.session.rollback()
    assert wants_digests(id_of(world.officer)) == (False, True)


def test_the_page_names_lent_roles_and_citizens_have_neither_form(world: World, hands: Hands, readers: Callable[[], Reader]) -> None:
    away(world.head, world.other_officer)
    page = readers().sign_in(world.other_officer).open("/akun")
    assert "Dinas Perhubungan (sebagai pengganti)" in page.text
    page = readers().sign_in(world.citizen).open("/akun")
    assert "Saya tidak hadir" not in page.text
    assert "Ringkasan lewat surel" not in page.text


def test_the_terminal_notes_an_absence(app: Flask, world: World, hands: Hands) -> None:
    first, last = after_days(0).isoformat(), (after_days(0) + timedelta(days=3)).isoformat()
    words = ["people", "deputy", email_of(world.officer), email_of(world.head), "--from", first, "--to", last]
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=words)
    assert (result.exit_code, "stands in" in result.stdout) == (0, True)
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=words)
    assert (result.exit_code, "bertumpuk" in result.stderr) == (1, True)
    db.session.rollback()
    nobody = ["people", "deputy", email_of(world.second_officer), "--from", first, "--to", last, "--unit", "dinas-perhubungan"]
    assert "nobody stands in" in app.test_cli_runner().invoke(args=nobody).stdout
