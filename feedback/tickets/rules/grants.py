"""Who sees which ticket, as data: evaluated here for one ticket, compiled to SQL for lists (DESIGN.md 3.5).

A grant is a set of tests that must all hold; an actor sees a ticket when one of the grants does. The sight of the
strongest grant that holds decides what is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from feedback.kernel.actor import Actor
from feedback.kernel.permissions import Role
from feedback.tickets.rules.lifecycle import Relation
from feedback.tickets.rules.wall import belongs_to, outside

STAFF = (Role.OFFICER, Role.COORDINATOR, Role.SUPERVISOR, Role.INSPECTOR)


class Sight(IntEnum):
    """How much is shown: that it exists and where; its words; everything but what is sealed."""

    NONE = 0
    LISTED = 1
    WORDS = 2
    WHOLE = 3


class Op(StrEnum):
    """How a test compares."""

    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    UNDER = "under"
    NOT_IN = "not_in"


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of a field of TicketFacts."""

    field: str
    op: Op
    value: object


@dataclass(frozen=True, slots=True)
class Grant:
    """Tests that must all hold, and the sight they give."""

    sight: Sight
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What visibility depends on; a row of these is enough to decide."""

    id: int
    unit_id: int
    unit_path: str
    confidential: bool
    hidden: bool
    published: bool
    reporter_id: int | None
    reported_person_id: int | None
    walled_unit_id: int | None = None


_OPEN = (Test("confidential", Op.IS, False), Test("hidden", Op.IS, False))


def grants_for(actor: Actor) -> tuple[Grant, ...]:
    """Everything this actor may see (DOMAIN.md section 5), strongest first.

    Confidential tickets open to the holding unit's own people, and to supervisors and inspectors of its subtree.
    Whoever a complaint is about never sees it through a role, nor do the people of a walled unit (UU 25/2009 Art 45).
    """
    grants: list[Grant] = []
    if actor.tracked:
        grants.append(Grant(Sight.WHOLE, (Test("id", Op.IN, tuple(sorted(actor.tracked))),)))
    if actor.person_id is not None:
        grants.append(Grant(Sight.WHOLE, (Test("reporter_id", Op.IS, actor.person_id),)))
        grants += _staff_grants(actor)
    grants.append(Grant(Sight.WORDS, (*_OPEN, Test("published", Op.IS, True))))
    grants.append(Grant(Sight.LISTED, _OPEN))
    return tuple(grants)


def _staff_grants(actor: Actor) -> list[Grant]:
    """What roles open: the actor's own, then those held in the place of each absent person, without their tickets."""
    grants: list[Grant] = []
    for absent in sorted({one.acting_for for one in actor.memberships}, key=lambda one: (one is not None, one or 0)):
        about = [Test("reported_person_id", Op.IS_NOT, actor.person_id)]
        if absent is not None:
            about.append(Test("reported_person_id", Op.IS_NOT, absent))
        held = tuple(one for one in actor.memberships if one.acting_for == absent)
        own = tuple(one for one in actor.memberships if one.acting_for is None)
        about.append(Test("walled_unit_id", Op.NOT_IN, belongs_to((*own, *held))))
        grants += _role_grants(replace(actor, memberships=held), tuple(about))
    return grants


def _role_grants(actor: Actor, not_about: tuple[Test, ...]) -> list[Grant]:
    plain = Test("confidential", Op.IS, False)
    grants = [
        Grant(Sight.WHOLE, (Test("unit_path", Op.UNDER, path), plain, *not_about)) for path in actor.paths(*STAFF)
    ]
    grants += [
        Grant(Sight.WHOLE, (Test("unit_path", Op.UNDER, path), *not_about))
        for path in actor.paths(Role.SUPERVISOR, Role.INSPECTOR)
    ]
    own = tuple(sorted({one.unit_id for one in actor.memberships if one.role in (Role.OFFICER, Role.COORDINATOR)}))
    if own:
        grants.append(Grant(Sight.WHOLE, (Test("unit_id", Op.IN, own), *not_about)))
    return grants


def without(actor: Actor, person_id: int | None) -> Actor:
    """The actor with no role when it is that person, and with none held in that person's place."""
    return outside(actor, person_id=person_id, unit_id=None)


def inside(actor: Actor, facts: TicketFacts) -> Actor:
    """The actor with the roles that count on this ticket: none for whoever stands behind its wall."""
    return outside(actor, person_id=facts.reported_person_id, unit_id=facts.walled_unit_id)


def _holds(test: Test, facts: TicketFacts) -> bool:
    found = getattr(facts, test.field)
    if test.op is Op.IS:
        return bool(found == test.value)
    if test.op is Op.IS_NOT:
        return bool(found != test.value)
    if test.op in (Op.IN, Op.NOT_IN):
        return (found in test.value) is (test.op is Op.IN)  # type: ignore[operator]
    return bool(found.startswith(test.value))


def holding(grants: tuple[Grant, ...], facts: TicketFacts) -> tuple[Grant, ...]:
    """The grants whose tests all hold on this ticket."""
    return tuple(grant for grant in grants if all(_holds(test, facts) for test in grant.tests))


def sight_of(grants: tuple[Grant, ...], facts: TicketFacts) -> Sight:
    """The strongest sight any grant gives on this ticket."""
    return max((grant.sight for grant in holding(grants, facts)), default=Sight.NONE)


def relations(actor: Actor, facts: TicketFacts) -> frozenset[Relation]:
    """What the actor is to a ticket: the reporter, or officer, coordinator, supervisor of its holding unit."""
    found = set()
    if facts.id in actor.tracked or (actor.person_id is not None and facts.reporter_id == actor.person_id):
        found.add(Relation.REPORTER)
    actor = inside(actor, facts)
    for role, relation in (
        (Role.OFFICER, Relation.OFFICER),
        (Role.COORDINATOR, Relation.COORDINATOR),
        (Role.SUPERVISOR, Relation.SUPERVISOR),
    ):
        exact = facts.confidential and role is not Role.SUPERVISOR
        if actor.holds_at(facts.unit_id, role) if exact else actor.reaches(facts.unit_path, role):
            found.add(relation)
    return frozenset(found)


def inspects(actor: Actor, facts: TicketFacts) -> bool:
    """Whether the actor oversees the ticket without working on it; whoever it is about never does."""
    return inside(actor, facts).reaches(facts.unit_path, Role.INSPECTOR)
