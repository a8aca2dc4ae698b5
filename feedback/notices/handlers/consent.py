"""Letters to an address that somebody typed: the first asks, and the next go only where the owner said yes."""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale

from feedback.notices.actions.consent import note_asked
from feedback.notices.handlers.letters import rendered
from feedback.notices.handlers.sending import send
from feedback.notices.queries.consent import link_token, said_of
from feedback.notices.queries.letters import Recipient
from feedback.notices.rules.consent import may_write
from feedback.storage.outbox import Job

_SIGNATURE = "\n--\n"


def send_to(job: Job, recipient: Recipient, subject: str, text: str) -> None:
    """Send a letter, to a typed address only once before its owner confirmed it. Raises a MailFailure."""
    if not recipient.is_typed:
        send(job, recipient.address, subject, text)
        return
    said = said_of(recipient.address)
    if not may_write(said):
        return
    with force_locale(recipient.locale):
        link = f"{current_app.config['SETTINGS'].public_url}/surat/{link_token(recipient.address)}"
        more = rendered("notices/consent.txt", {"link": link, "first": said is None})
    send(job, recipient.address, subject, text.replace(_SIGNATURE, f"\n{more}{_SIGNATURE}", 1))
    if said is None:
        note_asked(recipient.address)
