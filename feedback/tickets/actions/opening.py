"""Ask for who reported to be opened, agree to it, hand the seal out once, tell the reporter. Nothing here opens it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from feedback.audit.actions import record
from feedback.kernel.actor import Actor, Membership
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from feedback.kernel.references import read_number
from feedback.kernel.text import mark
from feedback.people.queries import people_by_ids
from feedback.storage.outbox import post
from feedback.storage.session import db, transaction
from feedback.tickets.actions.work import facts_of
from feedback.tickets.models import Ticket
from feedback.tickets.queries.opening import asked, involved_in, office_outside
from feedback.tickets.queries.visible import visible
from feedback.tickets.rules.grants import Sight, grants_for, inside
from feedback.units.queries import unit_by_id, units_by_ids
from feedback.vault.models import SealedIdentity, SealOpening
from feedback.vault.rules.opening import LASTS, OVERSEERS, check_words
from feedback.vault.rules.released import Released
from feedback.vault.rules.sealing import Part, record_name


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOpening:
    """Why somebody's identity is to be opened: the law, in words that the reporter reads too, and the case."""

    number: str
    basis: str
    case_number: str


def request_opening(command: RequestOpening, actor: Actor) -> int:
    """Ask for one identity to be opened; returns the request's id. Raises Invalid for what is wrong with it."""
    basis, case_number = check_words(command.basis, command.case_number)
    number = read_number(command.number)
    with transaction():
        wanted = select(Ticket).where(Ticket.number == number, visible(grants_for(actor), Sight.WHOLE))
        ticket = db.session.scalars(wanted).one_or_none() if number else None
        office = ticket and _office_of_requester(actor, ticket)
        if ticket is None or office is None or actor.person_id is None:
            raise Invalid(mark("Tidak ada laporan dengan nomor ini yang Anda awasi."), field="number")
        if not _seal_of(ticket.id):
            raise Invalid(mark("Laporan ini tidak menyimpan identitas tersegel."), field="number")
        opening = SealOpening(
            ticket_id=ticket.id,
            basis=basis,
            case_number=case_number,
            requested_by_id=actor.person_id,
            requested_unit_id=office.unit_id,
            requested_at=utc_now(),
        )
        db.session.add(opening)
        db.session.flush()
        _record("vault.requested", opening, actor.person_id)
        return opening.id


def agree_to_opening(opening_id: int, actor: Actor) -> int:
    """Agree to a request, as one of two people from outside; returns how many have. Raises as `_decidable` does."""
    with transaction():
        opening, office = _decidable(opening_id, actor)
        if opening.first_id is None:
            opening.first_id, opening.first_unit_id, opening.first_at = actor.person_id, office.unit_id, utc_now()
        else:
            opening.second_id, opening.second_unit_id, opening.second_at = actor.person_id, office.unit_id, utc_now()
        _record("vault.agreed", opening, actor.person_id)
        return 1 if opening.second_id is None else 2


def refuse_opening(opening_id: int, actor: Actor) -> None:
    """Refuse a request; one person from outside is enough. Raises as `_decidable` does."""
    with transaction():
        opening, _ = _decidable(opening_id, actor)
        opening.refused_by_id, opening.refused_at = actor.person_id, utc_now()
        _record("vault.refused", opening, actor.person_id)


def release(opening_id: int, actor: Actor) -> Released:
    """Hand out the sealed identity of an agreed request, once, and tell the reporter.

    To whoever asked or agreed; for others it is not there. Raises NotFound, Conflict.
    """
    with transaction():
        opening, ticket = _load(opening_id)
        if actor.person_id not in {opening.requested_by_id, opening.first_id, opening.second_id} - {None}:
            raise NotFound
        now = utc_now()
        asked(opening).check_release(now)
        seal = _seal_of(ticket.id)
        if seal is None:
            raise Conflict(mark("Laporan ini tidak menyimpan identitas tersegel."))
        opening.released_at = now
        _record("vault.released", opening, actor.person_id)
        post("ticket.unsealed", f"unsealed:{opening.id}", {"ticket_id": ticket.id, "opening_id": opening.id}, at=now)
        return Released(
            number=ticket.number,
            record=record_name(ticket.id, Part.IDENTITY),
            key=seal.key_id,
            sealed=seal.sealed,
            basis=opening.basis,
            case=opening.case_number,
            until=now + LASTS,
            **_participants(opening),
        )


def _decidable(opening_id: int, actor: Actor) -> tuple[SealOpening, Membership]:
    """A request this person may decide. Raises NotFound for who stands inside, Forbidden for who asked, Conflict."""
    opening, ticket = _load(opening_id)
    unit = unit_by_id(ticket.unit_id)
    assert unit is not None
    office = office_outside(actor, ticket, unit.path, involved_in([ticket.id])[ticket.id])
    if office is None:
        if actor.person_id == opening.requested_by_id:
            raise Forbidden(mark("Permintaan diputus orang lain, bukan yang memintanya."))
        raise NotFound
    asked(opening).check_decision(actor.person_id, utc_now())
    return opening, office


def _load(opening_id: int) -> tuple[SealOpening, Ticket]:
    wanted = select(SealOpening).where(SealOpening.id == opening_id).with_for_update()
    opening = db.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if opening is None:
        raise NotFound
    return opening, db.session.get_one(Ticket, opening.ticket_id)


def _office_of_requester(actor: Actor, ticket: Ticket) -> Membership | None:
    """The role in which somebody asks: they oversee the ticket, and it is not about them or their unit."""
    unit = unit_by_id(ticket.unit_id)
    assert unit is not None
    held = inside(actor, facts_of(ticket, unit)).memberships
    return next((one for one in held if one.role in OVERSEERS and unit.path.startswith(one.path)), None)


def _seal_of(ticket_id: int) -> SealedIdentity | None:
    return db.session.get(SealedIdentity, (ticket_id, Part.IDENTITY), populate_existing=True)


def _participants(opening: SealOpening) -> dict[str, Any]:
    pairs = (
        (opening.requested_by_id, opening.requested_unit_id), (opening.first_id, opening.first_unit_id),
        (opening.second_id, opening.second_unit_id),
    )  # fmt: skip
    people = people_by_ids(person for person, _ in pairs if person)
    units = units_by_ids({unit for _, unit in pairs if unit})
    one, *others = (f"{people[person or 0].name}, {units[unit or 0].name}" for person, unit in pairs)
    return {"requested_by": one, "agreed_by": tuple(others)}


def _record(deed: str, opening: SealOpening, actor_id: int | None) -> None:
    detail = {"opening": opening.id}
    record(deed, actor_id=actor_id, subject=f"ticket:{opening.ticket_id}", at=utc_now(), detail=detail)
