"""One ticket as one actor may see it: loaded and authorised in one call, redacted before anybody gets it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import aliased

from feedback.catalogue.models import Authority, Service, Topic
from feedback.clocks.queries import ClockRow, clocks_of
from feedback.files.queries import DeedLine, FileLine, deeds, files_of_ticket
from feedback.kernel.actor import Actor
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Role
from feedback.people.models import Person
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle, TicketEvent, TicketNote
from feedback.tickets.queries.visible import readable, visible
from feedback.tickets.rules.grants import Sight, TicketFacts, grants_for, inspects, relations, sight_of, without
from feedback.tickets.rules.lifecycle import MOVES, OFFICIAL, Move, Relation, Situation, possible_moves
from feedback.tickets.rules.words import Channel, Grade, HoldReason, Kind, MoveName, RejectReason, State
from feedback.units.models import Unit
from feedback.units.queries import region_trail

_Proposed = aliased(Unit)
_Officer = aliased(Person)


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


@dataclass(frozen=True, slots=True)
class TicketPage:
    """What this actor may see of a ticket; ``text`` is None where its words are not (yet) for them."""

    id: int
    number: str
    version: int
    kind: Kind
    state: State
    grade: Grade | None
    channel: Channel
    sight: Sight
    relations: frozenset[Relation]
    moves: tuple[Move, ...]
    title: str | None
    text: str | None
    topic: str | None
    topic_slug: str | None
    service: str | None
    service_slug: str | None
    place: str | None
    regions: tuple[str, ...]
    event_date: date | None
    zone: str
    received_at: datetime
    created_at: datetime
    coarse: bool
    state_since: datetime
    held_since: datetime
    unit_id: int
    unit: str
    unit_slug: str
    unit_path: str
    proposed_unit_id: int | None
    proposed_unit: str | None
    proposed_authority_id: int | None
    officer: str | None
    officer_is_me: bool
    reporter_name: str | None
    anonymous: bool
    confidential: bool
    hidden: bool
    published: bool
    returned_at: datetime | None
    due_at: datetime | None
    due_kind: str | None
    hold_reason: HoldReason | None
    promised_date: date | None
    reject_reason: RejectReason | None
    authority: str | None
    authority_channel: str | None
    joined_number: str | None
    cycle: int
    closed_at: datetime | None
    clocks: tuple[ClockRow, ...]
    events: tuple[EventLine, ...]
    notes: tuple[NoteLine, ...]
    cycles: tuple[CycleLine, ...]
    deeds: tuple[DeedLine, ...]

    @property
    def is_official(self) -> bool:
        """Whether the actor handles this ticket."""
        return bool(self.relations & OFFICIAL)

    @property
    def is_reporter(self) -> bool:
        """Whether the actor reported it."""
        return Relation.REPORTER in self.relations


# The columns that facts_of_row needs.
FACTS = (
    Ticket.id, Ticket.unit_id, Unit.path.label("unit_path"), Ticket.confidential, Ticket.hidden, Ticket.published_at,
    Ticket.reporter_id, Ticket.reported_person_id,
)  # fmt: skip
_Joined = aliased(Ticket)
_From, _To, _At = aliased(Unit), aliased(Unit), aliased(Unit)
# Statements are built once: building one costs more than running it.
_EVENTS = (
    select(
        TicketEvent.id, TicketEvent.move, TicketEvent.at, TicketEvent.cycle, TicketEvent.version, TicketEvent.to_state,
        TicketEvent.role, TicketEvent.text, TicketEvent.html, TicketEvent.is_public, TicketEvent.detail,
        _From.name.label("unit"), _To.name.label("to_unit"), _At.name.label("actor_unit"),
        _At.show_officer_names.label("shows"), Person.name.label("actor_name"),
    )
    .join(_From, _From.id == TicketEvent.unit_id)
    .outerjoin(_To, _To.id == TicketEvent.to_unit_id)
    .outerjoin(_At, _At.id == TicketEvent.actor_unit_id)
    .outerjoin(Person, Person.id == TicketEvent.actor_id)
    .where(TicketEvent.ticket_id == bindparam("ticket_id"))
    .order_by(TicketEvent.id)
)  # fmt: skip
_PAGE = (
    select(
        Ticket.id, Ticket.number, Ticket.version, Ticket.kind, Ticket.state, Ticket.grade, Ticket.channel, Ticket.title,
        Ticket.text, Ticket.place, Ticket.region_code, Ticket.event_date, Ticket.zone, Ticket.received_at,
        Ticket.created_at, Ticket.state_since, Ticket.held_since, Ticket.unit_id, Ticket.proposed_unit_id,
        Ticket.proposed_authority_id, Ticket.officer_id, Ticket.reporter_id, Ticket.reporter_name, Ticket.anonymous,
        Ticket.confidential, Ticket.hidden, Ticket.published_at, Ticket.returned_at, Ticket.due_at, Ticket.due_kind,
        Ticket.hold_reason, Ticket.promised_date, Ticket.reject_reason, Ticket.cycle, Ticket.closed_at,
        Ticket.excluded_person_id, Ticket.reported_person_id,
        Unit.name.label("unit"), Unit.slug.label("unit_slug"), Unit.path.label("unit_path"),
        _Proposed.name.label("proposed_unit"), Topic.name.label("topic"), Topic.slug.label("topic_slug"),
        Service.name.label("service"), Service.slug.label("service_slug"), Authority.name.label("authority"),
        Authority.channel.label("authority_channel"), _Officer.name.label("officer"),
        _Joined.number.label("joined_number"),
    )
    .join(Unit, Unit.id == Ticket.unit_id)
    .outerjoin(_Proposed, _Proposed.id == Ticket.proposed_unit_id)
    .outerjoin(Topic, Topic.id == Ticket.topic_id)
    .outerjoin(Service, Service.id == Ticket.service_id)
    .outerjoin(Authority, Authority.id == Ticket.authority_id)
    .outerjoin(_Officer, _Officer.id == Ticket.officer_id)
    .outerjoin(_Joined, _Joined.id == Ticket.joined_to_id)
)  # fmt: skip


def ticket_page(actor: Actor, number: str, now: datetime) -> TicketPage:
    """The ticket for this actor. Raises NotFound alike for one that is not there and one that is not theirs to see."""
    grants = grants_for(actor)
    # The grants are part of the question, so that the time of the answer cannot tell "not yours" from "not there".
    row = db.session.execute(_PAGE.where(Ticket.number == number, visible(grants))).one_or_none()
    if row is None:
        raise NotFound
    facts = facts_of_row(row)
    sight = sight_of(grants, facts)
    return _page(row, actor, facts, sight, now)


def facts_of_row(row: Row[Any]) -> TicketFacts:
    """What visibility depends on, from a row with the columns of FACTS."""
    return TicketFacts(
        id=row.id,
        unit_id=row.unit_id,
        unit_path=row.unit_path,
        confidential=row.confidential,
        hidden=row.hidden,
        published=row.published_at is not None,
        reporter_id=row.reporter_id,
        reported_person_id=row.reported_person_id,
    )


def _page(row: Row[Any], actor: Actor, facts: TicketFacts, sight: Sight, now: datetime) -> TicketPage:
    held = relations(actor, facts)
    situation = Situation(
        state=State(row.state),
        relations=held,
        person_id=actor.person_id,
        excluded_person_id=row.excluded_person_id,
        closed_at=row.closed_at,
        hidden=row.hidden,
        graded=row.kind == Kind.COMPLAINT,
        deciding=relations(without(actor, row.excluded_person_id), facts),
    )
    official, words = bool(held & OFFICIAL), sight >= Sight.WORDS
    same = {
        name: row._mapping[name]
        for name in TicketPage.__dataclass_fields__
        if name in row._mapping and name not in _CONVERTED
    }
    return TicketPage(
        **same,
        kind=Kind(row.kind),
        state=State(row.state),
        grade=Grade(row.grade) if row.grade and sight is Sight.WHOLE else None,
        channel=Channel(row.channel),
        sight=sight,
        relations=held,
        moves=possible_moves(situation, now) if held else (),
        title=row.title if words else None,
        text=row.text if words else None,
        place=row.place if words else None,
        regions=tuple(region.name for region in region_trail(row.region_code)) if row.region_code else (),
        # Who looks at an anonymous report learns the day, not the hour (SECURITY.md section 6).
        coarse=row.anonymous and Relation.REPORTER not in held,
        officer=row.officer if official else None,
        officer_is_me=actor.person_id is not None and row.officer_id == actor.person_id,
        reporter_name=row.reporter_name if words and not row.anonymous else None,
        published=row.published_at is not None,
        hold_reason=HoldReason(row.hold_reason) if row.hold_reason else None,
        reject_reason=RejectReason(row.reject_reason) if row.reject_reason else None,
        clocks=clocks_of(row.id),
        events=_events(row, sight, official, internal=official or inspects(actor, facts)),
        notes=_notes(row.id) if official else (),
        cycles=_cycles(row.id) if sight is Sight.WHOLE else (),
        deeds=deeds(row.id) if sight is Sight.WHOLE else (),
    )


_CONVERTED = frozenset({
    "kind", "state", "grade", "channel", "title", "text", "place", "officer", "reporter_name", "hold_reason",
    "reject_reason",
})  # fmt: skip


def _events(row: Row[Any], sight: Sight, official: bool, *, internal: bool) -> tuple[EventLine, ...]:
    """The timeline; what officials say among themselves only with ``internal``."""
    lines = []
    files = files_of_ticket(row.id) if sight >= Sight.WORDS else ()
    for event in db.session.execute(_EVENTS, {"ticket_id": row.id}):
        if MOVES[MoveName(event.move)].internal and not internal:
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
                detail=event.detail,
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
    MoveName.WITHDRAW,
})  # fmt: skip


def _notes(ticket_id: int) -> tuple[NoteLine, ...]:
    statement = (
        select(TicketNote.at, Person.name, Unit.name, TicketNote.text)
        .join(Person, Person.id == TicketNote.author_id)
        .join(Unit, Unit.id == TicketNote.unit_id)
        .where(TicketNote.ticket_id == ticket_id)
        .order_by(TicketNote.id)
    )
    return tuple(NoteLine(*row) for row in db.session.execute(statement))


def _cycles(ticket_id: int) -> tuple[CycleLine, ...]:
    columns = [getattr(TicketCycle, name) for name in CycleLine.__dataclass_fields__]
    statement = select(*columns).where(TicketCycle.ticket_id == ticket_id).order_by(TicketCycle.number)
    return tuple(CycleLine(*row) for row in db.session.execute(statement))
