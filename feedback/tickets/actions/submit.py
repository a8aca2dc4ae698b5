"""Take a report in: a ticket, its first event, clocks, sealed contact, outbox and receipt, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from feedback.audit.actions import record
from feedback.catalogue.queries import propose_route
from feedback.catalogue.rules import Route
from feedback.files.actions.keeping import bind_files
from feedback.kernel.actor import Actor
from feedback.kernel.clock import day_begins, local_date, utc_now
from feedback.kernel.errors import Forbidden, Invalid
from feedback.kernel.permissions import Permission
from feedback.kernel.privacy import NOTICE
from feedback.kernel.private import has_any
from feedback.kernel.references import new_number
from feedback.kernel.risk import Doubt, kept
from feedback.kernel.text import clean, mark
from feedback.people.queries import people_by_ids
from feedback.storage.keyring import keyed_hash
from feedback.storage.session import db, transaction
from feedback.tickets.actions.codes import code_hash, tracking_code
from feedback.tickets.actions.effects import begin_cycle, post_event, run_clocks, set_next_due
from feedback.tickets.actions.shielding import entrusted_rows, kept_kinds
from feedback.tickets.actions.walls import check_reported_unit, superior_of
from feedback.tickets.models import Ticket, TicketEvent
from feedback.tickets.queries.choices import known_choices
from feedback.tickets.queries.earlier import twin_of, words_hash
from feedback.tickets.queries.originals import AS_WRITTEN
from feedback.tickets.rules.lifecycle import MOVES
from feedback.tickets.rules.report import LONGEST_NAME, LONGEST_PLACE, check_event_date, check_received_at, check_text
from feedback.tickets.rules.shield import Choices, Shielded, check_choices, shielded
from feedback.tickets.rules.words import Channel, Kind, MoveName, State
from feedback.units.queries import unit_by_id
from feedback.units.rules import UnitRow
from feedback.vault.actions import seal_reporter
from feedback.vault.rules.sealing import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitReport:
    """A report as its writer wants it; ``form_key`` makes a resend the same report."""

    form_key: str
    kind: Kind
    text: str
    topic_id: int
    region_code: str
    place: str = ""
    service_id: int | None = None
    unit_id: int | None = None
    event_date: date | None = None
    anonymous: bool = False
    confidential: bool = False
    name: str = ""
    email: str = ""
    phone: str = ""
    locale: str = "id"
    channel: Channel = Channel.WEB
    received_at: datetime | None = None
    reported_unit_id: int | None = None
    about_head: bool = False
    shield: Choices = field(default_factory=dict)
    doubts: frozenset[Doubt] = frozenset()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the reporter keeps. ``is_resend`` when this form had been taken before; then nothing was written again.

    ``coarse``: of a sealed report nobody keeps the hour, its reporter's receipt neither.
    """

    ticket_id: int
    number: str
    code: str
    received_at: datetime
    zone: str
    is_resend: bool
    same_text: bool = True
    coarse: bool = False


IS_SEALED = or_(Ticket.anonymous, Ticket.confidential).label("is_sealed")


def receipt_of(form_key: str, text: str = "") -> Receipt | None:
    """The receipt a form already got, if it was taken."""
    row = db.session.execute(
        select(Ticket.id, Ticket.number, Ticket.received_at, Ticket.zone, AS_WRITTEN.label("text"), IS_SEALED).where(
            Ticket.form_key_hash == keyed_hash("form-key", form_key)
        )
    ).one_or_none()
    if row is None:
        return None
    same = clean(text) == row.text
    return Receipt(row.id, row.number, tracking_code(form_key), row.received_at, row.zone, True, same, row.is_sealed)


def check_report(command: SubmitReport, now: datetime) -> Route:
    """The route of a report that may be taken; raises Invalid for the first field that is wrong."""
    check_text(command.text)
    _check_lengths(command)
    _check_choices(command)
    route = propose_route(
        topic_id=command.topic_id,
        region_code=command.region_code,
        service_id=command.service_id,
        unit_id=command.unit_id,
    )
    if route.government is None:
        raise Invalid(mark("Pemerintah daerah di wilayah ini belum memakai situs ini."), field="region")
    check_event_date(command.event_date, local_date(now, route.government.zone))
    if command.received_at is not None:
        check_received_at(command.received_at, now)
    return _above_reported(command, route, route.government)


