"""The timeline of a ticket as its page shows it: what happened, by whom, and what it meant, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from markupsafe import Markup

from feedback.files.queries import DeedLine
from feedback.files.rules.kinds import Deed
from feedback.tickets.queries.detail import TicketPage
from feedback.tickets.queries.timeline import EventLine
from feedback.tickets.rules.words import (
    HOLD_LABELS,
    REDACT_LABELS,
    REJECT_CHANNELS,
    REJECT_LABELS,
    HoldReason,
    MoveName,
    RedactReason,
    RejectReason,
)
from feedback.tickets.views.attached import Shown, shown_files
from feedback.tickets.views.labels import clock_label, move_label, role_label
from feedback.web.markup import day, moment

ANSWERS = frozenset({MoveName.ANSWER, MoveName.REVIEW_ANSWER})
REPLIES = frozenset({MoveName.INTERIM_REPLY, MoveName.HOLD, MoveName.ASK_COMPLETION, MoveName.REJECT, MoveName.REFER})


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline as the component wants it."""

    at_text: str
    title: str
    actor_text: str | None
    kind: str
    body_html: Markup | None
    body_text: str | None
    files: tuple[Shown, ...] = ()


def when_text(page: TicketPage, at: datetime, *, coarse: bool = False) -> str:
    """An instant of the ticket's place in words; ``coarse``: its day alone."""
    return day(at, page.zone) if coarse else moment(at, page.zone)


def _actor_text(event: EventLine) -> str | None:
    if event.by_reporter:
        return gettext("Pelapor")
    if event.role is None:
        return None
    parts = [event.actor_name, f"{role_label(event.role)} {event.actor_unit or ''}".strip()]
    return ", ".join(part for part in parts if part)


def _addition(event: EventLine) -> str:
    """What the event's data says in words."""
    detail = event.detail
    parts = []
    if event.to_unit:
        parts.append(gettext("Kini dipegang %(unit)s.", unit=event.to_unit))
    if "promised_date" in detail:
        parts.append(gettext(HOLD_LABELS[HoldReason(detail["hold_reason"])]) + ".")
        promised = day(datetime.fromisoformat(detail["promised_date"]).date())
        parts.append(gettext("Dijanjikan %(day)s.", day=promised))
    if "reject_reason" in detail:
        reason = RejectReason(detail["reject_reason"])
        parts += [gettext(REJECT_LABELS[reason]) + ".", gettext(REJECT_CHANNELS[reason])]
    if "redact_reason" in detail:
        why = gettext(REDACT_LABELS[RedactReason(detail["redact_reason"])])
        parts.append(gettext("Alasan: %(reason)s.", reason=why))
    if "authority" in detail:
        parts.append(f"{detail['authority']}: {detail['channel']}")
    if "level" in detail:
        told = "; ".join(f"{role_label(one['role'])} {one['unit']}" for one in detail["told"])
        values = {"level": detail["level"], "clock": clock_label(detail["clock"]), "told": told or "–"}
        parts.append(gettext("Tingkat %(level)s, %(clock)s. Diberi tahu: %(told)s.", **values))
    if "joined_number" in detail:
        parts.append(gettext("Mengikuti laporan %(number)s.", number=detail["joined_number"]))
    return " ".join(parts)


def _kind_of(event: EventLine) -> str:
    if event.move in ANSWERS:
        return "answer"
    if event.by_reporter:
        return "reporter"
    if event.role is None:
        return "system"
    return "reply" if event.move in REPLIES else "move"


def entries_of(page: TicketPage) -> list[Entry]:
    """The timeline: events, and for those who handle the ticket its notes between them."""
    lines = [(event.at, entry_of(page, event)) for event in page.events]
    for note in page.notes:
        by = f"{note.author}, {note.unit}"
        lines.append((note.at, Entry(when_text(page, note.at), gettext("Catatan"), by, "note", None, note.text)))
    lines += [(one.at, _deed_entry(page, one)) for one in page.deeds]
    return [entry for _, entry in sorted(lines, key=lambda line: line[0])]


def _deed_entry(page: TicketPage, one: DeedLine) -> Entry:
    title = gettext("Lampiran disembunyikan") if one.deed is Deed.HIDE else gettext("Lampiran ditampilkan kembali")
    return Entry(when_text(page, one.at), title, one.unit, "move", None, one.reason)


def entry_of(page: TicketPage, event: EventLine) -> Entry:
    """One event as a line of the timeline."""
    added = _addition(event)
    html = Markup(event.html) if event.html else None  # noqa: S704  (sanitised when it was written)
    if html and added:
        html = Markup("<p>{}</p>").format(added) + html
    text = None if html else "\n\n".join(part for part in (added, event.text) if part) or None
    at = when_text(page, event.at, coarse=page.coarse and event.by_reporter)
    files = () if event.move is MoveName.SUBMIT else shown_files(event, page.number)
    return Entry(at, move_label(event.move), _actor_text(event), _kind_of(event), html, text, files)
