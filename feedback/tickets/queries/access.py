"""What somebody may see, and why: for themselves, for their coordinator and for administrators."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from feedback.kernel.actor import Actor
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import ROLE_PERMISSIONS, Permission
from feedback.people.queries import AbsenceView, absences_of, people_by_ids
from feedback.storage.session import db
from feedback.tickets.models import Ticket
from feedback.tickets.queries.visible import FACTS, facts_of_row, visible
from feedback.tickets.rules.access import Opening, in_words, without_people
from feedback.tickets.rules.grants import grants_for, holding
from feedback.units.models import Unit
from feedback.units.queries import today, units_by_ids


@dataclass(frozen=True, slots=True)
class Held:
    """A role held today; ``absent`` names the person in whose place."""

    role: str
    unit: str
    permissions: tuple[Permission, ...]
    absent: str


@dataclass(frozen=True, slots=True)
class Access:
    """Everything that decides what one person sees today."""

    held: tuple[Held, ...]
    openings: tuple[Opening, ...]
    absences: tuple[AbsenceView, ...]
    unit_names: dict[int, str]


def access_of(person: Actor) -> Access:
    """Roles, rooms, deputies and grants of this person, in words made from the grants themselves."""
    absent = people_by_ids(one.acting_for for one in person.memberships if one.acting_for is not None)
    held = tuple(
        Held(
            one.role,
            one.unit_name,
            tuple(sorted(ROLE_PERMISSIONS[one.role], key=list(Permission).index)),
            absent[one.acting_for].name if one.acting_for in absent else "",
        )
        for one in person.memberships
    )
    openings = tuple(in_words(grant, person.person_id) for grant in grants_for(person))
    away = tuple(absences_of(person.person_id, today())) if person.person_id is not None and held else ()
    return Access(held, openings, away, _unit_names(openings))


def openings_of(asker: Actor, person: Actor, number: str) -> tuple[int, tuple[Opening, ...], dict[int, str]]:
    """The grants that open one ticket to this person, strongest first, and the names of units in them.

    Raises NotFound alike for a ticket the asker may not see and for one that is not there. Who asks about somebody
    else is not told who wrote the ticket, nor whom it is about.
    """
    seen = visible(grants_for(asker))
    row = db.session.execute(
        select(*FACTS).join(Unit, Unit.id == Ticket.unit_id).where(Ticket.number == number, seen)
    ).one_or_none()
    if row is None:
        raise NotFound
    facts = facts_of_row(row)
    if asker.person_id != person.person_id:
        facts = without_people(facts)
    held = tuple(in_words(grant, person.person_id) for grant in holding(grants_for(person), facts))
    return row.id, held, _unit_names(held)


def _unit_names(openings: tuple[Opening, ...]) -> dict[int, str]:
    wanted = {unit_id for opening in openings for phrase in opening.phrases for unit_id in phrase.units}
    return {unit.id: unit.name for unit in units_by_ids(wanted).values()}
