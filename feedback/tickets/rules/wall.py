"""The wall around whoever a report is about (UU 25/2009 Art 45): they and, often, their whole unit do not see it."""

from __future__ import annotations

from dataclasses import replace

from feedback.kernel.actor import Actor, Membership
from feedback.tickets.rules.words import Grade
from feedback.units.rules import path_ids


def walled_unit(
    reported_unit_id: int | None, *, about_head: bool, anonymous: bool, confidential: bool, grade: str | None
) -> int | None:
    """The unit whose people may not look: that of the officer a report is about.

    Always when it is about the head or alleges misconduct, and when its reporter or its words are to be protected;
    otherwise only the officer is kept away. The model's constraint says the same.
    """
    closed = about_head or anonymous or confidential or grade == Grade.OVERSIGHT
    return reported_unit_id if closed else None


def belongs_to(memberships: tuple[Membership, ...]) -> tuple[int, ...]:
    """The units that somebody with these roles works in: those the roles are held at, and the units above them."""
    return tuple(sorted({unit_id for one in memberships for unit_id in path_ids(one.path)}))


def outside(actor: Actor, *, person_id: int | None, unit_id: int | None) -> Actor:
    """The actor with the roles that are left on a ticket about this person and closed to this unit.

    None at all for the person, or for whoever works in the unit; none held in the place of such a person.
    """
    own = tuple(one for one in actor.memberships if one.acting_for is None)
    if (person_id is not None and actor.person_id == person_id) or unit_id in belongs_to(own):
        return replace(actor, memberships=())
    lent = {one.acting_for for one in actor.memberships if one.acting_for is not None}
    barred = {absent for absent in lent if unit_id in belongs_to(lent_by(actor, absent))} | {person_id}
    left = tuple(one for one in actor.memberships if one.acting_for is None or one.acting_for not in barred)
    return replace(actor, memberships=left)


def lent_by(actor: Actor, absent: int) -> tuple[Membership, ...]:
    """The roles held in the place of one absent person."""
    return tuple(one for one in actor.memberships if one.acting_for == absent)
