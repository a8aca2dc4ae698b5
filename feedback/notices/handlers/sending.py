"""Handing a written letter to the mailer."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app

from feedback.adapters.mail import Mail
from feedback.adapters.mail_registry import mailer_for
from feedback.storage.keyring import keyed_hash
from feedback.storage.outbox import Job


def send(job: Job, address: str, subject: str, text: str) -> None:
    """Send a letter for an outbox row. Raises a MailFailure for the worker to judge."""
    settings = current_app.config["SETTINGS"]
    mailer_for(settings).send(Mail(settings.mail_from, address, subject, text, message_id(job.key)))


def message_id(key: str) -> str:
    """The same for every try of one outbox row, telling nobody what the row is about."""
    host = urlsplit(current_app.config["SETTINGS"].public_url).hostname
    return f"<{keyed_hash('message-id', key)[:32]}@{host}>"
