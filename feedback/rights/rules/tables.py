"""What becomes of each column that points to a person when their account is deleted. A test fails for one not here."""

from __future__ import annotations

# Rows that belong to the account alone: they go.
GONE = frozenset({
    "browser_session.person_id", "mail_preference.person_id", "passkey.person_id",
    "provider_identity.person_id", "report_subscription.person_id",
})  # fmt: skip
# The account of a reporter is taken off the report.
UNLINKED = frozenset({"ticket.reporter_id", "ticket_event.actor_id"})
# What an official did stays under the number of an account without a name: the office answers, not the person.
STAYS = frozenset({
    "membership.person_id", "deputy.absent_id", "deputy.deputy_id", "ticket.recorded_by_id", "ticket.officer_id",
    "ticket.reported_person_id", "ticket.excluded_person_id", "ticket_note.author_id", "ticket_cycle.answered_by_id",
    "escalation.person_id", "figure_snapshot.made_by_id", "rights_request.person_id", "rights_request.done_by_id",
    "legal_hold.by_id", "timing_change.made_by_id", "timing_change.approved_by_id", "timing_change.published_by_id",
    "invitation.invited_by_id", "invitation.person_id", "attachment_event.actor_id",
})  # fmt: skip
