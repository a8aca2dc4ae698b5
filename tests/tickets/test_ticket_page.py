"""One ticket as everybody sees it, and every move made from its page without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from feedback.kernel.actor import Actor
from feedback.storage.session import db, transaction
from feedback.tickets.rules.words import MoveName, State
from feedback.units.models import Unit
from tests.factories import World, make_report
from tests.site import Page, Reader
from tests.tickets.conftest import Hands
from tests.tickets.steps import answered, assigned, bring, disputed, make

M = MoveName
New = Callable[[], Reader]


def at(number: str) -> str:
    return f"/laporan/{number}"


def fields_of(page: Page, name: str) -> dict[str, str]:
    return dict(page.form(has=name).fields)


def bare(page: Page) -> str:
    """The page without what differs at every answer: the token, and the address that was asked for."""
    return re.sub(r'name="csrf_token"[^>]*>', "", page.html).replace(page.path, "")


# who may open it


def test_unknown_not_yours_and_hidden_are_the_same_bytes(world: World, reader: Reader) -> None:
    secret, hidden = make_report(world, confidential=True), assigned(world)
    make(world, hidden, M.HIDE, world.coordinator)
    pages = [reader.open(at(number)) for number in ("MB-0000-0000", secret.number, hidden.number, "MB-XXXX", "abc")]
    assert [page.status for page in pages] == [404] * 5
    assert len({bare(page) for page in pages}) == 1
    headers = [{name: value for name, value in page.response.headers if name not in ("Date", "Content-Length")} for page in pages]
    assert all(one == headers[0] for one in headers)


@pytest.mark.parametrize("address", ["langkah", "catatan"])
def test_posting_to_a_ticket_that_is_not_yours_is_not_found_too(world: World, readers: New, address: str) -> None:
    secret = assigned(world, confidential=True)
    reader = readers().sign_in(world.other_officer)
    token = dict(reader.open("/lapor").form(has="csrf_token").fields)["csrf_token"]
    for number in (secret.number, "MB-0000-0000"):
        answer = reader.client.post(f"{at(number)}/{address}", data={"csrf_token": token, "claim-move": "claim", "claim-version": "2"})
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [("officer", 200), ("head", 200), ("governor", 200), ("inspector", 200), ("coordinator", 404), ("division_officer", 404),
     ("other_officer", 404), ("administrator", 404), ("citizen", 404), ("stranger", 404)],
)  # fmt: skip
def test_a_confidential_report_opens_only_to_its_people(world: World, readers: New, who: str, status: int) -> None:
    receipt = assigned(world, confidential=True)
    assert readers().sign_in(getattr(world, who)).open(at(receipt.number)).status == status


def test_a_number_typed_loosely_is_sent_to_its_address(world: World, reader: Reader) -> None:
    receipt = make_report(world)
    loose = receipt.number.lower().replace("-", "")
    answer = reader.client.get(at(loose))
    assert (answer.status_code, answer.headers["Location"]) == (301, at(receipt.number))


def test_words_wait_for_verification(world: World, reader: Reader) -> None:
    receipt = make_report(world, name="Nur Tersohor", place="RT 09 rahasia")
    page = reader.open(at(receipt.number))
    assert page.status == 200
    for hidden in ("masjid", "Nur Tersohor", "RT 09"):
        assert hidden not in page.html
    make(world, receipt, M.VERIFY_AND_ASSIGN, world.coordinator)
    page = reader.open(at(receipt.number))
    for shown in ("masjid", "Nur Tersohor", "RT 09", "Dinas Perhubungan"):
        assert shown in page.text


def test_an_anonymous_name_is_on_nobodys_page(world: World, readers: New) -> None:
    receipt = assigned(world, anonymous=True, name="Rahmawati Tersegel", email="tersegel@contoh.example")
    for who in ("officer", "coordinator", "governor", "inspector", "citizen", "administrator"):
        html = readers().sign_in(getattr(world, who)).open(at(receipt.number)).html
        assert "Rahmawati" not in html
        assert "tersegel" not in html
        assert "Pelapor anonim" in html


def test_the_hour_of_an_anonymous_reporter_is_never_shown(world: World, readers: New, hands: Hands) -> None:
    hands.at(3, 2, 20, 41)
    reader = readers()
    page = reader.send(reader.open("/lapor?wilayah=82.72.02.1003"), button="periksa", text="Lampu jalan mati.", topic=str(world.topic), anonymous="y")
    receipt_page = reader.send(page, button="kirim")
    number = re.search(r"MB-\w{4}-\w{4}", receipt_page.text).group()  # type: ignore[union-attr]
    from types import SimpleNamespace

    receipt: Any = SimpleNamespace(number=number, ticket_id=_id_of(number))
    mine = Actor(tracked=frozenset({receipt.ticket_id}))
    steps = [
        (M.ADD_INFORMATION, mine, 20, 42), (M.ASK_COMPLETION, world.coordinator, 21, 1), (M.COMPLETE, mine, 20, 43),
        (M.VERIFY_AND_ASSIGN, world.coordinator, 21, 2), (M.ANSWER, world.officer, 21, 3), (M.DISPUTE, mine, 20, 44),
        (M.REVIEW_ANSWER, world.head, 21, 4), (M.CONFIRM, mine, 20, 45), (M.REOPEN, mine, 20, 46), (M.WITHDRAW, mine, 20, 47),
    ]  # fmt: skip
    for day, (name, actor, hour, minute) in enumerate(steps, 3):
        hands.at(3, day, hour, minute)
        make(world, receipt, name, actor)
        assert not re.search(r"20[.:]4\d|00[.:]00", reader.open(at(number)).text), name
        for who in ("", "officer", "coordinator", "governor", "inspector"):
            seen = (readers().sign_in(getattr(world, who)) if who else readers()).open(at(number)).text
            assert not re.search(r"20[.:]4\d", seen), (name, who)


def _id_of(number: str) -> int:
    from sqlalchemy import select

    from feedback.tickets.models import Ticket

    db.session.rollback()
    return db.session.scalars(select(Ticket.id).where(Ticket.number == number)).one()


def test_the_desk_shows_an_anonymous_report_by_its_day(world: World, readers: New, hands: Hands) -> None:
    hands.at(3, 2, 20, 41)
    make_report(world, anonymous=True)
    make_report(world)
    hands.at(3, 3, 9)
    page = readers().sign_in(world.coordinator).open("/meja")
    assert page.text.count("20.41") == 1


def test_answers_show_role_and_unit_and_the_name_only_when_the_unit_shows_names(world: World, reader: Reader, readers: New) -> None:
    receipt = answered(world)
    page = reader.open(at(receipt.number))
    assert "Petugas Dinas Perhubungan" in page.text
    assert world.officer.name not in page.html
    assert world.officer.name in readers().sign_in(world.head).open(at(receipt.number)).text
    assert world.officer.name not in readers().sign_in(world.citizen).open(at(receipt.number)).html
    with transaction():
        db.session.execute(update(Unit).where(Unit.id == world.agency).values(show_officer_names=True))
    assert world.officer.name in reader.open(at(receipt.number)).text


def test_private_information_of_the_reporter_reaches_only_those_who_handle_it(world: World, reader: Reader, readers: New) -> None:
    receipt = assigned(world)
    mine = readers().sign_in(world.citizen)
    page = mine.open(at(receipt.number))
    mine.send(page, button="Tambah keterangan", **{"add_information-text": "Kuncinya di pos ronda."})
    assert "pos ronda" not in reader.open(at(receipt.number)).html
    assert "pos ronda" not in readers().sign_in(world.other_officer).open(at(receipt.number)).html
    assert "pos ronda" in readers().sign_in(world.officer).open(at(receipt.number)).text
    assert "pos ronda" in mine.open(at(receipt.number)).text


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_page_for_everybody(world: World, reader: Reader, readers: New, state: State) -> None:
    receipt = bring(world, state)
    for who in ("", "citizen", "officer", "coordinator", "governor", "inspector"):
        page = (readers().sign_in(getattr(world, who)) if who else reader).open(at(receipt.number))
        assert page.status == 200, (who, page.text)
    english = reader.client.get(at(receipt.number), headers={"Accept-Language": "en"})
    assert english.status_code == 200


def test_a_rejection_says_why_and_where_to_go(world: World, readers: New) -> None:
    receipt = bring(world, State.REJECTED)
    page = readers().sign_in(world.citizen).open(at(receipt.number))
    assert "Tidak jelas apa yang dilaporkan" in page.text
    assert "Tulis laporan baru: apa yang terjadi" in page.text
    referred = readers().open(at(bring(world, State.REFERRED).number))
    assert "PLN: Telepon 123" in referred.text


def test_staff_words_are_shown_as_safe_html_and_citizens_as_text(world: World, reader: Reader) -> None:
    receipt = assigned(world, text="<b>tebal</b> <script>alert(1)</script> lampu mati")
    make(world, receipt, M.ANSWER, world.officer, text='<p>Sudah <strong>diganti</strong></p><script>alert(2)</script><a href="javascript:x">x</a>')
    page = reader.open(at(receipt.number))
    assert "&lt;b&gt;tebal&lt;/b&gt;" in page.html
    assert "<strong>diganti</strong>" in page.html
    assert "<script>alert" not in page.html
    assert "javascript:" not in page.html


# cost


def test_statements_of_the_page(world: World, readers: New, statements: list[str]) -> None:
    receipt = disputed(world)
    for _ in range(10):
        make(world, receipt, M.ADD_INFORMATION, world.citizen)
    counted = {}
    for who in ("", "officer", "coordinator", "governor", "citizen"):
        reader = readers().sign_in(getattr(world, who)) if who else readers()
        reader.open(at(receipt.number))
        statements.clear()
        reader.open(at(receipt.number))
        counted[who] = len(statements)
    assert counted[""] <= 5, counted
    assert max(counted.values()) <= 10, counted


def test_statements_do_not_grow_with_the_timeline(world: World, reader: Reader, statements: list[str]) -> None:
    receipt = assigned(world)
    reader.open(at(receipt.number))
    statements.clear()
    reader.open(at(receipt.number))
    few = len(statements)
    for _ in range(30):
        make(world, receipt, M.INTERIM_REPLY, world.officer)
    statements.clear()
    reader.open(at(receipt.number))
    assert len(statements) == few
