"""A small post office for tests: tickets that move, and the worker's round over the outbox."""

from __future__ import annotations

import itertools
from typing import Any

from feedback.doors import HANDLERS
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.storage.outbox import Hopeless, claim, fail, settle
from feedback.tickets.actions.moves import make_move
from feedback.tickets.actions.submit import Receipt, SubmitReport, submit
from feedback.tickets.actions.work import MakeMove
from feedback.tickets.rules.words import Grade, Kind, MoveName
from tests.factories import World

SECRET_WORDS = "lampu mati di depan rumah saya"
_keys = itertools.count()


def report(world: World, actor: Actor | None = None, **changes: Any) -> Receipt:
    """A report that was sent: by a visitor unless somebody is named."""
    values: dict[str, Any] = {
        "form_key": f"formulir-{next(_keys):010d}",
        "kind": Kind.COMPLAINT,
        "text": SECRET_WORDS,
        "topic_id": world.topic,
        "region_code": world.village,
    }
    return submit(SubmitReport(**{**values, **changes}), actor or Actor())


def move(receipt: Receipt, name: MoveName, actor: Actor, **rest: Any) -> None:
    """A move on it by somebody; visitors hold its code."""
    if actor.person_id is None:
        actor = Actor(tracked=frozenset({receipt.ticket_id}))
    make_move(MakeMove(number=receipt.number, move=name, version=None, **rest), actor)


def assign(receipt: Receipt, world: World, unit_id: int | None = None) -> None:
    """Verified, and sent to a unit (the agency unless another is named)."""
    to = unit_id or world.agency
    move(receipt, MoveName.VERIFY_AND_ASSIGN, world.coordinator, unit_id=to, grade=Grade.NON_OVERSIGHT)


def work(*, only: str | None = None) -> list[str]:
    """What a worker does until nothing is due; returns what became of each job, as ``kind: state``."""
    done = []
    while (job := claim(utc_now())) is not None:
        try:
            if only is None or job.kind == only:
                HANDLERS[job.kind](job)
            settle(job)
            done.append(f"{job.kind}: done")
        except Exception as wrong:
            state = fail(job, str(wrong), utc_now(), hopeless=isinstance(wrong, Hopeless))
            done.append(f"{job.kind}: {state}")
    return done
