"""Why each date of a report is that date, line by line: plain words for everybody, all detail for its officials."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, redirect, render_template, url_for
from flask_babel import format_date, gettext, ngettext

from feedback.clocks.queries import Explanation, explanations
from feedback.clocks.rules.due import Unit
from feedback.clocks.rules.explain import Line, What
from feedback.clocks.rules.policy import ClockKind
from feedback.clocks.rules.words import ClockEventKind, ClockState
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import NotFound
from feedback.kernel.references import read_number
from feedback.kernel.text import mark
from feedback.tickets.actions.reading import note_reading
from feedback.tickets.queries.detail import TicketPage, ticket_page
from feedback.tickets.rules.words import HOLD_LABELS, HoldReason
from feedback.tickets.views.blueprint import tickets
from feedback.tickets.views.dates import date_row
from feedback.web.guard import actor, public
from feedback.web.markup import day, moment, working_time

When = Callable[[datetime, str], str]

EVENT_LABELS = {
    ClockEventKind.STARTED: mark("Dimulai"),
    ClockEventKind.PAUSED: mark("Ditunda"),
    ClockEventKind.RESUMED: mark("Dilanjutkan"),
    ClockEventKind.MOVED: mark("Dihitung ulang"),
    ClockEventKind.RETARGETED: mark("Batasnya berubah"),
    ClockEventKind.RETARGET_OVERDUE: mark("Batas baru sudah lewat saat ditetapkan; bukan kelalaian"),
    ClockEventKind.STOPPED: mark("Berhenti dihitung"),
    ClockEventKind.BREACHED: mark("Lewat tenggat"),
    ClockEventKind.EXCUSED: mark("Keterlambatan dimaklumi"),
    ClockEventKind.CANCELLED: mark("Tidak berlaku lagi"),
}
_PLAIN = {
    What.STARTED: mark("Dimulai; hari ini belum dihitung."),
    What.CLOSED_WEEKDAY: mark("Bukan hari kerja."),
    What.NOT_COUNTED: mark("Tidak dihitung."),
    What.DUE: mark("Tenggat: paling lambat akhir hari ini."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One clock's date as the page tells it; ``details`` and ``events`` are empty for the public."""

    id: int
    title: str
    state: str
    rule: str
    source: str
    rows: list[list[str]]
    notes: list[str]
    details: list[str]
    events: list[list[str]]
    is_live: bool


@tickets.get("/laporan/<number>/tenggat")
@public
def deadlines(number: str) -> Response:
    """The dates of a ticket explained, for whoever may see the ticket."""
    canonical = read_number(number)
    if canonical is None:
        raise NotFound
    page = ticket_page(actor(), canonical, utc_now())
    note_reading(page.id, actor(), confidential=page.confidential, is_reporter=page.is_reporter)
    if number != page.number:
        return redirect(url_for("tickets.deadlines", number=page.number), 301)  # type: ignore[return-value]
    shown = [each for each in explanations(page.id) if each.clock.kind is not ClockKind.HOLDING]
    told = [_told(each, page, utc_now()) for each in shown]
    return make_response(render_template("tickets/deadlines.html", page=page, told=told))


def _told(found: Explanation, page: TicketPage, now: datetime) -> Told:
    clock = found.clock
    # Whoever looks at an anonymous report learns days, never hours (SECURITY.md section 6).
    when: When = day if page.coarse else moment
    shown = date_row(clock, now, page.cycle)
    since = day(clock.started_at, clock.zone)
    return Told(
        id=clock.id,
        title=shown.label,
        state=f"{shown.date_text} · {shown.state_label}" + (f" · {shown.note}" if shown.note else ""),
        rule=gettext("%(limit)s sejak %(day)s", limit=_limit(found), day=since),
        source=clock.source,
        rows=[[_dates(line), line_text(line, found)] for line in found.lines],
        notes=list(_notes(found)),
        details=list(_details(found, when)) if page.is_official else [],
        events=[_event(found, index, when) for index in range(len(found.events))] if page.is_official else [],
        is_live=clock.stopped_at is None,
    )


def _dates(line: Line) -> str:
    last = format_date(line.last, "EEE d MMM yyyy")
    if line.first == line.last:
        return str(last)
    return f"{format_date(line.first, 'EEE d MMM')} – {last}"


