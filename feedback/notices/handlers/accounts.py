"""Letters about an account: what happened to it, and links that prove whose it is."""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale, gettext

from feedback.kernel.clock import utc_now
from feedback.kernel.text import mark
from feedback.notices.handlers.letters import rendered
from feedback.notices.handlers.sending import send
from feedback.people.actions.recovery import recovery_link
from feedback.people.queries import PersonRow, people_by_ids, person_by_email
from feedback.people.queries.links import link_token, open_link
from feedback.people.queries.registration import registration_token
from feedback.people.rules import NEWS, News
from feedback.people.rules.links import LinkKind
from feedback.storage.outbox import Job

# Neutral: it is read over a shoulder and on a locked screen.
SUBJECT = mark("Akun Anda di Masyarakat Bicara")


def send_account(job: Job) -> None:
    """Tell somebody what happened to their account: payload ``person_id``, ``news``, and an ``address`` of before."""
    person = _person(job)
    if person is not None:
        news, address = NEWS[News(job.payload["news"])], job.payload["address"]
        _send(job, person, "notices/account.txt", "/akun/keamanan", address=address, news=news)


def send_recovery(job: Job) -> None:
    """Send the link to a new password; nothing when nobody has the address or the link is over."""
    person = _person(job)
    token = recovery_link(person.id, job.payload["nonce"]) if person and person.is_active else None
    if person is not None and token is not None:
        _send(job, person, "notices/recovery.txt", f"/masuk/pulihkan/{token}")


def send_register(job: Job) -> None:
    """Send an address the link that an account begins with; to one that has an account, the way in to it."""
    address, locale = job.payload["address"], job.payload["locale"]
    known = person_by_email(address)
    if known is not None:
        if known.is_active:
            _send(job, known, "notices/known.txt", "/masuk")
        return
    with force_locale(locale):
        link = f"{current_app.config['SETTINGS'].public_url}/daftar/{registration_token(address)}"
        text = rendered("notices/register.txt", {"name": address, "link": link})
        subject = gettext(SUBJECT)
    send(job, address, subject, text)


def send_address(job: Job) -> None:
    """Send a new address its link; nothing when it was used, replaced or is over."""
    person, token = _person(job), link_token(job.payload["nonce"])
    found = open_link(token, LinkKind.ADDRESS, utc_now())
    if person is None or found is None or found.address is None:
        return
    known = person_by_email(found.address)
    if known is not None:
        _send(job, known, "notices/known.txt", "/masuk")
    else:
        _send(job, person, "notices/address.txt", f"/akun/alamat/{token}", address=found.address)


def _person(job: Job) -> PersonRow | None:
    return people_by_ids([job.payload["person_id"]]).get(job.payload["person_id"])


def _send(job: Job, person: PersonRow, template: str, path: str, *, address: str = "", news: str = "") -> None:
    with force_locale(person.locale):
        link = current_app.config["SETTINGS"].public_url + path
        text = rendered(template, {"name": person.name, "happened": gettext(news) if news else "", "link": link})
        subject = gettext(SUBJECT)
    send(job, address or person.email, subject, text)
