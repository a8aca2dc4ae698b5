"""One ticket as one actor may see it: loaded and authorised in one call, redacted before anybody gets it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from feedback.catalogue.models import Authority, Service, Topic
from feedback.clocks.queries import ClockRow, clocks_of
from feedback.files.queries import DeedLine, deeds
from feedback.kernel.actor import Actor
from feedback.kernel.errors import NotFound
from feedback.kernel.risk import Doubt
from feedback.people.models import Person
from feedback.storage.session import db
from feedback.tickets.models import Ticket
from feedback.tickets.queries.earlier import Earlier, twin_for
from feedback.tickets.queries.originals import HAS_OLD_TITLE, HAS_ORIGINAL
from feedback.tickets.queries.timeline import CycleLine, EventLine, NoteLine, cycles_of, events_of, notes_of
from feedback.tickets.queries.visible import facts_of_row, visible
from feedback.tickets.rules.grants import Grant, Sight, TicketFacts, grants_for, inspects, relations, sight_of, without
from feedback.tickets.rules.lifecycle import (
    OFFICIAL,
    ROUTERS,
    Move,
    Relation,
    Situation,
    possible_moves,
)
from feedback.tickets.rules.words import Channel, Grade, HoldReason, Kind, RejectReason, State
from feedback.units.models import Unit
from feedback.units.queries import region_trail

_Proposed = aliased(Unit)
_Officer = aliased(Person)


@dataclass(frozen=True, slots=True)
class Reported:
    """The officer a report is about; ``walled``: the people of their unit do not see it."""

    unit_id: int | None
    unit: str | None
    about_head: bool
    walled: bool
    name: str | None
    email: str | None


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
    by_account: bool
    reported: Reported | None
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
    has_original: bool
    masking_asked_at: datetime | None
    incident_at: datetime | None
    doubts: tuple[Doubt, ...]
    twin: Earlier | None
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


_Joined = aliased(Ticket)
_ReportedUnit, _ReportedPerson = aliased(Unit), aliased(Person)
_PAGE = (
    select(
        Ticket.id, Ticket.number, Ticket.version, Ticket.kind, Ticket.state, Ticket.grade, Ticket.channel, Ticket.title,
        Ticket.text, Ticket.place, Ticket.region_code, Ticket.event_date, Ticket.zone, Ticket.received_at,
        Ticket.created_at, Ticket.state_since, Ticket.held_since, Ticket.unit_id, Ticket.proposed_unit_id,
        Ticket.proposed_authority_id, Ticket.officer_id, Ticket.reporter_id, Ticket.reporter_name, Ticket.anonymous,
        Ticket.confidential, Ticket.hidden, Ticket.published_at, Ticket.returned_at, Ticket.due_at, Ticket.due_kind,
        Ticket.hold_reason, Ticket.promised_date, Ticket.reject_reason, Ticket.cycle, Ticket.closed_at,
        Ticket.excluded_person_id, Ticket.reported_person_id, Ticket.walled_unit_id, Ticket.about_head,
        Ticket.reported_unit_id, Ticket.masking_asked_at, HAS_ORIGINAL.label("has_original"),
        HAS_OLD_TITLE.label("has_old_title"), Ticket.incident_at, Ticket.doubts, Ticket.twin_id,
        Unit.name.label("unit"), Unit.slug.label("unit_slug"), Unit.path.label("unit_path"),
        _Proposed.name.label("proposed_unit"), Topic.name.label("topic"), Topic.slug.label("topic_slug"),
        Service.name.label("service"), Service.slug.label("service_slug"), Authority.name.label("authority"),
        Authority.channel.label("authority_channel"), _Officer.name.label("officer"),
        _Joined.number.label("joined_number"), _ReportedUnit.name.label("reported_unit"),
        _ReportedPerson.name.label("reported_name"), _ReportedPerson.email.label("reported_email"),
    )
    .join(Unit, Unit.id == Ticket.unit_id)
    .outerjoin(_Proposed, _Proposed.id == Ticket.proposed_unit_id)
    .outerjoin(Topic, Topic.id == Ticket.topic_id)
    .outerjoin(Service, Service.id == Ticket.service_id)
    .outerjoin(Authority, Authority.id == Ticket.authority_id)
    .outerjoin(_Officer, _Officer.id == Ticket.officer_id)
    .outerjoin(_Joined, _Joined.id == Ticket.joined_to_id)
    .outerjoin(_ReportedUnit, _ReportedUnit.id == Ticket.reported_unit_id)
    .outerjoin(_ReportedPerson, _ReportedPerson.id == Ticket.reported_person_id)
)  # fmt: skip


def ticket_page(actor: Actor, number: str, now: datetime) -> TicketPage:
    """The ticket for this actor. Raises NotFound alike for one that is not there and one that is not theirs to see."""
    grants = grants_for(actor)
    # The grants are part of the question, so that the time of the answer cannot tell "not yours" from "not there".
    row = db.session.execute(_PAGE.where(Ticket.number == number, visible(grants))).one_or_none()
    if row is None:
        raise NotFound
    return _page(row, actor, grants, facts_of_row(row), now)


def _situation(row: Row[Any], actor: Actor, held: frozenset[Relation], facts: TicketFacts) -> Situation:
    return Situation(
        state=State(row.state),
        relations=held,
        person_id=actor.person_id,
        excluded_person_id=row.excluded_person_id,
        closed_at=row.closed_at,
        hidden=row.hidden,
        confidential=row.confidential,
        anonymous=row.anonymous,
        graded=row.kind == Kind.COMPLAINT,
        masking_asked=row.masking_asked_at is not None,
        deciding=relations(without(actor, row.excluded_person_id), facts),
    )


def _page(
    row: Row[Any], actor: Actor, grants: tuple[Grant, ...], facts: TicketFacts, now: datetime
) -> TicketPage:
    held, sight = relations(actor, facts), sight_of(grants, facts)
    situation = _situation(row, actor, held, facts)
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
        has_original=row.has_original or (official and row.has_old_title),
        title=row.title if words else None,
        text=row.text if words else None,
        place=row.place if words else None,
        regions=tuple(region.name for region in region_trail(row.region_code)) if row.region_code else (),
        # Who looks at a sealed report learns the day, not the hour (SECURITY.md section 6); its receipt is kept by day.
        coarse=row.anonymous or row.confidential,
        officer=row.officer if official else None,
        reported=_reported(row, held),
        by_account=actor.person_id is not None and row.reporter_id == actor.person_id,
        officer_is_me=actor.person_id is not None and row.officer_id == actor.person_id,
        reporter_name=row.reporter_name if words and not row.anonymous else None,
        published=row.published_at is not None,
        doubts=tuple(Doubt(one) for one in row.doubts.split(",") if one) if official else (),
        twin=twin_for(row.twin_id, actor) if official and row.twin_id is not None else None,
        hold_reason=HoldReason(row.hold_reason) if row.hold_reason else None,
        reject_reason=RejectReason(row.reject_reason) if row.reject_reason else None,
        clocks=clocks_of(row.id),
        events=events_of(row, grants, sight, official, internal=official or inspects(actor, facts)),
        notes=notes_of(row.id) if official else (),
        cycles=cycles_of(row.id) if sight is Sight.WHOLE else (),
        deeds=deeds(row.id) if sight is Sight.WHOLE else (),
    )


_CONVERTED = frozenset({
    "kind", "state", "grade", "channel", "title", "text", "place", "officer", "reporter_name", "hold_reason",
    "reject_reason", "has_original", "doubts",
})  # fmt: skip


def _reported(row: Row[Any], held: frozenset[Relation]) -> Reported | None:
    """For the reporter and those who handle it; the officer's name for those who decide who handles it."""
    if not held or (row.reported_unit_id is None and row.reported_person_id is None):
        return None
    routes = bool(held & ROUTERS)
    return Reported(
        unit_id=row.reported_unit_id,
        unit=row.reported_unit,
        about_head=row.about_head,
        walled=row.walled_unit_id is not None,
        name=row.reported_name if routes else None,
        email=row.reported_email if routes else None,
    )
