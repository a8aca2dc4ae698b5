"""What happened to a ticket, line by line: events, notes, rounds; each as far as one actor may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, case, select
from sqlalchemy.orm import aliased

from feedback.files.queries import FileLine, files_of_ticket
from feedback.kernel.permissions import Role
from feedback.people.models import Person
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle, TicketEvent, TicketNote
from feedback.tickets.queries.visible import readable, visible
from feedback.tickets.rules.grants import Grant, Sight
from feedback.tickets.rules.lifecycle import MOVES, PROTECTING
from feedback.tickets.rules.words import MoveName, State
from feedback.units.models import Unit


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of the timeline, with the name of an official only where the unit allows it (or colleagues look)."""

    move: MoveName
    at: datetime
    cycle: int
    version: int
    to_state: State
    unit: str
    to_unit: str | None
    role: Role | None
    actor_unit: str | None
    actor_name: str | None
    by_reporter: bool
    text: str
    html: str | None
    is_public: bool
    detail: dict[str, Any]
    files: tuple[FileLine, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One internal note."""

    at: datetime
    author: str
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class CycleLine:
    """One round: report or dispute to answer. Minutes are working minutes, seconds are time that passed."""

    number: int
    started_at: datetime
    first_response_at: datetime | None
    first_response_minutes: int | None
    answered_at: datetime | None
    resolution_minutes: int | None
    resolution_seconds: int | None
    on_time: bool | None


_From, _To, _At = aliased(Unit), aliased(Unit), aliased(Unit)
# Statements are built once: building one costs more than running it.
_EVENTS = (
    select(
        TicketEvent.id, TicketEvent.move, TicketEvent.at, TicketEvent.cycle, TicketEvent.version, TicketEvent.to_state,
        TicketEvent.role, TicketEvent.text, TicketEvent.html, TicketEvent.is_public, TicketEvent.detail,
        _From.name.label("unit"), _To.name.label("to_unit"), _At.name.label("actor_unit"),
        _At.show_officer_names.label("shows"), case((Person.erased_at.is_(None), Person.name)).label("actor_name"),
    )
    .join(_From, _From.id == TicketEvent.unit_id)
    .outerjoin(_To, _To.id == TicketEvent.to_unit_id)
    .outerjoin(_At, _At.id == TicketEvent.actor_unit_id)
    .outerjoin(Person, Person.id == TicketEvent.actor_id)
    .where(TicketEvent.ticket_id == bindparam("ticket_id"))
    .order_by(TicketEvent.id)
)  # fmt: skip


def _without_number(detail: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if name != "joined_number"}


def _closed_numbers(numbers: set[str], grants: tuple[Grant, ...]) -> set[str]:
    """Which of these reports are closed to somebody: one that was followed may have become confidential since."""
    if not numbers:
        return set()
    seen = select(Ticket.number).where(Ticket.number.in_(numbers), visible(grants))
    return numbers - set(db.session.scalars(seen))


def events_of(
    row: Row[Any], grants: tuple[Grant, ...], sight: Sight, official: bool, *, internal: bool
) -> tuple[EventLine, ...]:
    """The timeline; what officials say among themselves only with ``internal``."""
    lines = []
    rows = db.session.execute(_EVENTS, {"ticket_id": row.id}).all()
    followed = {event.detail["joined_number"] for event in rows if "joined_number" in event.detail}
    closed = _closed_numbers(followed, grants)
    files = files_of_ticket(row.id) if sight >= Sight.WORDS else ()
    for event in rows:
        move = MOVES[MoveName(event.move)]
        if (move.internal and not internal) or (move.quiet and sight is not Sight.WHOLE):
            continue
        words = sight is Sight.WHOLE or (event.is_public and sight >= Sight.WORDS)
        named = official or bool(event.shows)
        lines.append(
            EventLine(
                move=MoveName(event.move),
                at=event.at,
                cycle=event.cycle,
                version=event.version,
                to_state=State(event.to_state),
                unit=event.unit,
                to_unit=event.to_unit,
                role=Role(event.role) if event.role else None,
                actor_unit=event.actor_unit,
                actor_name=event.actor_name if event.role and named else None,
                by_reporter=event.role is None and event.move in _BY_REPORTER and "by_system" not in event.detail,
                text=event.text if words else "",
                html=event.html if words else None,
                is_public=event.is_public,
                detail=_without_number(event.detail) if event.detail.get("joined_number") in closed else event.detail,
                files=tuple(
                    one
                    for one in files
                    if one.event_id == event.id
                    and readable(one, sight=sight, official=internal, is_public=event.is_public)
                ),
            )
        )
    return tuple(lines)


_BY_REPORTER = frozenset({
    MoveName.SUBMIT, MoveName.COMPLETE, MoveName.CONFIRM, MoveName.DISPUTE, MoveName.REOPEN, MoveName.ADD_INFORMATION,
    MoveName.WITHDRAW, MoveName.MASK_OWN, MoveName.ASK_MASKING, *PROTECTING,
})  # fmt: skip


def notes_of(ticket_id: int) -> tuple[NoteLine, ...]:
    """Internal notes, oldest first."""
    statement = (
        select(TicketNote.at, Person.name, Unit.name, TicketNote.text)
        .join(Person, Person.id == TicketNote.author_id)
        .join(Unit, Unit.id == TicketNote.unit_id)
        .where(TicketNote.ticket_id == ticket_id)
        .order_by(TicketNote.id)
    )
    return tuple(NoteLine(*row) for row in db.session.execute(statement))


def cycles_of(ticket_id: int) -> tuple[CycleLine, ...]:
    """Rounds, oldest first."""
    columns = [getattr(TicketCycle, name) for name in CycleLine.__dataclass_fields__]
    statement = select(*columns).where(TicketCycle.ticket_id == ticket_id).order_by(TicketCycle.number)
    return tuple(CycleLine(*row) for row in db.session.execute(statement))
