"""Who somebody is, and who works where."""

from __future__ import annotations

from feedback.people.queries.accounts import (
    MembershipView,
    PersonRow,
    list_people,
    memberships_of,
    people_by_ids,
    person_by_email,
    wants_digests,
    who_holds,
)
from feedback.people.queries.held import actor_of
from feedback.people.queries.seats import AbsenceView, absences_of, people_within, seats_at
from feedback.people.queries.second_factor import codes_left, secret_of
from feedback.people.queries.sessions import Opened, SignedIn, Visitor, open_session, signed_in_person, token_hash

__all__ = [
    "AbsenceView",
    "MembershipView",
    "Opened",
    "PersonRow",
    "SignedIn",
    "Visitor",
    "absences_of",
    "actor_of",
    "codes_left",
    "list_people",
    "memberships_of",
    "open_session",
    "people_by_ids",
    "people_within",
    "person_by_email",
    "seats_at",
    "secret_of",
    "signed_in_person",
    "token_hash",
    "wants_digests",
    "who_holds",
]
