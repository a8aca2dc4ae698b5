"""Whoever adds a column about a person says what becomes of it when the account or the report is deleted."""

from __future__ import annotations

import re

from sqlalchemy import Column, String, Text

import feedback.app  # noqa: F401  every model is known once the application is
from feedback.people.models import Person
from feedback.rights.queries.content import PERSON
from feedback.rights.rules.tables import GONE, KEPT, LOOSE, NOT_COPIED, REPLACED, STAYS, UNLINKED, WIPED
from feedback.storage.base import Base
from feedback.tickets.actions.tombstones import EVENT_WORDS, TICKET_WORDS
from feedback.tickets.models import Ticket, TicketEvent, TicketNote

# Codes, numbers and hashes of a report: nothing somebody wrote.
CODES = {
    "number", "kind", "channel", "zone", "region_code", "state", "grade", "locale", "due_kind", "hold_reason",
    "reject_reason", "code_hash", "privacy_notice", "import_source", "import_ref", "move", "from_state", "to_state",
    "role", "sanitiser", "doubts",
}  # fmt: skip
A_PERSON = re.compile(r"(person|actor|author|officer|owner|user|reporter|_by)_id$")


def _columns() -> dict[str, Column[object]]:
    return {f"{table.name}.{column.name}": column for table in Base.metadata.tables.values() for column in table.columns}


def _points_to_a_person(column: Column[object]) -> bool:
    return any(key.target_fullname == "person.id" for key in column.foreign_keys)


def test_every_column_that_points_to_a_person_says_what_becomes_of_it() -> None:
    found = {name for name, column in _columns().items() if _points_to_a_person(column)}
    assert found == GONE | STAYS | UNLINKED, "say in rights/rules/tables.py what deleting an account does to it"
    assert len(GONE) + len(STAYS) + len(UNLINKED) == len(found), "one answer for each column"


def test_every_number_of_a_person_without_a_reference_is_known() -> None:
    found = {name for name, column in _columns().items() if A_PERSON.search(name) and not _points_to_a_person(column)}
    assert found == LOOSE, "make it a foreign key, or say in rights/rules/tables.py why it is none"


def test_every_column_of_the_account_is_replaced_wiped_or_kept() -> None:
    found = {column.name for column in Person.__table__.columns}
    assert found == REPLACED | set(WIPED) | KEPT, "say in rights/rules/tables.py what deleting an account does to it"
    assert found == set(PERSON) | NOT_COPIED, "a copy for its holder has it (rights/queries/content.py), or says why not"


def test_every_column_with_words_of_a_report_is_buried() -> None:
    for model, buried in ((Ticket, {"text", *TICKET_WORDS}), (TicketEvent, set(EVENT_WORDS)), (TicketNote, {"text", "form_key_hash"})):
        words = {column.name for column in model.__table__.columns if isinstance(column.type, (String, Text))}
        assert words - buried <= CODES, f"{model.__tablename__}: say in tickets/actions/tombstones.py how it is destroyed"
