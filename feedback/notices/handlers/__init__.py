"""What the worker does with side effects about tickets: letters are posted, then written and sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale

from feedback.notices.actions.digests import post_digests
from feedback.notices.actions.ladder import escalate, watch_clocks
from feedback.notices.actions.letters import post_lapsing, post_letters, post_unsealed
from feedback.notices.handlers.accounts import send_account, send_address, send_recovery, send_register
from feedback.notices.handlers.consent import send_to
from feedback.notices.handlers.digests import send_digest
from feedback.notices.handlers.escalations import send_escalation
from feedback.notices.handlers.incidents import send_incident, send_to_agency
from feedback.notices.handlers.letters import write
from feedback.notices.handlers.rights import send_farewell, send_rights, send_waiting
from feedback.notices.handlers.sending import send
from feedback.notices.handlers.staff import send_invitation, send_role_ending
from feedback.notices.queries.escalations import sees_ticket
from feedback.notices.queries.letters import event_facts, recipient_of, ticket_facts
from feedback.notices.rules.letters import Audience, Letter
from feedback.people.queries import actor_of
from feedback.storage.outbox import Job, purge

KEPT = timedelta(days=30)

__all__ = [
    "TIMERS",
    "send_account",
    "send_address",
    "send_digest",
    "send_escalation",
    "send_farewell",
    "send_incident",
    "send_invitation",
    "send_mail",
    "send_recovery",
    "send_register",
    "send_rights",
    "send_role_ending",
    "send_to_agency",
    "send_waiting",
    "ticket_lapsing",
    "ticket_moved",
    "ticket_unsealed",
]


def ticket_moved(job: Job) -> None:
    """Post the letters about a move: payload ``ticket_id``, ``event_id`` and the audiences in ``tells``."""
    post_letters(job.payload["ticket_id"], job.payload["event_id"], job.payload["tells"])


def ticket_lapsing(job: Job) -> None:
    """Post the letter that the time to confirm an answer is ending: payload ``ticket_id``."""
    post_lapsing(job.payload["ticket_id"])


def ticket_unsealed(job: Job) -> None:
    """Post the letter that a seal was handed out: payload ``ticket_id``, ``opening_id``."""
    post_unsealed(job.payload["ticket_id"], job.payload["opening_id"])


def send_mail(job: Job) -> None:
    """Write one letter from what is true now, in its recipient's language, and send it.

    Raises a MailFailure for the worker to judge. A recipient who left, gave no address or already acted gets none.
    """
    payload = job.payload
    letter, audience = Letter(payload["letter"]), Audience(payload["audience"])
    ticket = ticket_facts(payload["ticket_id"])
    if ticket is None or (letter is Letter.LAPSING and not ticket.is_answered):
        return
    recipient = recipient_of(payload["ticket_id"], audience, payload["person_id"])
    if recipient is None or not _may_read(audience, payload):
        return
    event = event_facts(payload["event_id"]) if payload["event_id"] is not None else None
    with force_locale(recipient.locale):
        subject, text = write(letter, ticket, event, recipient.name)
    if payload.get("owed"):
        send(job, recipient.address, subject, text)
    else:
        send_to(job, recipient, subject, text)


def _may_read(audience: Audience, payload: Mapping[str, Any]) -> bool:
    """Whether an official may still see the ticket a letter waits to tell of: it may have been closed to them since."""
    if audience is Audience.REPORTER:
        return True
    actor = actor_of(payload["person_id"])
    return actor is not None and sees_ticket(actor, payload["ticket_id"])


def forget_done(now: datetime) -> int:
    """Forget side effects done more than thirty days ago; returns how many."""
    return purge(now - KEPT)


TIMERS = (watch_clocks, escalate, post_digests, forget_done)
