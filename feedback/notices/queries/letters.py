"""What letters are made of: the ticket and its event as they stand when the letter is written, and who gets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from feedback.adapters.sanitiser import words_of
from feedback.catalogue.models import Topic
from feedback.clocks.queries import clocks_of
from feedback.clocks.rules.policy import ClockKind
from feedback.clocks.rules.words import ClockState
from feedback.kernel.clock import local_date
from feedback.kernel.permissions import Role
from feedback.notices.rules.letters import Audience, Case, Staff
from feedback.people.queries import people_by_ids, people_within, seats_at
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.rules.words import MoveName, State
from feedback.units.models import Unit
from feedback.units.rules import path_ids
from feedback.vault.queries import contact_of

_TOLD = (Role.OFFICER, Role.COORDINATOR, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFacts:
    """A ticket as letters speak of it. ``is_sealed``: anonymous or confidential, a letter says its number and no more.

    ``due`` holds the local dates of the running clocks of this round with their zone.
    """

    number: str
    is_sealed: bool
    is_answered: bool
    has_account: bool
    cycle: int
    unit: str
    topic: str
    zone: str
    received_at: datetime
    due: Mapping[ClockKind, tuple[date, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """A move as letters speak of it: ``words`` are an official's public ones as plain text, never a citizen's."""

    move: MoveName
    words: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a letter goes to, in which language; no ``name`` for reporters, and ``is_typed`` unless an account's."""

    address: str
    name: str
    locale: str
    is_typed: bool = False


def case_of(event_id: int, now: datetime) -> tuple[Case, list[Staff]] | None:
    """What decides who is told of an event, by where the ticket is now, and the staff from there up."""
    row = db.session.execute(
        select(
            TicketEvent.move, TicketEvent.actor_id, Ticket.officer_id, Ticket.confidential, Ticket.reporter_id,
            Ticket.reported_person_id, Ticket.excluded_person_id, Ticket.walled_unit_id, Unit.path, Unit.zone,
        )
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .join(Unit, Unit.id == Ticket.unit_id)
        .where(TicketEvent.id == event_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    case = Case(
        move=MoveName(row.move),
        levels=tuple(reversed(path_ids(row.path))),
        confidential=row.confidential,
        actor_id=row.actor_id,
        officer_id=row.officer_id,
        reporter_id=row.reporter_id,
        reported_person_id=row.reported_person_id,
        excluded_person_id=row.excluded_person_id,
        walled=people_within(row.walled_unit_id, local_date(now, row.zone)),
    )
    return case, _present(row.path, local_date(now, row.zone))


def _present(unit_path: str, today: date) -> list[Staff]:
    """Whoever works at a unit or above it today, deputies in the place of the absent; all of them when nobody does."""
    here: list[Staff] = []
    away: list[Staff] = []
    for seat in seats_at(unit_path, _TOLD, today):
        sits = seat.on(today)
        if sits is not None:
            person_id, is_here = sits
            holder = seat.holder_id if person_id != seat.holder_id else None
            (here if is_here else away).append(Staff(person_id, seat.role, seat.unit_id, holder))
    return here or away


def ticket_facts(ticket_id: int) -> TicketFacts | None:
    """The ticket as it stands now; None when it is gone."""
    row = db.session.execute(
        select(
            Ticket.number, Ticket.anonymous, Ticket.confidential, Ticket.state, Ticket.reporter_id, Ticket.cycle,
            Ticket.zone, Ticket.received_at, Unit.name.label("unit"), Topic.name.label("topic"),
        )
        .join(Unit, Unit.id == Ticket.unit_id)
        .outerjoin(Topic, Topic.id == Ticket.topic_id)
        .where(Ticket.id == ticket_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    due = {
        clock.kind: (clock.due_date, clock.zone)
        for clock in clocks_of(ticket_id)
        if clock.cycle == row.cycle and clock.state is ClockState.RUNNING and clock.due_date
    }
    return TicketFacts(
        number=row.number,
        is_sealed=row.anonymous or row.confidential,
        is_answered=row.state == State.ANSWERED,
        has_account=row.reporter_id is not None,
        cycle=row.cycle,
        unit=row.unit,
        topic=row.topic or "",
        zone=row.zone,
        received_at=row.received_at,
        due=due,
    )


def event_facts(event_id: int) -> EventFacts | None:
    """The move a letter is about; None when it is gone."""
    row = db.session.execute(
        select(TicketEvent.move, TicketEvent.html, TicketEvent.is_public, TicketEvent.role, TicketEvent.detail).where(
            TicketEvent.id == event_id
        )
    ).one_or_none()
    if row is None:
        return None
    public = row.is_public and row.role is not None and row.html
    return EventFacts(move=MoveName(row.move), words=words_of(row.html) if public else "", detail=row.detail)


def recipient_of(ticket_id: int, audience: Audience, person_id: int | None) -> Recipient | None:
    """Where a letter goes, read when it is sent; None when that person left or gave no address.

    Opens the sealed contact of a reporter without account, so only a process with the private key can ask.
    """
    if audience is not Audience.REPORTER:
        return _account(person_id, named=True)
    row = db.session.execute(select(Ticket.reporter_id, Ticket.locale).where(Ticket.id == ticket_id)).one_or_none()
    if row is None:
        return None
    if row.reporter_id is not None:
        return _account(row.reporter_id, named=False)
    identity = contact_of(ticket_id)
    if identity is None:
        return None
    if identity.email:
        return Recipient(identity.email, "", row.locale, is_typed=True)
    account = _account(identity.person_id, named=False)
    return Recipient(account.address, "", row.locale) if account else None


def _account(person_id: int | None, *, named: bool) -> Recipient | None:
    person = people_by_ids([person_id]).get(person_id) if person_id is not None else None
    if person is None or not person.is_active:
        return None
    return Recipient(person.email, person.name if named else "", person.locale)
