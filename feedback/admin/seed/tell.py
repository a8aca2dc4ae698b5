"""Tells the demonstration's stories through the actions people use, each step at its own instant in the past."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import update

from feedback.catalogue.queries import authorities, topics
from feedback.kernel.actor import Actor, Membership
from feedback.kernel.clock import local_date, pretending, utc_now
from feedback.kernel.permissions import Role
from feedback.people.queries import MembershipView, memberships_of
from feedback.storage.outbox import Outbox, OutboxState
from feedback.storage.session import db
from feedback.tickets.actions.moves import make_move, make_system_move
from feedback.tickets.actions.submit import Receipt, SubmitReport, submit
from feedback.tickets.actions.work import MakeMove
from feedback.tickets.rules.words import Grade, HoldReason, Kind, MoveName, RejectReason
from feedback.units.queries import all_units
from feedback.units.rules import UnitRow, path_ids

# A step: the move, who makes it, hours after the step before, the story's key for its words.
Step = tuple[MoveName, str, int, str]
M = MoveName
_VERIFIED: tuple[Step, ...] = ((M.VERIFY_AND_ASSIGN, "coordinator", 5, ""),)
_STARTED: tuple[Step, ...] = (*_VERIFIED, (M.START, "officer", 16, ""))
_ANSWERED: tuple[Step, ...] = (*_STARTED, (M.ANSWER, "officer", 40, "answer"))
_CLOSED: tuple[Step, ...] = (*_ANSWERED, (M.CONFIRM, "reporter", 30, ""))
_DISPUTED: tuple[Step, ...] = (*_ANSWERED, (M.DISPUTE, "reporter", 20, "dispute"))
ENDINGS: dict[str, tuple[Step, ...]] = {
    "received": (),
    "incomplete": ((M.ASK_COMPLETION, "coordinator", 6, "ask"),),
    "assigned": _VERIFIED,
    "in_progress": (*_STARTED, (M.INTERIM_REPLY, "officer", 20, "interim")),
    "on_hold": (*_STARTED, (M.HOLD, "officer", 26, "hold_text")),
    "answered": _ANSWERED,
    "closed": _CLOSED,
    "late": (*_STARTED, (M.ANSWER, "officer", 700, "answer"), (M.CONFIRM, "reporter", 20, "")),
    "lapsed": (*_ANSWERED, (M.LAPSE, "system", 400, "")),
    "disputed": _DISPUTED,
    "settled": (*_DISPUTED, (M.REVIEW_ANSWER, "head", 90, "review"), (M.CONFIRM, "reporter", 26, "")),
    "reopened": (*_CLOSED, (M.REOPEN, "reporter", 60, "reopen")),
    "withdrawn": (*_VERIFIED, (M.WITHDRAW, "reporter", 48, "withdraw")),
    "returned": (*_VERIFIED, (M.RETURN_TO_COORDINATOR, "officer", 20, "return_text")),
    "rejected": ((M.REJECT, "coordinator", 3, "reject_text"),),
    "referred": ((M.REFER, "coordinator", 7, "refer_text"),),
    "joined": ((M.JOIN, "coordinator", 8, ""),),
}
_OPENS, _CLOSES = 8, 16
_SATURDAY = 5


@dataclass(slots=True)
class _Stage:
    """Who and what the stories speak of."""

    now: datetime
    units: Mapping[str, UnitRow]
    topics: Mapping[str, int]
    authorities: Mapping[str, int]
    staff: Mapping[tuple[int, Role], list[Actor]]
    # The number each story may be joined to: the unit's last one that is still disputed.
    disputed: dict[int, str] = field(default_factory=dict)

    def somebody(self, unit: UnitRow, *roles: Role, turn: int = 0) -> Actor:
        """Who holds the first of the roles that anybody holds at the unit or, when nobody does, nearest above it."""
        for unit_id in reversed(path_ids(unit.path)):
            for role in roles:
                held = self.staff.get((unit_id, role), [])
                if held:
                    return held[turn % len(held)]
        raise LookupError(f"nobody works at {unit.slug}")


def tell_stories(person_ids: Sequence[int], now: datetime) -> int:
    """Write every story inside the caller's transaction; returns how many. Nobody is sent mail about the past."""
    units = {unit.slug: unit for unit in all_units()}
    stage = _Stage(
        now=now,
        units=units,
        topics={topic.slug: topic.id for topic in topics()},
        authorities={authority.slug: authority.id for authority in authorities()},
        staff=_staff(memberships_of(person_ids), {unit.id: unit for unit in units.values()}),
    )
    stories = _stories()
    for turn, story in enumerate(stories):
        _tell(story, stage, turn)
    db.session.execute(
        update(Outbox).where(Outbox.state == OutboxState.PENDING).values(state=OutboxState.DONE, payload={})
    )
    return len(stories)


