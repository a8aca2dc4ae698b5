"""Letters about roles: an invitation with its link, and the warning that a role ends."""

from __future__ import annotations

from datetime import date

from flask import current_app
from flask_babel import force_locale, gettext

from feedback.kernel.clock import utc_now
from feedback.kernel.text import mark
from feedback.notices.handlers.letters import dated, rendered
from feedback.notices.handlers.sending import send
from feedback.people.queries import people_by_ids
from feedback.people.queries.invitations import invitation_token, waiting_invitation
from feedback.people.queries.staff import ending_role
from feedback.people.rules import ROLE_LABELS
from feedback.storage.outbox import Job
from feedback.web.markup import moment

# What an invitation is about is inside: a subject is read over a shoulder and on a locked screen.
INVITATION_SUBJECT = mark("Undangan untuk Anda")
ENDING_SUBJECT = mark("Sebuah peran akan berakhir")
INVITATION_LOCALE = "id"


def send_invitation(job: Job) -> None:
    """Send the link; none when the invitation was taken, withdrawn or sent anew meanwhile."""
    payload = job.payload
    found = waiting_invitation(payload["invitation_id"], payload["nonce"], utc_now())
    if found is None:
        return
    with force_locale(INVITATION_LOCALE):
        context = {
            "name": found.email,
            "needs_code": False,
            "invited_by": found.invited_by,
            "role": gettext(ROLE_LABELS[found.role]).lower(),
            "unit": found.unit_name,
            "valid_to": dated(found.valid_to, found.zone) if found.valid_to else "",
            "expires": moment(found.expires_at, found.zone),
            "link": f"{_base()}/undangan/{invitation_token(found.nonce)}",
        }
        subject, text = gettext(INVITATION_SUBJECT), rendered("notices/invitation.txt", context)
    send(job, found.email, subject, text)


def send_role_ending(job: Job) -> None:
    """Tell one person that a role ends; nobody when it was extended or ended, or when the person left."""
    payload = job.payload
    found = ending_role(payload["membership_id"], date.fromisoformat(payload["valid_to"]))
    person = people_by_ids([payload["person_id"]]).get(payload["person_id"])
    if found is None or person is None or not person.is_active:
        return
    is_own = found.person_id == person.id
    with force_locale(person.locale):
        context = {
            "name": person.name,
            "needs_code": False,
            "is_own": is_own,
            "holder": found.name,
            "role": gettext(ROLE_LABELS[found.role]).lower(),
            "unit": found.unit,
            "valid_to": dated(found.valid_to, found.zone),
            "link": f"{_base()}/akun" if is_own else f"{_base()}/meja/petugas?daftar=akan-berakhir",
        }
        subject, text = gettext(ENDING_SUBJECT), rendered("notices/role_ending.txt", context)
    send(job, person.email, subject, text)


def _base() -> str:
    return str(current_app.config["SETTINGS"].public_url)
