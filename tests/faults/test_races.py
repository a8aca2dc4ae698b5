"""Twenty people (or one with a nervous thumb) at once: one report, one move, no file too many; and controls that must fail."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from feedback.adapters.cleaner import Cleaned, Part
from feedback.files.actions import keeping
from feedback.files.actions.keeping import Given, keep_file
from feedback.files.models import Attachment, UploadCount
from feedback.files.rules.kinds import MOST_FILES
from feedback.files.rules.quota import Uploader
from feedback.kernel.actor import Actor
from feedback.kernel.errors import Conflict, Invalid, Refusal, TooMany
from feedback.storage.outbox import Outbox
from feedback.storage.session import db, transaction
from feedback.tickets.actions import moves, submit
from feedback.tickets.actions.moves import make_move
from feedback.tickets.actions.work import MakeMove
from feedback.tickets.models import Ticket
from feedback.tickets.rules.words import MoveName, State
from tests.factories import World, report_of
from tests.tickets.steps import answered, assigned, events_of, ticket_of

CROWD = 20
M = MoveName


def at_once(app: Flask, act: Callable[[int], Any], crowd: int = CROWD) -> list[Any]:
    """What each of a crowd got that acts in the same moment: an answer, or its refusal."""
    db.session.rollback()
    start = Barrier(crowd)

    def one(place: int) -> Any:
        with app.app_context():
            start.wait(30)
            try:
                return act(place)
            except Refusal as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(crowd) as pool:
        return list(pool.map(one, range(crowd)))


def taken(answers: list[Any]) -> list[Any]:
    return [one for one in answers if not isinstance(one, Refusal)]


def all_look_first(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """The worst moment: everybody has looked and found nothing before anybody writes."""
    real, met, seen = getattr(module, name), Barrier(CROWD), threading.local()

    def look(*given: Any) -> Any:
        found = real(*given)
        if not getattr(seen, "once", False):
            seen.once = True
            db.session.rollback()  # so that no connection is held while waiting
            met.wait(30)
        return found

    monkeypatch.setattr(module, name, look)


def send_at_once(app: Flask, world: World) -> list[Any]:
    command = report_of(world, form_key="satu formulir, dua puluh kali")
    return at_once(app, lambda _place: submit.submit(command, Actor()))


def test_twenty_sends_of_one_form_make_one_report(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    all_look_first(monkeypatch, submit, "receipt_of")
    receipts = send_at_once(app, world)
    assert len(taken(receipts)) == CROWD
    assert len({(one.number, one.code) for one in receipts}) == 1
    assert [one.is_resend for one in receipts].count(False) == 1
    assert db.session.scalars(select(Ticket.number)).all() == [receipts[0].number]
    assert db.session.scalar(select(func.count()).select_from(Outbox)) == 1


def test_forms_without_their_unique_key_are_found_out(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    real = submit._new_ticket

    def keyless(*given: Any) -> Ticket:
        ticket = real(*given)
        ticket.form_key_hash = f"{(ticket.form_key_hash or '')[:48]}{secrets.token_hex(8)}"
        return ticket

    monkeypatch.setattr(submit, "_new_ticket", keyless)
    all_look_first(monkeypatch, submit, "receipt_of")
    assert len({one.number for one in taken(send_at_once(app, world))}) == CROWD


def decide_at_once(app: Flask, world: World) -> tuple[Any, list[Any]]:
    """One answer, confirmed and disputed by its reporter in twenty windows."""
    receipt = answered(world)

    def act(place: int) -> int:
        name = M.CONFIRM if place % 2 else M.DISPUTE
        return make_move(MakeMove(number=receipt.number, move=name, version=None, text="Masih gelap."), world.citizen)

    return receipt, at_once(app, act)


def test_twenty_decisions_about_one_answer_make_one_move(app: Flask, world: World) -> None:
    receipt, answers = decide_at_once(app, world)
    assert len(taken(answers)) == 1
    assert all(isinstance(one, Conflict) for one in answers if isinstance(one, Refusal))
    events = [one.move for one in events_of(receipt) if one.move in (M.CONFIRM, M.DISPUTE)]
    assert len(events) == 1
    assert State(ticket_of(receipt).state) is (State.CLOSED if events == [M.CONFIRM] else State.DISPUTED)


def test_a_move_that_trusts_what_it_read_earlier_is_found_out(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    real, first, lock = moves._situation, [], threading.Lock()

    def earlier(ticket: Ticket, held: Any, *rest: Any) -> Any:
        with lock:
            if ticket.state == State.ANSWERED and not first:
                first.append(real(ticket, held, *rest))
        return first[0] if first else real(ticket, held, *rest)

    monkeypatch.setattr(moves, "_situation", earlier)
    receipt = answered(world)
    confirm = MakeMove(number=receipt.number, move=M.CONFIRM, version=None)
    answers = at_once(app, lambda _place: make_move(confirm, world.citizen))
    assert len(taken(answers)) > 1
    assert len([one for one in events_of(receipt) if one.move == M.CONFIRM]) == len(taken(answers))


@pytest.mark.parametrize("name", [M.ANSWER, M.CLAIM, M.ASSIGN])
def test_twenty_officials_with_the_same_page_make_one_move(app: Flask, world: World, name: MoveName) -> None:
    receipt = assigned(world)
    seen, officials = ticket_of(receipt).version, (world.officer, world.second_officer, world.head)
    command = MakeMove(number=receipt.number, move=name, version=seen, text="Kami periksa.", unit_id=world.division)
    answers = at_once(app, lambda place: make_move(command, officials[place % 3]))
    assert len(taken(answers)) == 1
    assert (ticket_of(receipt).version, len(events_of(receipt))) == (seen + 1, 3)


def test_a_page_that_forgets_its_version_is_found_out(app: Flask, world: World) -> None:
    receipt = assigned(world)
    command = MakeMove(number=receipt.number, move=M.INTERIM_REPLY, version=None, text="Kami periksa.")
    assert len(taken(at_once(app, lambda _place: make_move(command, world.officer)))) == CROWD
    assert len(taken(at_once(app, lambda _place: make_move(replace(command, version=1), world.officer)))) == 0


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that need no cleaning: the child takes a tenth of a second for each, and only the counting is tried here."""
    monkeypatch.setattr(keeping, "_clean", lambda data, _found: Cleaned((Part("pdf", 0, 0, data),), pages=1))


