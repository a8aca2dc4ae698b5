"""The escalation ladder: at which part of a clock's time whom to tell (DOMAIN.md section 4, rule 15)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from feedback.clocks.rules.policy import ClockKind
from feedback.kernel.errors import Invalid
from feedback.kernel.permissions import Role
from feedback.kernel.text import mark

# What the administration owes; how long a unit holds a ticket has no deadline, and the reporter is never escalated.
ESCALATED = frozenset({
    ClockKind.VERIFY, ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE, ClockKind.UU25_COMPLETENESS,
    ClockKind.UU25_DECISION, ClockKind.KIP_ANSWER,
})  # fmt: skip
BREACH = 100


class Rung(StrEnum):
    """Whom a level of the ladder tells."""

    OFFICER = "officer"
    UNIT_HEAD = "unit_head"
    SUPERVISOR = "supervisor"
    AGENCY_HEAD = "agency_head"
    INSPECTORATE = "inspectorate"


class Step(NamedTuple):
    """One row of the ladder: at ``percent`` of the time, level ``number`` tells the audience."""

    number: int
    percent: int
    audience: Rung


class Seat(NamedTuple):
    """A role at a unit with whoever sits there: its holder, or the deputy of an absent one.

    ``holder_id`` is the person the role was given to; ``is_here`` is whether somebody works there on that day.
    """

    person_id: int
    role: Role
    unit_id: int
    holder_id: int
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """What the choice of people depends on; ``levels`` are the holding unit and those above it, nearest first.

    ``walled`` are the people of a unit that must not see the ticket.
    """

    levels: tuple[int, ...]
    confidential: bool
    officer_id: int | None
    reported_person_id: int | None
    excluded_person_id: int | None
    walled: frozenset[int] = frozenset()


def parse_step(row: Mapping[str, str]) -> Step:
    """A step from a row of ``ladder.csv``; anything malformed is ``Invalid``."""
    try:
        return Step(int(row["number"]), int(row["percent"]), Rung(row["audience"]))
    except (KeyError, ValueError):
        raise Invalid(mark("Tangga eskalasi tidak dapat dibaca."), field="ladder") from None


def percents(ladder: Iterable[Step]) -> dict[int, int]:
    """The part of the time at which each level begins."""
    return {step.number: step.percent for step in ladder}


def people_at(level: int, ladder: Sequence[Step], late: Late, seats: Sequence[Seat]) -> tuple[Seat, ...]:
    """Who is told at a level, each person once: the message climbs until somebody present is told.

    First by the units above, then by the ladder's next levels; when nobody anywhere is present the level's own people
    are told all the same. Whoever the ticket is about is never told, nor their deputy, nor the earlier answerer.
    """
    barred = {late.reported_person_id, late.excluded_person_id, *late.walled}
    open_to = [seat for seat in seats if not {seat.person_id, seat.holder_id} & barred]
    here = [seat for seat in open_to if seat.is_here]
    for candidates in (here, open_to):
        for number in sorted({step.number for step in ladder if step.number >= level}):
            audiences = [step.audience for step in ladder if step.number == number]
            found = [seat for audience in audiences for seat in _told(audience, late, candidates)]
            if found:
                return tuple({seat.person_id: seat for seat in reversed(found)}.values())[::-1]
    return ()


def _told(audience: Rung, late: Late, seats: Sequence[Seat]) -> list[Seat]:
    if audience is Rung.OFFICER:
        return _officers(late, seats)
    if audience is Rung.INSPECTORATE:
        return _nearest(Role.INSPECTOR, late.levels, seats)
    if audience is Rung.AGENCY_HEAD:
        # The government is the root of the tree, and an agency stands right under it.
        return _nearest(Role.SUPERVISOR, late.levels[-2:], seats)
    heads = _nearest(Role.SUPERVISOR, late.levels, seats)
    if audience is Rung.UNIT_HEAD or not heads:
        return heads
    return _nearest(Role.SUPERVISOR, late.levels[late.levels.index(heads[0].unit_id) + 1 :], seats)


def _officers(late: Late, seats: Sequence[Seat]) -> list[Seat]:
    """Whoever holds the ticket; while nobody does, everybody at the unit who could, or who verifies it."""
    holding = [seat for seat in seats if late.officer_id is not None and seat.holder_id == late.officer_id]
    if holding:
        return holding[:1]
    # A confidential ticket opens to the holding unit's own people only (DOMAIN.md section 5).
    levels = late.levels[:1] if late.confidential else late.levels
    for level in levels:
        for role in (Role.OFFICER, Role.COORDINATOR):
            found = _nearest(role, (level,), seats)
            if found:
                return found
    return []


def _nearest(role: Role, levels: Sequence[int], seats: Sequence[Seat]) -> list[Seat]:
    for level in levels:
        found = [seat for seat in seats if seat.role is role and seat.unit_id == level]
        if found:
            return found
    return []
