"""Letters about rights over data: received, done, refused, and the last one to an account that is gone."""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale, gettext

from feedback.kernel.text import mark
from feedback.notices.handlers.consent import send_to
from feedback.notices.handlers.letters import rendered
from feedback.notices.handlers.sending import send
from feedback.notices.queries.letters import recipient_of
from feedback.notices.rules.letters import Audience
from feedback.people.queries import people_by_ids
from feedback.rights.queries import request_line
from feedback.rights.rules import EFFECTS, RequestState
from feedback.storage.outbox import Job
from feedback.web.markup import day, moment

SUBJECT = mark("Permintaan tentang data pribadi Anda")
WAITING = mark("Permintaan hak menunggu jawaban")
FAREWELL = mark("Akun Anda sudah dihapus")


def send_rights(job: Job) -> None:
    """Tell the maker of a request where it stands: payload ``request_id``. Nobody is told who left no address."""
    line = request_line(job.payload["request_id"])
    if line is None:
        return
    base = current_app.config["SETTINGS"].public_url
    if line.ticket_id is not None:
        to, link = recipient_of(line.ticket_id, Audience.REPORTER, None), f"{base}/lacak"
    else:
        to, link = recipient_of(0, Audience.OFFICER, line.person_id), f"{base}/akun/data"
    if to is None:
        return
    with force_locale(line.locale):
        label = gettext(EFFECTS[line.kind].label)
        context = {"name": to.name, "link": link, "needs_code": line.ticket_id is not None, "state": line.state.value,
                   "label": label, "due": moment(line.due_at)}  # fmt: skip
        text, subject = rendered("notices/rights.txt", context), gettext(SUBJECT)
    send_to(job, to, subject, text)


def send_waiting(job: Job) -> None:
    """Tell one administrator of a request that still waits: payload ``request_id`` and ``person_id``."""
    payload = job.payload
    line = request_line(payload["request_id"])
    person = people_by_ids([payload["person_id"]]).get(payload["person_id"])
    if line is None or line.state is not RequestState.OPEN or person is None or not person.is_active:
        return
    with force_locale(person.locale):
        context = {
            "name": person.name,
            "needs_code": False,
            "due": day(line.due_at) if line.is_sealed else moment(line.due_at),
            "link": f"{current_app.config['SETTINGS'].public_url}/kelola/hak/{line.id}",
        }
        text, subject = rendered("notices/rights_waiting.txt", context), gettext(WAITING)
    send(job, person.email, subject, text)


def send_farewell(job: Job) -> None:
    """The last letter to an account that is gone: payload ``address`` and ``locale``, forgotten once it is sent."""
    with force_locale(job.payload["locale"]):
        text = rendered("notices/farewell.txt", {"name": "", "link": "", "needs_code": False})
        subject = gettext(FAREWELL)
    send(job, job.payload["address"], subject, text)
