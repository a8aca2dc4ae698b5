"""What the worker does with side effects about tickets: letters are posted, then written and sent."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale

from feedback.adapters.mail import Mail
from feedback.adapters.mail_registry import mailer_for
from feedback.notices.actions import post_lapsing, post_letters
from feedback.notices.handlers.letters import write
from feedback.notices.queries import event_facts, recipient_of, ticket_facts
from feedback.notices.rules import Audience, Letter
from feedback.storage.keyring import keyed_hash
from feedback.storage.outbox import Job


def ticket_moved(job: Job) -> None:
    """Post the letters about a move: payload ``ticket_id``, ``event_id`` and the audiences in ``tells``."""
    post_letters(job.payload["ticket_id"], job.payload["event_id"], job.payload["tells"])


def ticket_lapsing(job: Job) -> None:
    """Post the letter that the time to confirm an answer is ending: payload ``ticket_id``."""
    post_lapsing(job.payload["ticket_id"])


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
    if recipient is None:
        return
    event = event_facts(payload["event_id"]) if payload["event_id"] is not None else None
    settings = current_app.config["SETTINGS"]
    with force_locale(recipient.locale):
        subject, text = write(letter, ticket, event, recipient.name)
    mailer_for(settings).send(Mail(settings.mail_from, recipient.address, subject, text, message_id(job.key)))


def message_id(key: str) -> str:
    """The same for every try of one outbox row, telling nobody what the row is about."""
    host = urlsplit(current_app.config["SETTINGS"].public_url).hostname
    return f"<{keyed_hash('message-id', key)[:32]}@{host}>"
