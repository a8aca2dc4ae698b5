"""The digests: made from what is true and allowed at the moment they are sent, and none when there is nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.text import mark
from feedback.notices.handlers.letters import dated, rendered
from feedback.notices.handlers.sending import send
from feedback.notices.queries.digests import Digest, officer_digest, supervisor_week
from feedback.notices.rules.digests import DigestKind, Why
from feedback.people.queries import actor_of, people_by_ids, wants_digests
from feedback.storage.outbox import Job
from feedback.units.queries import unit_by_id
from feedback.web.markup import day

SUBJECTS = {
    DigestKind.DAY: mark("Ringkasan laporan hari ini"),
    DigestKind.WEEK: mark("Ringkasan laporan minggu lalu"),
}
TEMPLATES = {DigestKind.DAY: "notices/digest_day.txt", DigestKind.WEEK: "notices/digest_week.txt"}
WHY = {
    Why.OVERDUE: mark("lewat tenggat"),
    Why.TODAY: mark("jatuh tempo hari ini"),
    Why.TOMORROW: mark("jatuh tempo hari kerja berikutnya"),
    Why.DISPUTED: mark("disanggah pelapor"),
    Why.RETURNED: mark("dikembalikan ke koordinator"),
}


def send_digest(job: Job) -> None:
    """Write and send one digest; none to who does not want it, left, or has nothing in it."""
    payload = job.payload
    kind, person_id = DigestKind(payload["kind"]), payload["person_id"]
    actor = actor_of(person_id)
    if actor is None or not wants_digests(person_id)[kind is DigestKind.WEEK]:
        return
    person = people_by_ids([person_id])[person_id]
    with force_locale(person.locale):
        context = _day(actor, payload) if kind is DigestKind.DAY else _week(actor, payload)
        if context is None:
            return
        text = rendered(TEMPLATES[kind], {"name": person.name, "needs_code": False, **context})
        subject = gettext(SUBJECTS[kind])
    send(job, person.email, subject, text)


def _day(actor: Actor, payload: dict[str, Any]) -> dict[str, Any] | None:
    found = officer_digest(actor, payload["unit_id"], utc_now())
    if not found.lines:
        return None
    return {"link": f"{_base()}/meja", "lines": _lines(found), "more": found.more}


def _lines(found: Digest) -> list[dict[str, str]]:
    return [
        {
            "number": line.number,
            "why": ", ".join(gettext(WHY[why]) for why in line.why),
            "due": dated(line.due_date, found.zone) if line.due_date else "",
            "topic": line.topic,
            "link": f"{_base()}/laporan/{line.number}",
        }
        for line in found.lines
    ]


def _week(actor: Actor, payload: dict[str, Any]) -> dict[str, Any] | None:
    unit, monday = unit_by_id(payload["unit_id"]), date.fromisoformat(payload["day"])
    lines = supervisor_week(actor, unit.zone, monday, utc_now()) if unit else ()
    if not lines:
        return None
    rows = [
        {
            "unit": line.unit,
            "received": line.received,
            "answered": line.answered,
            "overdue": line.overdue,
            "oldest": day(line.oldest) if line.oldest else "",
        }
        for line in lines
    ]
    return {"link": f"{_base()}/pantau", "lines": rows, "first": day(date.fromordinal(monday.toordinal() - 7)),
            "last": day(date.fromordinal(monday.toordinal() - 1))}  # fmt: skip


def _base() -> str:
    return str(current_app.config["SETTINGS"].public_url)