def line_text(line: Line, found: Explanation) -> str:
    """What happened on the dates of a line, in a sentence."""
    if line.what in _PLAIN:
        return gettext(_PLAIN[line.what])
    if line.what is What.CLOSED_DATE:
        return gettext("Libur: %(name)s.", name=line.name) if line.name else gettext("Libur.")
    if line.what is What.PAUSED:
        return gettext("Ditunda: %(reason)s.", reason=_reason(line.name))
    if line.what is What.MOVED:
        return gettext("Sejak hari ini dihitung dengan kalender %(name)s.", name=found.names.get(line.name, line.name))
    return _counted(line, found.clock.unit)


def _counted(line: Line, unit: Unit | None) -> str:
    if unit is Unit.WORKING_MINUTE:
        return gettext("Terpakai %(time)s.", time=working_time(line.count))
    first = line.count - (line.last - line.first).days
    of_week = unit is Unit.WORKING_DAY
    if first == line.count:
        sentence = mark("Hari kerja ke-%(count)s.") if of_week else mark("Hari ke-%(count)s.")
    else:
        sentence = (
            mark("Hari kerja ke-%(first)s sampai ke-%(count)s.")
            if of_week
            else mark("Hari ke-%(first)s sampai ke-%(count)s.")
        )
    return gettext(sentence, first=first, count=line.count)


def _reason(name: str) -> str:
    return gettext(HOLD_LABELS[HoldReason(name)]) if name in set(HoldReason) else name


def _limit(found: Explanation) -> str:
    amount = found.clock.amount or 0
    if found.clock.unit is Unit.WORKING_DAY:
        return ngettext("%(num)d hari kerja", "%(num)d hari kerja", amount)
    if found.clock.unit is Unit.CALENDAR_DAY:
        return ngettext("%(num)d hari kalender", "%(num)d hari kalender", amount)
    return ngettext("%(num)d menit kerja", "%(num)d menit kerja", amount)


def _notes(found: Explanation) -> Iterator[str]:
    """What the lines alone do not say."""
    clock = found.clock
    if clock.state is ClockState.PAUSED:
        yield gettext("Sedang ditunda: tanggal di bawah berlaku bila penundaan berlangsung sampai batasnya.")
    if clock.provisional:
        yield gettext(
            "Sementara: hari libur salah satu tahunnya belum ditetapkan, jadi tanggalnya masih dapat berubah."
        )
    last = next((line.last for line in found.lines if line.what is What.DUE), None)
    if clock.due_date is not None and last is not None and clock.due_date != last:
        yield gettext(
            "Tenggat %(day)s sudah lewat sebelum perubahan di bawah; catatan itu tetap.", day=day(clock.due_date)
        )
    if any(event.kind is ClockEventKind.EXCUSED for event in found.events):
        yield gettext("Keterlambatan ini dimaklumi: aturan atau hari liburnya baru ditetapkan kemudian.")
    if clock.retarget_overdue:
        yield gettext("Batasnya berubah setelah sebagian waktu lewat; ini tidak dihitung sebagai kelalaian unit.")


def _details(found: Explanation, when: When) -> Iterator[str]:
    """For officials: the rule and every calendar version that counted."""
    yield gettext("Aturan %(code)s.", code=found.rule)
    if found.extension:
        yield ngettext("Diperpanjang %(num)d.", "Diperpanjang %(num)d.", found.extension)
    for used in found.used:
        since = when(used.since, used.zone)
        yield gettext("Sejak %(since)s: %(name)s, versi %(number)s.", since=since, name=used.name, number=used.number)
    for start, end, reason in found.pauses:
        until = when(end, found.clock.zone) if end else "–"
        first = when(start, found.clock.zone)
        yield gettext("Ditunda %(first)s sampai %(last)s: %(reason)s.", first=first, last=until, reason=_reason(reason))


def _event(found: Explanation, index: int, when: When) -> list[str]:
    event = found.events[index]
    due = event.detail.get("due_date")
    result = gettext("tenggat %(day)s", day=day(datetime.fromisoformat(due).date())) if due else "–"
    return [when(event.at, found.clock.zone), gettext(EVENT_LABELS[event.kind]), result]