def _stories() -> list[dict[str, Any]]:
    text = (Path(__file__).parent / "stories.toml").read_text(encoding="utf-8")
    stories: list[dict[str, Any]] = tomllib.loads(text)["story"]
    return stories


def _staff(held: Sequence[MembershipView], units: Mapping[int, UnitRow]) -> dict[tuple[int, Role], list[Actor]]:
    """Everybody by the unit and the role they hold there."""
    by_person: dict[int, list[Membership]] = {}
    for one in held:
        place = Membership(one.unit_id, units[one.unit_id].path, one.role, one.unit_name)
        by_person.setdefault(one.person_id, []).append(place)
    found: dict[tuple[int, Role], list[Actor]] = {}
    for person_id, memberships in by_person.items():
        actor = Actor(person_id, "", tuple(memberships))
        for place in memberships:
            found.setdefault((place.unit_id, place.role), []).append(actor)
    return found


def _tell(story: Mapping[str, Any], stage: _Stage, turn: int) -> None:
    unit = stage.units[story["unit"]]
    zone = ZoneInfo(unit.zone)
    day = local_date(stage.now, unit.zone) - timedelta(days=story["days"])
    at = min(datetime.combine(day, time(6 + turn * 5 % 15, turn * 17 % 60), zone), stage.now - timedelta(hours=2))
    with pretending(at):
        receipt = submit(_report(story, stage, unit, turn), Actor())
    for step in ENDINGS[story["ending"]]:
        at = _at_work(at + timedelta(hours=step[2] + turn % 5, minutes=turn * 23 % 60), zone)
        if at > stage.now:
            break
        with pretending(at):
            _make(step, story, stage, receipt, unit, turn)
    if story["ending"] == "disputed":
        stage.disputed[unit.id] = receipt.number


def _report(story: Mapping[str, Any], stage: _Stage, unit: UnitRow, turn: int) -> SubmitReport:
    return SubmitReport(
        form_key=f"demonstration-{turn}",
        kind=Kind(story.get("kind", Kind.COMPLAINT)),
        text=story["text"],
        topic_id=stage.topics[story["topic"]],
        region_code=story["region"],
        place=story.get("place", ""),
        unit_id=None if story["ending"] == "referred" else unit.id,
        anonymous=story.get("anonymous", False),
        confidential=story.get("confidential", False),
    )


def _at_work(instant: datetime, zone: ZoneInfo) -> datetime:
    """The instant itself in office hours of a weekday, else the next morning of one; the minutes stay."""
    local = instant.astimezone(zone)
    while local.weekday() >= _SATURDAY or not _OPENS <= local.hour < _CLOSES:
        morning = local.replace(hour=_OPENS)
        local = morning if morning > local else morning + timedelta(days=1)
    return local


def _make(step: Step, story: Mapping[str, Any], stage: _Stage, receipt: Receipt, unit: UnitRow, turn: int) -> None:
    move, who, _, words = step
    command = MakeMove(
        number=receipt.number, move=move, version=None, text=story.get(words, ""), **_given(move, story, stage, unit)
    )
    if who == "system":
        make_system_move(command, utc_now())
    else:
        make_move(command, _actor(who, stage, receipt, unit, turn))


def _actor(who: str, stage: _Stage, receipt: Receipt, unit: UnitRow, turn: int) -> Actor:
    if who == "reporter":
        return Actor(tracked=frozenset({receipt.ticket_id}))
    if who == "coordinator":
        root = next(one for one in stage.units.values() if one.id == path_ids(unit.path)[0])
        return stage.somebody(root, Role.COORDINATOR)
    roles = (Role.SUPERVISOR,) if who == "head" else (Role.OFFICER, Role.SUPERVISOR)
    return stage.somebody(unit, *roles, turn=turn)


def _given(move: MoveName, story: Mapping[str, Any], stage: _Stage, unit: UnitRow) -> dict[str, Any]:
    """What a move needs beside words."""
    if move is M.VERIFY_AND_ASSIGN:
        return {"unit_id": unit.id, "grade": Grade(story.get("grade", Grade.NON_OVERSIGHT))}
    if move is M.HOLD:
        promised = local_date(stage.now, unit.zone) + timedelta(days=12)
        return {"hold_reason": HoldReason(story["hold"]), "promised_date": promised}
    if move is M.RETURN_TO_COORDINATOR:
        return {"proposed_unit_id": unit.parent_id}
    if move is M.REJECT:
        return {"reject_reason": RejectReason(story["reason"])}
    if move is M.REFER:
        return {"authority_id": stage.authorities[story["authority"]]}
    return {"joined_number": stage.disputed[unit.id]} if move is M.JOIN else {}
