"""An open report is closed: within one request no path shows it any more, and nothing says whose it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from feedback.adapters.mail import Mail
from feedback.adapters.search import found
from feedback.insight.actions import rebuild
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from feedback.storage.session import db
from feedback.tickets.actions.codes import code_hash
from feedback.tickets.actions.submit import Receipt
from feedback.tickets.models import Ticket
from feedback.tickets.queries.detail import ticket_page
from feedback.tickets.rules.words import MoveName, State
from feedback.vault.queries import contact_of
from feedback.vault.rules.sealing import Identity
from tests.factories import MONDAY, World, make_report, move, tracker
from tests.notices.conftest import sent
from tests.notices.post import work
from tests.site import Page, Reader
from tests.tickets.steps import answered, assigned, events_of, make, ticket_of

__all__ = ["sent"]
M = MoveName
WORD = "sengkuyung"
NAME = "Zubaidah Pelapor"
WORDS = f"Lampu jalan {WORD} mati di depan masjid."


def paths(readers: Callable[[], Reader], actors: list[Actor], receipt: Receipt) -> dict[str, str]:
    """Every path by which a report reaches somebody, and what it answers there."""
    answers: dict[str, str] = {}
    for place, actor in enumerate([None, *actors]):
        reader = readers() if actor is None else readers().sign_in(actor)
        for path in (
            f"/laporan/{receipt.number}", f"/laporan/{receipt.number}/tenggat", "/laporan", f"/laporan?q={WORD}",
            f"/laporan?q={receipt.number}", "/", "/unit/dinas-perhubungan", "/layanan/perbaikan-lampu", "/sitemap-1.xml",
            "/statistik?unit=provinsi-contoh&format=json", "/statistik?unit=provinsi-contoh&format=csv",
        ):  # fmt: skip
            answer = reader.client.get(path)
            answers[f"{place} {path}"] = f"{answer.status_code} {answer.get_data(as_text=True)}"
    return answers


def shows(answers: dict[str, str], receipt: Receipt) -> set[str]:
    """Where it is linked to, or its words or the name are read; what was asked stands in the search box anyway."""
    asked = f"/laporan/{receipt.number}"
    signs = (f'{asked}"', f"{asked}<", "Sengkuyung", NAME)
    return {path for path, answer in answers.items() if answer.startswith("200") and any(sign in answer for sign in signs)}


@pytest.mark.parametrize("who", ["reporter", "coordinator"])
def test_a_report_made_confidential_is_gone_from_every_path_at_once(
    world: World, readers: Callable[[], Reader], sent: list[Mail], who: str
) -> None:
    others = [make_report(world, actor=Actor()) for _ in range(6)]
    for one in others:
        make(world, one, M.VERIFY_AND_ASSIGN, world.coordinator)
    receipt = make_report(world, text=WORDS, name=NAME, service_id=world.service, email="zubaidah@contoh.example")
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator, title="Lampu Sengkuyung")
    make(world, receipt, M.ANSWER, world.officer, text="Sengkuyung sudah dikerjakan.")
    rebuild(utc_now())
    outsiders = [world.stranger, world.administrator, world.other_officer]
    before = paths(readers, outsiders, receipt)
    assert {f"0 {path}" for path in (f"/laporan/{receipt.number}", "/laporan", f"/laporan?q={WORD}", "/sitemap-1.xml")} <= shows(before, receipt)
    assert '"received":7' in before["0 /statistik?unit=provinsi-contoh&format=json"].replace(" ", "")

    actor = world.citizen if who == "reporter" else world.coordinator
    move(receipt.number, M.MAKE_CONFIDENTIAL, actor, text="" if who == "reporter" else "Memuat data orang lain.")

    after = paths(readers, outsiders, receipt)
    assert shows(after, receipt) == set()
    assert after[f"0 /laporan/{receipt.number}"].startswith("404")
    assert '"received":6' in after["0 /statistik?unit=provinsi-contoh&format=json"].replace(" ", "")
    assert db.session.execute(found(WORD)).all() == []
    work()  # letters that waited are written from what is true now
    assert sent
    for mail in sent:
        assert "engkuyung" not in f"{mail.subject} {mail.text}"
        assert "Perhubungan" not in f"{mail.subject} {mail.text}" or receipt.number not in mail.subject
    for actor in (world.officer, world.head, world.governor):
        assert ticket_page(actor, receipt.number, MONDAY).text == WORDS
    with pytest.raises(NotFound):
        ticket_page(world.coordinator, receipt.number, MONDAY)


def test_the_check_of_every_path_can_fail(world: World, readers: Callable[[], Reader]) -> None:
    receipt = make_report(world, text=WORDS, name=NAME)
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator)
    assert shows(paths(readers, [], receipt), receipt)


def test_a_reporter_who_closes_it_is_nowhere_in_it(world: World) -> None:
    receipt = answered(world, name=NAME)
    move(receipt.number, M.CONFIRM, world.citizen)
    move(receipt.number, M.MAKE_CONFIDENTIAL, world.citizen, new_code="ABCD")
    ticket = ticket_of(receipt)
    assert (ticket.confidential, ticket.reporter_id, ticket.reporter_name) == (True, None, None)
    assert world.citizen.person_id not in {event.actor_id for event in events_of(receipt)}
    assert ticket.code_hash == code_hash("ABCD")
    with pytest.raises(NotFound):
        ticket_page(world.citizen, receipt.number, MONDAY)
    assert ticket_page(tracker(receipt), receipt.number, MONDAY).is_reporter


@pytest.mark.parametrize("by_account", [True, False])
def test_a_name_hidden_later_is_sealed_and_shown_to_nobody(world: World, by_account: bool) -> None:
    receipt = make_report(world, actor=world.citizen if by_account else Actor(), name=NAME)
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator)
    everybody = [Actor(), world.citizen, world.officer, world.head, world.coordinator, world.governor, world.inspector]
    assert {ticket_page(actor, receipt.number, MONDAY).reporter_name for actor in everybody} == {NAME}
    move(receipt.number, M.MAKE_ANONYMOUS, world.citizen if by_account else tracker(receipt))
    pages = [ticket_page(actor, receipt.number, MONDAY) for actor in [*everybody, tracker(receipt)]]
    assert {page.reporter_name for page in pages} == {None}
    assert pages[0].coarse
    ticket = ticket_of(receipt)
    assert (ticket.anonymous, ticket.reporter_id, ticket.reporter_name) == (True, None, None)
    from tests.vault.custodians import identity_of

    kept = identity_of(receipt.ticket_id)
    assert kept is not None
    assert (kept.name, kept.person_id) == (NAME, world.citizen.person_id if by_account else None)
    # The public does not learn that there was a name to hide.
    assert M.MAKE_ANONYMOUS not in {event.move for event in pages[0].events}
    assert M.MAKE_ANONYMOUS in {event.move for event in pages[-1].events}
    for row in db.session.execute(text("SELECT * FROM ticket")).all() + db.session.execute(text("SELECT * FROM ticket_event")).all():
        assert NAME not in str(row)


def test_the_address_for_news_goes_to_the_worker(world: World) -> None:
    receipt = make_report(world)
    move(receipt.number, M.MAKE_ANONYMOUS, world.citizen)
    found_ = contact_of(receipt.ticket_id)
    assert isinstance(found_, Identity)
    assert found_.email.endswith("@contoh.example")
    assert (found_.person_id, found_.name) == (None, "")


def test_officials_say_why_and_the_account_stays(world: World) -> None:
    receipt = make_report(world, name=NAME)
    for actor in (world.coordinator, world.governor):
        with pytest.raises(Invalid) as refusal:
            move(receipt.number, M.MAKE_CONFIDENTIAL, actor, text=" ")
        assert refusal.value.field == "text"
    move(receipt.number, M.MAKE_CONFIDENTIAL, world.governor, text="Memuat data orang lain.")
    assert ticket_page(world.citizen, receipt.number, MONDAY).is_reporter


def test_who_may_close_a_report_and_that_nobody_opens_it_again(world: World) -> None:
    receipt = assigned(world)
    for name in (M.MAKE_ANONYMOUS, M.MAKE_CONFIDENTIAL):
        for actor in (world.officer, world.inspector, world.stranger, world.administrator):
            with pytest.raises(Forbidden):
                move(receipt.number, name, actor, text="Alasan")
        move(receipt.number, name, world.citizen if name is M.MAKE_ANONYMOUS else world.governor, text="Alasan")
        with pytest.raises(Conflict):
            move(receipt.number, name, world.governor, text="Alasan")


def test_who_followed_it_is_let_go(world: World) -> None:
    lead, follower = make_report(world), make_report(world, actor=Actor())
    move(follower.number, M.JOIN, world.coordinator, joined_number=lead.number)
    move(lead.number, M.MAKE_CONFIDENTIAL, world.citizen)
    assert (ticket_of(follower).state, ticket_of(follower).joined_to_id) == (State.RECEIVED, None)
    for actor in (Actor(), tracker(follower)):
        assert lead.number not in str(ticket_page(actor, follower.number, MONDAY).events)
    assert lead.number in str(ticket_page(world.governor, follower.number, MONDAY).events)


def test_a_form_on_the_page_does_it_and_gives_a_new_code(world: World, reader: Reader, readers: Callable[[], Reader]) -> None:
    receipt = make_report(world, name=NAME)
    reader.sign_in(world.citizen)
    page = reader.open(f"/laporan/{receipt.number}")
    done: Page = reader.send(page, button="Sembunyikan nama pelapor")
    assert done.status == 200
    assert "Kode rahasia" in done.text
    db.session.rollback()
    code = db.session.scalar(select(Ticket.code_hash))
    shown = [word for word in done.text.split() if code_hash(word) == code]
    assert shown
    assert reader.open(f"/laporan/{receipt.number}").status == 200
    other = readers()
    opened: Any = other.send(other.open("/lacak"), has="kode", nomor=receipt.number, kode=shown[0])
    assert opened.path == f"/laporan/{receipt.number}"
    assert "Pelapor anonim" in opened.text
    assert NAME not in opened.html
    old = readers()
    assert old.send(old.open("/lacak"), has="kode", nomor=receipt.number, kode=receipt.code).status != 200
