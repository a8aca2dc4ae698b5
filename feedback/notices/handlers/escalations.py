"""The letter that a ticket runs late: written and sent when its recipient is at work."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from feedback.kernel.clock import utc_now
from feedback.notices.handlers.letters import SUBJECT, dated, rendered
from feedback.notices.handlers.sending import send
from feedback.notices.queries.escalations import LateClock, late_clock, sees_ticket
from feedback.notices.queries.letters import TicketFacts, ticket_facts
from feedback.notices.rules.ladder import BREACH
from feedback.people.queries import actor_of, people_by_ids
from feedback.storage.outbox import Job
from feedback.tickets.views.labels import CLOCK_LABELS


def send_escalation(job: Job) -> None:
    """Tell one person about one clock: none when it stopped, its date moved, or the ticket is closed to them by now."""
    payload = job.payload
    ticket, clock = ticket_facts(payload["ticket_id"]), late_clock(payload["clock_id"])
    if ticket is None or clock is None or not _still_late(clock, payload["percent"]):
        return
    actor = actor_of(payload["person_id"])
    if actor is None or not sees_ticket(actor, payload["ticket_id"]):
        return
    person = people_by_ids([payload["person_id"]])[payload["person_id"]]
    with force_locale(person.locale):
        subject = gettext(SUBJECT, number=ticket.number)
        text = rendered("notices/escalation.txt", _context(ticket, clock, person.name, payload["percent"]))
    send(job, person.email, subject, text)


def _still_late(clock: LateClock, percent: int) -> bool:
    if not clock.is_running or clock.due_at is None:
        return False
    return percent < BREACH or clock.due_at <= utc_now()


def _context(ticket: TicketFacts, clock: LateClock, name: str, percent: int) -> dict[str, Any]:
    """A letter about a sealed ticket says which date is at stake, and neither unit nor topic."""
    assert clock.due_date is not None
    return {
        "number": ticket.number,
        "name": name,
        "link": f"{current_app.config['SETTINGS'].public_url}/laporan/{ticket.number}",
        "needs_code": False,
        "clock": gettext(CLOCK_LABELS[clock.kind]),
        "due": dated(clock.due_date, clock.zone),
        "is_breach": percent >= BREACH,
        "is_long": percent > BREACH,
        "percent": percent,
        "unit": "" if ticket.is_sealed else ticket.unit,
        "topic": "" if ticket.is_sealed else ticket.topic,
    }
