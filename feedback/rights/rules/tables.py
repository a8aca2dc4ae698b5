"""What becomes of each column of a person, and of each that points to one, when their account is deleted.

A test fails for a column that is not here: whoever adds one decides.
"""

from __future__ import annotations

from typing import Any

# Columns of the account itself: a number's address and an office title take the place of the first two.
REPLACED = frozenset({"email", "name", "erased_at"})
WIPED: dict[str, Any] = {"password_hash": "!", "is_active": False, "privacy_notice": None, "password_set_at": None}
KEPT = frozenset({"id", "created_at", "locale"})
# What a copy for its holder leaves out: numbers of ours, and what would let somebody in.
NOT_COPIED = frozenset({"id", "password_hash", "password_set_at", "erased_at"})

# Rows that belong to the account alone: they go.
GONE = frozenset({
    "browser_session.person_id", "mail_preference.person_id", "report_subscription.person_id", "passkey.person_id",
    "provider_identity.person_id", "invitation.person_id", "authenticator.person_id", "recovery_code.person_id",
    "account_link.person_id",
})  # fmt: skip
# The account of a reporter is taken off the report.
UNLINKED = frozenset({"ticket.reporter_id", "ticket_event.actor_id"})
# What an official did stays under the number of an account without a name: the office answers, not the person.
STAYS = frozenset({
    "membership.person_id", "deputy.absent_id", "deputy.deputy_id", "ticket.recorded_by_id", "ticket.officer_id",
    "ticket.reported_person_id", "ticket.excluded_person_id", "ticket_note.author_id", "ticket_cycle.answered_by_id",
    "escalation.person_id", "figure_snapshot.made_by_id", "rights_request.person_id", "rights_request.done_by_id",
    "legal_hold.by_id", "timing_change.made_by_id", "timing_change.approved_by_id", "timing_change.published_by_id",
    "attachment_event.actor_id", "invitation.invited_by_id", "incident_subject.person_id",
    "seal_opening.requested_by_id", "seal_opening.first_id", "seal_opening.second_id", "seal_opening.refused_by_id",
})  # fmt: skip
# What a copy for its holder leaves out, by why: what an official did is the archive of the office (the audit rows in
# the copy name it by number), and reports about somebody stay their reporter's.
OF_THE_OFFICE = frozenset({
    "ticket.recorded_by_id", "ticket.officer_id", "ticket_note.author_id", "ticket_cycle.answered_by_id",
    "escalation.person_id", "figure_snapshot.made_by_id", "rights_request.done_by_id", "legal_hold.by_id",
    "timing_change.made_by_id", "timing_change.approved_by_id", "timing_change.published_by_id",
    "attachment_event.actor_id", "invitation.invited_by_id", "seal_opening.requested_by_id", "seal_opening.first_id",
    "seal_opening.second_id", "seal_opening.refused_by_id",
})  # fmt: skip
ABOUT_SOMEBODY = frozenset({"ticket.reported_person_id", "ticket.excluded_person_id"})
# Numbers of people without a reference to the table: kept for good or read by nobody but the worker.
LOOSE = frozenset({"audit_entry.actor_id"})


def office_title(role: str, unit: str) -> str:
    """What an official is called once their name is deleted."""
    return f"{role} {unit}"[:120]
