"""How a letter reads: its subject, its template, and what the template may say of the ticket."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import current_app
from flask_babel import gettext

from feedback.clocks.rules.policy import ClockKind
from feedback.kernel.clock import zone_name
from feedback.kernel.text import excerpt, mark
from feedback.notices.queries.letters import EventFacts, TicketFacts
from feedback.notices.rules.letters import Letter
from feedback.tickets.rules.words import (
    HOLD_LABELS,
    MOVE_LABELS,
    REJECT_CHANNELS,
    REJECT_LABELS,
    HoldReason,
    RejectReason,
)
from feedback.web.markup import day, moment

EXCERPT = 600
# The number and nothing else: a subject is read over a shoulder and on a locked screen (SECURITY.md section 6).
SUBJECT = mark("Laporan %(number)s: ada kabar baru")
RECEIPT_SUBJECT = mark("Laporan %(number)s: tanda terima")
_BLANK = re.compile(r"\n{3,}")


def write(letter: Letter, ticket: TicketFacts, event: EventFacts | None, name: str) -> tuple[str, str]:
    """Subject and text in the language in force; ``name`` is empty for a reporter.

    A letter about an anonymous or confidential ticket is its number and where to read on, nothing more.
    """
    context = {"number": ticket.number, "name": name, **_links(letter, ticket)}
    if ticket.is_sealed:
        shown, subject = Letter.SEALED, SUBJECT
    else:
        shown, subject = letter, RECEIPT_SUBJECT if letter is Letter.RECEIPT else SUBJECT
        context |= {**_about(ticket), **_told(event, ticket.zone)}
    return gettext(subject, number=ticket.number), rendered(f"mail/{shown}.txt", context)


def rendered(template: str, context: Mapping[str, Any]) -> str:
    """The text of a letter: no spaces at the ends of lines, no more than one blank line in a row."""
    text = current_app.jinja_env.get_template(template).render(context)
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return _BLANK.sub("\n\n", lines) + "\n"


def _links(letter: Letter, ticket: TicketFacts) -> dict[str, Any]:
    """Addresses under PUBLIC_URL only: one made from a request could be forged (SECURITY.md 1.10)."""
    base = current_app.config["SETTINGS"].public_url
    needs_code = not letter.startswith("staff_") and not ticket.has_account
    return {"link": f"{base}/lacak" if needs_code else f"{base}/laporan/{ticket.number}", "needs_code": needs_code}


def _about(ticket: TicketFacts) -> dict[str, Any]:
    due = {kind: dated(*ticket.due[kind]) for kind in ticket.due}
    return {
        "unit": ticket.unit,
        "topic": ticket.topic,
        "received": moment(ticket.received_at, ticket.zone),
        "verify_by": due.get(ClockKind.VERIFY),
        "respond_by": due.get(ClockKind.FIRST_RESPONSE),
        "resolve_by": due.get(ClockKind.RESOLVE) or due.get(ClockKind.KIP_ANSWER),
        "confirm_by": due.get(ClockKind.CONFIRMATION),
        "complete_by": due.get(ClockKind.COMPLETION),
    }


def _told(event: EventFacts | None, zone: str) -> dict[str, Any]:
    detail = event.detail if event else {}
    hold, reject, promised = detail.get("hold_reason"), detail.get("reject_reason"), detail.get("promised_date")
    return {
        "happened": gettext(MOVE_LABELS[event.move]) if event else None,
        "joined_number": detail.get("joined_number"),
        "words": excerpt(event.words, EXCERPT) if event else "",
        "hold_reason": gettext(HOLD_LABELS[HoldReason(hold)]) if hold else None,
        "promised": dated(date.fromisoformat(promised), zone) if promised else None,
        "reject_reason": gettext(REJECT_LABELS[RejectReason(reject)]) if reject else None,
        "right_channel": gettext(REJECT_CHANNELS[RejectReason(reject)]) if reject else None,
        "authority": detail.get("authority"),
        "channel": detail.get("channel"),
    }


def dated(date_: date, zone: str) -> str:
    """A local date with the name of its zone."""
    return f"{day(date_)} ({zone_name(zone)})"