def _above_reported(command: SubmitReport, route: Route, government: UnitRow) -> Route:
    """A complaint about an officer is proposed to the unit above theirs (UU 25/2009 Art 45)."""
    if command.reported_unit_id is None:
        return route
    if command.kind is not Kind.COMPLAINT:
        raise Invalid(mark("Hanya pengaduan yang dapat menyebut petugas yang dilaporkan."), field="reported_unit_id")
    reported = check_reported_unit(command.reported_unit_id, government)
    return replace(route, unit=unit_by_id(superior_of(reported)), authority=None, alternatives=())


def _check_lengths(command: SubmitReport) -> None:
    for name, value, longest in (("place", command.place, LONGEST_PLACE), ("name", command.name, LONGEST_NAME)):
        if len(clean(value, lines=False)) > longest:
            raise Invalid(mark("Paling banyak %(max)s karakter."), field=name, values={"max": longest})
    if not command.anonymous and has_any(clean(command.name, lines=False)):
        raise Invalid(mark("Tulis nama saja; nomor dan alamat surel ada tempatnya sendiri."), field="name")


def _check_choices(command: SubmitReport) -> None:
    known = known_choices(
        topic_id=command.topic_id,
        region_code=command.region_code,
        service_id=command.service_id,
        unit_id=command.unit_id,
    )
    if not known.topic:
        raise Invalid(mark("Pilih topik."), field="topic")
    if not known.region:
        raise Invalid(mark("Wilayah ini tidak dikenal. Pilih dari daftar."), field="region")
    if command.service_id is not None and not known.service:
        raise Invalid(mark("Layanan ini tidak dikenal. Pilih dari daftar."), field="service")
    if command.unit_id is not None and not known.unit:
        raise Invalid(mark("Unit ini tidak dikenal. Pilih dari daftar."), field="unit")


def submit(command: SubmitReport, actor: Actor) -> Receipt:
    """Take a report; a form sent twice gives its first receipt. Raises Invalid; Forbidden at the counter to others."""
    if command.channel is not Channel.WEB and not actor.may(Permission.COUNTER):
        raise Forbidden(mark("Hanya koordinator yang mencatat laporan di loket."))
    known = receipt_of(command.form_key, command.text)
    if known is not None:
        return known
    try:
        return _take(command, actor)
    except IntegrityError:
        # Two of the same form at once: the unique key let one in, and both get its receipt.
        known = receipt_of(command.form_key, command.text)
        # Otherwise a number was drawn that is taken, one draw in 34 milliards for each ticket: draw another.
        return known or _take(command, actor)


def _take(command: SubmitReport, actor: Actor) -> Receipt:
    now = utc_now()
    with transaction():
        route = check_report(command, now)
        check_choices(public_parts(command), command.shield)
        ticket = _store(command, actor, route, now)
        code, coarse = tracking_code(command.form_key), ticket.anonymous or ticket.confidential
        return Receipt(ticket.id, ticket.number, code, ticket.received_at, ticket.zone, False, coarse=coarse)


def _store(command: SubmitReport, actor: Actor, route: Route, now: datetime) -> Ticket:
    assert route.government is not None  # check_report refused it otherwise
    ticket = _new_ticket(command, actor, route, route.government, now)
    db.session.add(ticket)
    db.session.flush()
    by_staff, words = command.channel is not Channel.WEB, public_words(command)
    event = TicketEvent(
        ticket_id=ticket.id,
        at=now,
        move=MoveName.SUBMIT,
        to_state=State.RECEIVED,
        cycle=1,
        version=1,
        unit_id=ticket.unit_id,
        # The account of a sealed reporter is in no column; staff at a counter are named.
        actor_id=actor.person_id if by_staff else ticket.reporter_id,
        detail={"channel": command.channel.value, **kept_kinds(*words)},
        entrusted=entrusted_rows(*words),
    )
    db.session.add(event)
    db.session.flush()
    hide_names = command.anonymous or command.confidential
    bind_files(command.form_key, ticket_id=ticket.id, event_id=event.id, sealed=hide_names)
    begin_cycle(ticket, ticket.received_at)
    run_clocks(MOVES[MoveName.SUBMIT], ticket, ticket.received_at)
    _seal(command, actor, ticket)
    set_next_due(ticket)
    post_event(event, MOVES[MoveName.SUBMIT])
    if by_staff:
        record(
            "ticket.recorded",
            actor_id=actor.person_id,
            subject=f"ticket:{ticket.id}",
            at=now,
            detail={"received_at": ticket.received_at.isoformat(), "channel": command.channel.value},
        )
    return ticket