def keep_at_once(app: Flask, size: int = 20_000) -> list[Any]:
    def keep(place: int) -> None:
        # Each another file, all of one form.
        keep_file(Given(f"{place}.pdf", b"%PDF-1.7 " + bytes([place]) * size), "satu formulir", Uploader(None, "satu jaringan"))

    return at_once(app, keep)


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(Attachment)) or 0


@pytest.mark.usefixtures("quick")
def test_twenty_files_of_one_form_at_once_are_ten(app: Flask) -> None:
    answers = keep_at_once(app)
    assert kept() == MOST_FILES == len(taken(answers))
    assert all(isinstance(one, Invalid) for one in answers if isinstance(one, Refusal))


@pytest.mark.usefixtures("quick")
def test_a_form_that_counts_no_files_is_found_out(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_check_room", lambda *_given: None)
    keep_at_once(app)
    assert kept() == CROWD


SMALL, ROOM = 300_000, 3  # three such files fit into a megabyte


@pytest.fixture
def small_network(app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], files_network_mb=1)


@pytest.mark.usefixtures("quick", "small_network")
def test_twenty_files_at_once_stay_within_the_day(app: Flask) -> None:
    answers = keep_at_once(app, SMALL)
    assert len(taken(answers)) == ROOM == kept()
    assert all(isinstance(one, TooMany) for one in answers if isinstance(one, Refusal))
    assert max(db.session.scalars(select(UploadCount.size))) <= 1024 * 1024


@pytest.mark.usefixtures("quick", "small_network")
def test_a_quota_that_looks_before_it_counts_is_found_out(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(size: int, *_rest: Any) -> None:
        so_far = db.session.scalar(select(func.sum(UploadCount.size))) or 0
        if so_far + size > 1024 * 1024:
            raise TooMany("penuh", retry_after=1)

    looking = SimpleNamespace(look=look)
    all_look_first(monkeypatch, looking, "look")

    def look_then_count(size: int, _uploader: Uploader, now: Any) -> None:
        looking.look(size)
        with transaction():
            db.session.add(UploadCount(bucket=secrets.token_hex(8), day=now.date(), size=size))

    monkeypatch.setattr(keeping, "take_quota", look_then_count)
    assert len(taken(keep_at_once(app, SMALL))) > ROOM
