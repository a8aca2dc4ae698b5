"""The one transition table (DOMAIN.md section 3); buttons, checks, docs/lifecycle.md and constraints follow it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from feedback.kernel.errors import Conflict, Forbidden
from feedback.kernel.text import mark
from feedback.tickets.rules.words import MoveName as M
from feedback.tickets.rules.words import State as S  # noqa: N817  (the table below reads as a table)

REOPEN_WITHIN = timedelta(days=30)


class Relation(StrEnum):
    """What somebody is to a ticket."""

    REPORTER = "reporter"
    OFFICER = "officer"
    COORDINATOR = "coordinator"
    SUPERVISOR = "supervisor"
    SYSTEM = "system"


class Words(StrEnum):
    """Whether a move carries text, and who reads it."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Clock(StrEnum):
    """The clocks a move touches (the clocks shelf decides which of them a ticket has)."""

    VERIFY = "verify"
    FIRST_RESPONSE = "first_response"
    RESOLVE = "resolve"
    COMPLETENESS = "uu25_completeness"
    DECISION = "uu25_decision"
    KIP = "kip_answer"
    COMPLETION = "completion"
    CONFIRMATION = "confirmation"


ANSWER_CLOCKS = (Clock.FIRST_RESPONSE, Clock.RESOLVE, Clock.KIP, Clock.DECISION)
OFFICIAL = frozenset({Relation.OFFICER, Relation.COORDINATOR, Relation.SUPERVISOR})
ROUTERS = frozenset({Relation.COORDINATOR, Relation.SUPERVISOR})
WORKERS = frozenset({Relation.OFFICER, Relation.SUPERVISOR})
REPORTER = frozenset({Relation.REPORTER})
SYSTEM = frozenset({Relation.SYSTEM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One row: from where, to where (None: stays), who, with which words, and what it does to clocks.

    ``quiet``: between the reporter and officials; the public is not led to what is still there to be read.
    ``internal``: between officials only; the reporter and the public never learn of it, and no clock does either.
    """

    name: M
    sources: frozenset[S]
    target: S | None = None
    who: frozenset[Relation]
    words: Words = Words.NONE
    needs: tuple[str, ...] = ()
    starts: tuple[Clock, ...] = ()
    stops: tuple[Clock, ...] = ()
    cancels_all: bool = False
    pauses: bool = False
    resumes: bool = False
    retargets: bool = False
    hands_over: bool = False
    new_cycle: bool = False
    publishes: bool = False
    quiet: bool = False
    internal: bool = False
    tells: tuple[str, ...] = ()


def _from(*states: S) -> frozenset[S]:
    return frozenset(states)


_WORKING = _from(S.ASSIGNED, S.IN_PROGRESS, S.ON_HOLD)
_ALIVE = _from(S.RECEIVED, S.INCOMPLETE, S.ASSIGNED, S.IN_PROGRESS, S.ON_HOLD, S.ANSWERED, S.DISPUTED)
_ANY = frozenset(S)
# The administration, not the reporter, has something to do.
_OWED = _WORKING | _from(S.RECEIVED, S.INCOMPLETE, S.DISPUTED)

TABLE: tuple[Move, ...] = (
    Move(name=M.SUBMIT, sources=frozenset(), target=S.RECEIVED, who=frozenset(Relation), words=Words.REQUIRED,
         starts=(Clock.VERIFY, Clock.COMPLETENESS, Clock.KIP), tells=("reporter",)),
    Move(name=M.VERIFY_AND_ASSIGN, sources=_from(S.RECEIVED), target=S.ASSIGNED, who=ROUTERS, words=Words.OPTIONAL,
         needs=("unit_id", "grade"), stops=(Clock.VERIFY, Clock.COMPLETENESS),
         starts=(Clock.FIRST_RESPONSE, Clock.RESOLVE, Clock.DECISION), hands_over=True, publishes=True,
         tells=("reporter", "unit")),
    Move(name=M.ASK_COMPLETION, sources=_from(S.RECEIVED), target=S.INCOMPLETE, who=ROUTERS, words=Words.REQUIRED,
         stops=(Clock.VERIFY, Clock.COMPLETENESS), starts=(Clock.COMPLETION,), tells=("reporter",)),
    Move(name=M.COMPLETE, sources=_from(S.INCOMPLETE), target=S.RECEIVED, who=REPORTER, words=Words.REQUIRED,
         stops=(Clock.COMPLETION,), starts=(Clock.VERIFY, Clock.COMPLETENESS), tells=("coordinator",)),
    Move(name=M.ASSIGN, sources=_WORKING | _from(S.DISPUTED), target=S.ASSIGNED, who=OFFICIAL, words=Words.REQUIRED,
         needs=("unit_id",), resumes=True, hands_over=True, tells=("reporter", "unit")),
    Move(name=M.RETURN_TO_COORDINATOR, sources=_WORKING, target=S.RECEIVED, who=WORKERS, words=Words.REQUIRED,
         needs=("proposed_unit_id",), resumes=True, hands_over=True, tells=("coordinator",)),
    Move(name=M.CLAIM, sources=_from(S.ASSIGNED, S.IN_PROGRESS, S.ON_HOLD, S.DISPUTED), who=WORKERS),
    Move(name=M.START, sources=_from(S.ASSIGNED, S.DISPUTED), target=S.IN_PROGRESS, who=WORKERS),
    Move(name=M.INTERIM_REPLY, sources=_WORKING | _from(S.DISPUTED), who=WORKERS, words=Words.REQUIRED,
         stops=(Clock.FIRST_RESPONSE,), tells=("reporter",)),
    Move(name=M.HOLD, sources=_from(S.ASSIGNED, S.IN_PROGRESS, S.DISPUTED), target=S.ON_HOLD, who=WORKERS,
         words=Words.REQUIRED, needs=("hold_reason", "promised_date"), stops=(Clock.FIRST_RESPONSE,), pauses=True,
         tells=("reporter",)),
    Move(name=M.RESUME, sources=_from(S.ON_HOLD), target=S.IN_PROGRESS, who=WORKERS | SYSTEM, words=Words.OPTIONAL,
         resumes=True),
    Move(name=M.ANSWER, sources=_WORKING, target=S.ANSWERED, who=WORKERS, words=Words.REQUIRED,
         stops=ANSWER_CLOCKS, starts=(Clock.CONFIRMATION,), resumes=True, tells=("reporter",)),
    Move(name=M.CONFIRM, sources=_from(S.ANSWERED), target=S.CLOSED, who=REPORTER, words=Words.OPTIONAL,
         stops=(Clock.CONFIRMATION,), tells=("unit",)),
    Move(name=M.DISPUTE, sources=_from(S.ANSWERED), target=S.DISPUTED, who=REPORTER, words=Words.REQUIRED,
         stops=(Clock.CONFIRMATION,), starts=(Clock.FIRST_RESPONSE, Clock.RESOLVE), new_cycle=True,
         tells=("unit", "supervisor")),
    Move(name=M.REVIEW_ANSWER, sources=_from(S.DISPUTED), target=S.ANSWERED, who=OFFICIAL, words=Words.REQUIRED,
         stops=ANSWER_CLOCKS, starts=(Clock.CONFIRMATION,), tells=("reporter",)),
    Move(name=M.LAPSE, sources=_from(S.ANSWERED), target=S.LAPSED, who=SYSTEM, stops=(Clock.CONFIRMATION,),
         tells=("reporter",)),
    Move(name=M.REOPEN, sources=_from(S.CLOSED, S.LAPSED), target=S.ASSIGNED, who=REPORTER, words=Words.REQUIRED,
         starts=(Clock.FIRST_RESPONSE, Clock.RESOLVE), new_cycle=True, tells=("unit", "supervisor")),
    Move(name=M.WITHDRAW, sources=_ALIVE | _from(S.JOINED), target=S.WITHDRAWN, who=REPORTER | SYSTEM,
         words=Words.OPTIONAL, cancels_all=True, resumes=True, tells=("reporter", "unit")),
    Move(name=M.REJECT, sources=_from(S.RECEIVED, S.INCOMPLETE), target=S.REJECTED, who=ROUTERS, words=Words.REQUIRED,
         needs=("reject_reason",), stops=(Clock.VERIFY, Clock.COMPLETENESS), cancels_all=True, tells=("reporter",)),
    Move(name=M.REFER, sources=_from(S.RECEIVED, S.INCOMPLETE), target=S.REFERRED, who=ROUTERS, words=Words.REQUIRED,
         needs=("authority_id",), stops=(Clock.VERIFY, Clock.COMPLETENESS), cancels_all=True, publishes=True,
         tells=("reporter",)),
    Move(name=M.JOIN, sources=_from(S.RECEIVED, S.ASSIGNED, S.IN_PROGRESS, S.ON_HOLD), target=S.JOINED, who=ROUTERS,
         words=Words.OPTIONAL, needs=("joined_number",), stops=(Clock.VERIFY, Clock.COMPLETENESS),
         starts=(Clock.FIRST_RESPONSE, Clock.RESOLVE, Clock.DECISION), resumes=True, tells=("reporter",)),
    Move(name=M.UNJOIN, sources=_from(S.JOINED), target=S.RECEIVED, who=ROUTERS | SYSTEM, words=Words.REQUIRED,
         starts=(Clock.VERIFY,), tells=("reporter",)),
    Move(name=M.HIDE, sources=_ANY, who=ROUTERS, words=Words.REQUIRED, tells=("reporter",)),
    Move(name=M.RESTORE, sources=_ANY, who=ROUTERS, words=Words.REQUIRED, tells=("reporter",)),
    Move(name=M.ADD_INFORMATION, sources=_ALIVE - _from(S.INCOMPLETE), who=REPORTER, words=Words.REQUIRED,
         tells=("officer",)),
    Move(name=M.CHANGE_GRADE, sources=_WORKING | _from(S.DISPUTED), who=ROUTERS, words=Words.REQUIRED, needs=("grade",),
         retargets=True, tells=("reporter", "unit")),
    Move(name=M.ESCALATE, sources=_OWED, who=SYSTEM, internal=True),
    Move(name=M.INSTRUCT, sources=_OWED, who=frozenset({Relation.SUPERVISOR}), words=Words.REQUIRED, internal=True,
         tells=("officer",)),
    Move(name=M.MAKE_CONFIDENTIAL, sources=_ANY, who=REPORTER | ROUTERS, words=Words.OPTIONAL, quiet=True,
         tells=("reporter", "unit")),
    Move(name=M.MAKE_ANONYMOUS, sources=_ANY, who=REPORTER | ROUTERS, words=Words.OPTIONAL, quiet=True,
         tells=("reporter",)),
    Move(name=M.SET_REPORTED, sources=_OWED | _from(S.ANSWERED), who=ROUTERS, words=Words.REQUIRED, internal=True),
    Move(name=M.REDACT, sources=_ANY, who=ROUTERS | SYSTEM, words=Words.REQUIRED, needs=("passages", "redact_reason"),
         tells=("reporter",)),
    Move(name=M.MASK_OWN, sources=_ANY, who=REPORTER, needs=("passages",)),
    Move(name=M.ASK_MASKING, sources=_ANY, who=REPORTER | WORKERS, needs=("passages",), quiet=True,
         tells=("coordinator",)),
    Move(name=M.DECLINE_MASKING, sources=_ANY, who=ROUTERS, words=Words.REQUIRED, quiet=True, tells=("reporter",)),
    Move(name=M.RETITLE, sources=_ANY, who=ROUTERS, words=Words.REQUIRED),
)  # fmt: skip

MOVES: dict[M, Move] = {move.name: move for move in TABLE}
# A dispute goes to a different official (DOMAIN.md section 3): the earlier answerer may not make the moves that decide.
# What protects a reporter, who needs to give no reason; an official does. There is no way back.
PROTECTING = frozenset({M.MAKE_CONFIDENTIAL, M.MAKE_ANONYMOUS})
DECIDING = frozenset({M.CLAIM, M.START, M.ANSWER, M.REVIEW_ANSWER, M.HOLD})

# Moves that photos and documents may come with.
WITH_FILES = frozenset({
    M.COMPLETE, M.ADD_INFORMATION, M.DISPUTE, M.REOPEN, M.INTERIM_REPLY, M.ANSWER, M.REVIEW_ANSWER,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Situation:
    """What the table needs to know about a ticket and about who asks.

    ``deciding``: the relations left without those held in the place of the earlier answerer; None for all of them.
    """

    state: S
    relations: frozenset[Relation]
    person_id: int | None
    excluded_person_id: int | None
    closed_at: datetime | None
    hidden: bool
    confidential: bool = False
    anonymous: bool = False
    graded: bool = True
    deciding: frozenset[Relation] | None = None
    masking_asked: bool = False


def check_move(name: M, situation: Situation, now: datetime) -> Move:
    """The table's row for a move that may be made now.

    Raises Conflict when the state does not allow it, Forbidden when it is not for this person.
    """
    move = MOVES[name]
    if situation.state not in move.sources:
        raise Conflict(mark("Langkah ini tidak mungkin lagi: keadaan laporan sudah berubah."))
    if not move.who & situation.relations:
        raise Forbidden(mark("Langkah ini bukan untuk peran Anda pada laporan ini."))
    if name is M.WITHDRAW and Relation.SYSTEM in situation.relations and situation.state is not S.INCOMPLETE:
        raise Conflict(mark("Langkah ini tidak mungkin lagi: keadaan laporan sudah berubah."))
    if name in DECIDING and _answered_before(move, situation):
        raise Forbidden(mark("Sanggahan diperiksa pejabat lain, bukan yang menjawab sebelumnya."))
    if name is M.REOPEN and (situation.closed_at is None or now - situation.closed_at > REOPEN_WITHIN):
        raise Conflict(
            mark("Laporan hanya dapat dibuka kembali dalam 30 hari. Tulis laporan baru dan sebut nomor ini.")
        )
    if _is_done(name, situation):
        raise Conflict(mark("Langkah ini tidak mungkin lagi: keadaan laporan sudah berubah."))
    if name in (M.CHANGE_GRADE, M.SET_REPORTED) and not situation.graded:
        raise Conflict(mark("Langkah ini hanya untuk pengaduan."))
    return move


def _is_done(name: M, situation: Situation) -> bool:
    """Whether the ticket is already as a move would make it."""
    before = {
        M.HIDE: situation.hidden,
        M.RESTORE: not situation.hidden,
        M.MAKE_CONFIDENTIAL: situation.confidential,
        M.MAKE_ANONYMOUS: situation.anonymous,
        M.DECLINE_MASKING: not situation.masking_asked,
    }
    return before.get(name, False)


def _answered_before(move: Move, situation: Situation) -> bool:
    """Whether it is the earlier answerer who asks, or somebody only in their place."""
    if situation.person_id is None or situation.excluded_person_id is None:
        return False
    held = situation.relations if situation.deciding is None else situation.deciding
    return situation.person_id == situation.excluded_person_id or not move.who & held


def possible_moves(situation: Situation, now: datetime) -> tuple[Move, ...]:
    """The rows of the table open to this person now, in the table's order: exactly what becomes a button."""
    found = []
    for move in TABLE:
        if move.name is M.SUBMIT:
            continue
        try:
            found.append(check_move(move.name, situation, now))
        except (Conflict, Forbidden):
            continue
    return tuple(found)
