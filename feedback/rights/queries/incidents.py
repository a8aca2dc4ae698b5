"""Whom an incident is about, found without opening a seal; and what each of them reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from feedback.files.models import Attachment
from feedback.people.models import Person
from feedback.people.rules import noted
from feedback.rights.models import IncidentRow, IncidentSubject, RightsRequest
from feedback.rights.rules import RightsKind
from feedback.rights.rules.incidents import Exposed, Incident, Way
from feedback.storage.session import db
from feedback.tickets.models import Ticket
from feedback.vault.models import SealedIdentity
from feedback.vault.rules.sealing import Part


@dataclass(frozen=True, slots=True)
class Subject:
    """One who is to be told: an account by its id, or a report by its number."""

    person_id: int | None
    ticket_id: int | None
    number: str | None
    way: Way


@dataclass(frozen=True, slots=True)
class Notice:
    """What a subject reads, in their language."""

    at: datetime
    found_at: datetime
    data: str
    happened: str
    done: str
    contact: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who a letter about an incident goes to; ``number`` for the sender of a report, found by the worker alone."""

    incident_id: int
    person_id: int | None
    ticket_id: int | None
    email: str
    name: str
    locale: str
    told_at: datetime | None


def affected(incident: Incident) -> list[Subject]:
    """Accounts first, then reports that no account stands behind. Raises ValueError for numbers of no report."""
    known = set(db.session.scalars(select(Ticket.number).where(Ticket.number.in_(incident.numbers))))
    if strange := sorted(set(incident.numbers) - known):
        raise ValueError(f"numbers: no report is called {', '.join(strange)}")
    reports = _reports(incident)
    of_reports = select(Ticket.reporter_id).where(reports, Ticket.reporter_id.is_not(None))
    people = select(Person.id).where(Person.erased_at.is_(None), _accounts(incident) | Person.id.in_(of_reports))
    contact = exists().where(
        SealedIdentity.ticket_id == Ticket.id, SealedIdentity.part.in_([Part.CONTACT, Part.TOGETHER])
    )
    columns = select(Ticket.id, Ticket.number, contact, Ticket.code_hash.is_not(None))
    senders = columns.where(reports, Ticket.reporter_id.is_(None)).order_by(Ticket.id)
    found = [Subject(person_id, None, None, Way.MAIL) for person_id in db.session.scalars(people.order_by(Person.id))]
    for ticket_id, number, has_contact, has_code in db.session.execute(senders).tuples():
        way = Way.MAIL if has_contact else Way.PAGE if has_code else Way.NONE
        found.append(Subject(None, ticket_id, number, way))
    return found


def _within(column: Any, incident: Incident) -> ColumnElement[bool]:
    after = [] if incident.since is None else [column >= incident.since]
    return and_(column <= incident.until, *after)


def _from_its_day(incident: Incident) -> Incident:
    """Of citizens' accounts only the day is kept: one opened on the day it began may be among them."""
    return incident if incident.since is None else replace(incident, since=noted(incident.since, works=False))


def _copies(incident: Incident) -> Any:
    return (RightsRequest.kind == RightsKind.COPY) & _within(RightsRequest.requested_at, incident)


def _accounts(incident: Incident) -> ColumnElement[bool]:
    which: list[ColumnElement[bool]] = [false()]
    if Exposed.PERSON in incident.tables:
        which.append(_within(Person.created_at, _from_its_day(incident)))
    if Exposed.COPY in incident.tables:
        which.append(Person.id.in_(select(RightsRequest.person_id).where(_copies(incident))))
    return or_(*which)


