"""Two people at one ticket: the second is told, and nothing is overwritten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from feedback.kernel.actor import Actor
from feedback.storage.session import db
from feedback.tickets.actions.moves import Stale, make_move
from feedback.tickets.actions.work import MakeMove
from feedback.tickets.models import TicketEvent
from feedback.tickets.rules.words import MoveName, State
from tests.factories import World, move
from tests.tickets.steps import assigned, cycles_of, events_of, footprint, make, ticket_of

M = MoveName


def test_the_second_officer_is_told_and_nothing_is_overwritten(world: World) -> None:
    receipt = assigned(world)
    seen = ticket_of(receipt).version
    make(world, receipt, M.ANSWER, world.officer, text="Jawaban pertama.")
    before = footprint()
    with pytest.raises(Stale) as stale:
        move(receipt.number, M.ANSWER, world.second_officer, version=seen, text="Jawaban kedua.")
    assert (stale.value.number, stale.value.version, stale.value.status) == (receipt.number, seen, 409)
    assert footprint() == before
    assert [event.text for event in events_of(receipt) if event.move == M.ANSWER] == ["Jawaban pertama."]
    assert cycles_of(receipt)[0].answered_by_id == world.officer.person_id


def test_a_version_from_the_future_is_stale_too(world: World) -> None:
    receipt = assigned(world)
    with pytest.raises(Stale):
        move(receipt.number, M.CLAIM, world.officer, version=99)


@pytest.mark.parametrize("name", [M.ANSWER, M.CLAIM, M.INTERIM_REPLY])
def test_six_at_once_with_the_same_version_make_one_move(app: Flask, world: World, name: MoveName) -> None:
    receipt = assigned(world)
    seen = ticket_of(receipt).version
    db.session.rollback()
    actors = [world.officer, world.second_officer, world.head] * 2
    barrier = Barrier(len(actors))

    def act(actor: Actor) -> bool:
        with app.app_context():
            barrier.wait()
            try:
                make_move(MakeMove(number=receipt.number, move=name, version=seen, text=f"Oleh {actor.name}."), actor)
            except Stale:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(len(actors)) as pool:
        done = list(pool.map(act, actors))
    assert done.count(True) == 1
    ticket = ticket_of(receipt)
    assert ticket.version == seen + 1
    events = db.session.scalars(select(TicketEvent.version).where(TicketEvent.ticket_id == receipt.ticket_id)).all()
    assert sorted(events) == list(range(1, seen + 2))
    if name is M.ANSWER:
        assert ticket.state == State.ANSWERED