def _new_ticket(command: SubmitReport, actor: Actor, route: Route, government: UnitRow, now: datetime) -> Ticket:
    sealed = command.anonymous or command.confidential
    own = command.channel is Channel.WEB and actor.person_id is not None and not sealed
    # Only a counter says that something came in earlier (DOMAIN.md 4.14).
    received_at = now if command.channel is Channel.WEB else command.received_at or now
    if sealed:  # an hour, or a place in a list between two known hours, could tell who it was
        received_at = day_begins(received_at, government.zone)
    name = clean(command.name, lines=False)
    text, place = public_words(command)
    same = words_hash(command.text)
    return Ticket(
        number=new_number(),
        kind=command.kind,
        channel=command.channel,
        text=text.text,
        original_text=text.original,
        unit_id=government.id,
        zone=government.zone,
        received_at=received_at,
        created_at=now,
        state_since=received_at,
        held_since=received_at,
        topic_id=command.topic_id,
        region_code=command.region_code,
        service_id=command.service_id,
        proposed_unit_id=route.unit.id if route.unit else None,
        reported_unit_id=command.reported_unit_id,
        about_head=command.about_head and command.reported_unit_id is not None,
        proposed_authority_id=route.authority.id if route.authority else None,
        place=place.text,
        original_place=place.original,
        event_date=command.event_date,
        anonymous=command.anonymous,
        confidential=command.confidential,
        reporter_id=actor.person_id if own else None,
        reporter_name=None if sealed else (name or None),
        recorded_by_id=actor.person_id if command.channel is not Channel.WEB else None,
        locale=command.locale,
        privacy_notice=NOTICE if command.channel is Channel.WEB else None,
        form_key_hash=keyed_hash("form-key", command.form_key),
        code_hash=code_hash(tracking_code(command.form_key)),
        doubts=kept(command.doubts),
        words_hash=same,
        twin_id=twin_of(same, now),
    )


def public_parts(command: SubmitReport) -> dict[str, str]:
    """What of a report becomes public words, by name; nothing of a confidential one."""
    if command.confidential:
        return {}
    return {"text": clean(command.text), "place": clean(command.place, lines=False)}


def public_words(command: SubmitReport) -> tuple[Shielded, Shielded]:
    """Text and place as they are stored."""
    text, place = check_text(command.text), clean(command.place, lines=False)
    if command.confidential:
        return Shielded(text, None), Shielded(place, None)
    return shielded("text", text, command.shield), shielded("place", place, command.shield)


def _seal(command: SubmitReport, actor: Actor, ticket: Ticket) -> None:
    """Who reported goes into the vault, which nothing here can open; where to write to is sealed for the worker."""
    own_account = actor.person_id if command.channel is Channel.WEB else None
    sealed = command.anonymous or command.confidential
    identity = Identity(
        name=clean(command.name, lines=False) or (actor.name if own_account else ""),
        email=command.email.strip().lower() or (_address_of(own_account) if sealed and own_account else ""),
        phone=clean(command.phone, lines=False),
        person_id=own_account,
    )
    seal_reporter(ticket.id, identity, hidden=sealed)


def _address_of(person_id: int) -> str:
    """Where news of a sealed report goes: the worker cannot open the identity, so it is told the address."""
    return people_by_ids([person_id])[person_id].email