def _reports(incident: Incident) -> ColumnElement[bool]:
    """Reports that were exposed and still hold something: of a destroyed one nothing could be read."""
    made = _within(Ticket.created_at, incident)
    by_table: dict[Exposed, ColumnElement[bool]] = {
        Exposed.TICKET: made,
        Exposed.SEAL: made & exists().where(SealedIdentity.ticket_id == Ticket.id),
        Exposed.ATTACHMENT: exists().where(
            Attachment.ticket_id == Ticket.id, _within(Attachment.created_at, incident)
        ),
        Exposed.COPY: Ticket.id.in_(select(RightsRequest.ticket_id).where(_copies(incident))),
    }
    which = [by_table[table] for table in sorted(incident.tables) if table in by_table]
    return Ticket.words_destroyed_at.is_(None) & or_(Ticket.number.in_(incident.numbers), *which)


def progress_of(code: str) -> tuple[int, int] | None:
    """How many letters about an incident went out, and how many wait; None before anybody was told."""
    by_mail = func.count().filter(IncidentSubject.way == Way.MAIL)
    statement = (
        select(func.count(IncidentSubject.told_at), by_mail, func.count(IncidentRow.id))
        .select_from(IncidentRow)
        .outerjoin(IncidentSubject, IncidentSubject.incident_id == IncidentRow.id)
        .where(IncidentRow.code == code)
    )
    told, mails, rows = db.session.execute(statement).one()
    return (told, mails - told) if rows else None


def ways(subjects: Sequence[Subject]) -> Counter[tuple[str, Way]]:
    """How many accounts and reports are told in each way."""
    return Counter(("person" if one.number is None else "report", one.way) for one in subjects)


def notices_for(locale: str, *, person_id: int | None = None, ticket_id: int | None = None) -> list[Notice]:
    """What an account or a report was told, the newest first."""
    mine = IncidentSubject.person_id == person_id if person_id is not None else IncidentSubject.ticket_id == ticket_id
    statement = (
        select(IncidentRow.told_at, IncidentRow.found_at, IncidentRow.words)
        .join(IncidentSubject, IncidentSubject.incident_id == IncidentRow.id)
        .where(mine)
        .order_by(IncidentRow.id.desc())
    )
    return [Notice(at, found, **words[locale]) for at, found, words in db.session.execute(statement).tuples()]


def addressee(subject_id: int) -> Addressee | None:
    """Who a letter is for; without an address for the sender of a report."""
    row = db.session.execute(
        select(
            IncidentSubject.incident_id, IncidentSubject.person_id, IncidentSubject.ticket_id,
            func.coalesce(Person.email, ""), func.coalesce(Person.name, ""),
            func.coalesce(Person.locale, Ticket.locale, "id"), IncidentSubject.told_at,
        )
        .outerjoin(Person, (Person.id == IncidentSubject.person_id) & Person.erased_at.is_(None))
        .outerjoin(Ticket, Ticket.id == IncidentSubject.ticket_id)
        .where(IncidentSubject.id == subject_id)
    ).first()  # fmt: skip
    return None if row is None else Addressee(*row)


@dataclass(frozen=True, slots=True)
class AgencyLetter:
    """What the agency is written: never who, only how many."""

    code: str
    agency: str
    due_at: datetime
    people: int
    reports: int
    unreachable: int
    notice: Notice


def agency_letter(incident_id: int) -> AgencyLetter | None:
    """The letter to the agency (article 46 paragraph 1), in Indonesian."""
    row = db.session.get(IncidentRow, incident_id)
    if row is None:
        return None
    counted = select(
        func.count(IncidentSubject.person_id),
        func.count(IncidentSubject.ticket_id),
        func.count().filter(IncidentSubject.way == Way.NONE),
    ).where(IncidentSubject.incident_id == incident_id)
    people, reports, unreachable = db.session.execute(counted).one()
    notice = Notice(row.told_at, row.found_at, **row.words["id"])
    return AgencyLetter(row.code, row.agency, row.due_at, people, reports, unreachable, notice)


def notice_of(incident_id: int, locale: str) -> Notice:
    """The words of an incident in a language."""
    row = db.session.get_one(IncidentRow, incident_id)
    return Notice(row.told_at, row.found_at, **row.words[locale])
