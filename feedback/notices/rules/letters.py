"""Who is told what about a move: pure choices of letters and of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from feedback.kernel.permissions import Role
from feedback.tickets.rules.words import MoveName as M


class Audience(StrEnum):
    """Whom a row of the transition table tells."""

    REPORTER = "reporter"
    UNIT = "unit"
    OFFICER = "officer"
    COORDINATOR = "coordinator"
    SUPERVISOR = "supervisor"


class Letter(StrEnum):
    """What is written; each has a template ``mail/<letter>.txt`` of that name."""

    RECEIPT = "receipt"
    ASSIGNED = "assigned"
    PASSED_ON = "passed_on"
    ASKED = "asked"
    INTERIM_REPLY = "interim_reply"
    ON_HOLD = "on_hold"
    ANSWERED = "answered"
    LAPSING = "lapsing"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    REFERRED = "referred"
    NEWS = "news"
    SEALED = "sealed"
    STAFF_ASSIGNED = "staff_assigned"
    STAFF_DISPUTED = "staff_disputed"
    STAFF_REOPENED = "staff_reopened"
    STAFF_COMPLETED = "staff_completed"
    STAFF_RETURNED = "staff_returned"
    STAFF_INFORMATION = "staff_information"
    STAFF_CONFIRMED = "staff_confirmed"
    STAFF_WITHDRAWN = "staff_withdrawn"
    STAFF_NEWS = "staff_news"
    STAFF_INSTRUCTED = "staff_instructed"


TO_REPORTER = {
    M.SUBMIT: Letter.RECEIPT,
    M.VERIFY_AND_ASSIGN: Letter.ASSIGNED,
    M.ASSIGN: Letter.PASSED_ON,
    M.ASK_COMPLETION: Letter.ASKED,
    M.INTERIM_REPLY: Letter.INTERIM_REPLY,
    M.HOLD: Letter.ON_HOLD,
    M.ANSWER: Letter.ANSWERED,
    M.REVIEW_ANSWER: Letter.ANSWERED,
    M.LAPSE: Letter.LAPSED,
    M.WITHDRAW: Letter.WITHDRAWN,
    M.REJECT: Letter.REJECTED,
    M.REFER: Letter.REFERRED,
}
TO_STAFF = {
    M.VERIFY_AND_ASSIGN: Letter.STAFF_ASSIGNED,
    M.ASSIGN: Letter.STAFF_ASSIGNED,
    M.COMPLETE: Letter.STAFF_COMPLETED,
    M.RETURN_TO_COORDINATOR: Letter.STAFF_RETURNED,
    M.DISPUTE: Letter.STAFF_DISPUTED,
    M.REOPEN: Letter.STAFF_REOPENED,
    M.CONFIRM: Letter.STAFF_CONFIRMED,
    M.WITHDRAW: Letter.STAFF_WITHDRAWN,
    M.ADD_INFORMATION: Letter.STAFF_INFORMATION,
    M.INSTRUCT: Letter.STAFF_INSTRUCTED,
}
# Letters that ask nothing of whoever gets them: the earlier answerer of a disputed ticket may read these.
_ONLY_TELLS = frozenset({M.CONFIRM, M.WITHDRAW})
# The first of these roles with somebody present is told at each level, before the message climbs.
_LADDER: dict[Audience, tuple[Role, ...]] = {
    Audience.UNIT: (Role.OFFICER, Role.COORDINATOR, Role.SUPERVISOR),
    Audience.OFFICER: (Role.OFFICER, Role.COORDINATOR, Role.SUPERVISOR),
    Audience.COORDINATOR: (Role.COORDINATOR,),
    Audience.SUPERVISOR: (Role.SUPERVISOR,),
}


@dataclass(frozen=True, slots=True)
class Staff:
    """An active person's role at a unit; ``holder_id`` is the absent person in whose place it is, if any."""

    person_id: int
    role: Role
    unit_id: int
    holder_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the choice of people depends on; ``levels`` are the holding unit and those above it, nearest first.

    ``walled`` are the people of a unit that must not see the ticket.
    """

    move: M
    levels: tuple[int, ...]
    confidential: bool
    actor_id: int | None
    officer_id: int | None
    reporter_id: int | None
    reported_person_id: int | None
    excluded_person_id: int | None
    walled: frozenset[int] = frozenset()


def letter_for(move: M, audience: Audience) -> Letter:
    """The letter about a move; a general one where none was written for it."""
    if audience is Audience.REPORTER:
        return TO_REPORTER.get(move, Letter.NEWS)
    return TO_STAFF.get(move, Letter.STAFF_NEWS)


def tells_reporter(case: Case) -> bool:
    """Whether the reporter gets a letter: always a receipt, and of everything they did not do themselves."""
    by_reporter = case.actor_id is not None and case.actor_id == case.reporter_id
    return case.move is M.SUBMIT or not by_reporter


def staff_to_tell(audience: Audience, case: Case, staff: Sequence[Staff]) -> tuple[int, ...]:
    """Ids of the people to tell, without whoever moved the ticket and whoever may not see it (UU 25/2009 Art 45).

    The officer who holds the ticket alone, otherwise everybody of the role at the nearest level where somebody is; when
    no level has one, the supervisors (DOMAIN.md section 4: the message climbs until a person is told).
    """
    barred = _barred(case) - {None}
    present = [one for one in staff if not {one.person_id, one.holder_id} & barred]
    if audience in (Audience.UNIT, Audience.OFFICER) and case.officer_id is not None:
        holding = (one.person_id for one in present if case.officer_id in (one.holder_id or one.person_id,))
        if (officer := next(holding, None)) is not None:
            return (officer,)
    return _nearest(_LADDER[audience], case, present) or _nearest((Role.SUPERVISOR,), case, present)


def _barred(case: Case) -> set[int | None]:
    barred = {case.actor_id, case.reported_person_id, *case.walled}
    return barred if case.move in _ONLY_TELLS else barred | {case.excluded_person_id}


def _nearest(roles: tuple[Role, ...], case: Case, present: Sequence[Staff]) -> tuple[int, ...]:
    for level in case.levels:
        for role in roles:
            # A confidential ticket opens to supervisors only above the unit that holds it (DOMAIN.md section 5).
            if case.confidential and level != case.levels[0] and role is not Role.SUPERVISOR:
                continue
            found = tuple(dict.fromkeys(one.person_id for one in present if one.role is role and one.unit_id == level))
            if found:
                return found
    return ()
