"""Letters about a failure to protect data: to those it is about, and to the agency (UU 27/2022 article 46)."""

from __future__ import annotations

from dataclasses import replace

from flask import current_app
from flask_babel import force_locale, gettext

from feedback.kernel.clock import utc_now
from feedback.kernel.text import mark
from feedback.notices.handlers.letters import rendered
from feedback.notices.handlers.sending import send
from feedback.notices.queries.letters import recipient_of
from feedback.notices.rules.letters import Audience
from feedback.rights.actions.incidents import note_told
from feedback.rights.queries.incidents import Addressee, addressee, agency_letter, notice_of
from feedback.storage.outbox import Job
from feedback.web.markup import moment

SUBJECT = mark("Pemberitahuan tentang data pribadi Anda")
TO_AGENCY = mark("Pemberitahuan kegagalan pelindungan data pribadi")


def send_incident(job: Job) -> None:
    """Tell one of those it is about: payload ``subject_id``. Only the worker can open where a sender is written to."""
    found = addressee(job.payload["subject_id"])
    if found is None or found.told_at is not None:
        return
    to = _with_contact(found)
    if to.email:
        _write(job, to)
    note_told(job.payload["subject_id"], utc_now())


def _write(job: Job, to: Addressee) -> None:
    base = current_app.config["SETTINGS"].public_url
    with force_locale(to.locale):
        notice = notice_of(to.incident_id, to.locale)
        context = {
            "name": to.name, "needs_code": to.ticket_id is not None, "notice": notice, "found": moment(notice.found_at),
            "link": f"{base}/lacak" if to.ticket_id is not None else f"{base}/akun/data",
        }  # fmt: skip
        text, subject = rendered("notices/incident.txt", context), gettext(SUBJECT)
    send(job, to.email, subject, text)


def _with_contact(found: Addressee) -> Addressee:
    if found.ticket_id is None:
        return found
    sender = recipient_of(found.ticket_id, Audience.REPORTER, None)
    return found if sender is None else replace(found, email=sender.address)


def send_to_agency(job: Job) -> None:
    """Tell the agency: payload ``incident_id``. Numbers, never who."""
    letter = agency_letter(job.payload["incident_id"])
    if letter is None:
        return
    with force_locale("id"):
        context = {"letter": letter, "found": moment(letter.notice.found_at), "due": moment(letter.due_at),
                   "site": current_app.config["SETTINGS"].public_url}  # fmt: skip
        text, subject = rendered("notices/incident_agency.txt", context), gettext(TO_AGENCY)
    send(job, letter.agency, subject, text)
