"""Whose time one ticket took."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext

from feedback.clocks.queries import ClockRow
from feedback.insight.queries.ticket_time import Round, TicketTime
from feedback.insight.queries.ticket_time import ticket_time as time_of
from feedback.insight.rules.measures import CLOCK_LABELS, STANDING_LABELS, standing
from feedback.insight.views.blueprint import insight
from feedback.kernel.clock import utc_now, zone_name
from feedback.kernel.permissions import Permission
from feedback.tickets.rules.words import STATE_LABELS
from feedback.web.guard import actor, requires
from feedback.web.markup import day, elapsed, moment, working_time


@insight.get("/laporan/<number>")
@requires(Permission.BOARD)
def ticket_time(number: str) -> str:
    """The rounds of a ticket side by side: clocks, and who held it how long."""
    now = utc_now()
    ticket = time_of(number, actor(), now)
    return render_template(
        "insight/ticket_time.html",
        ticket=ticket,
        state_label=gettext(STATE_LABELS[ticket.state]),
        facts={each.number: _facts(each, ticket) for each in ticket.rounds},
        dates={each.number: [_date_row(clock, ticket, now) for clock in each.clocks] for each in ticket.rounds},
        when=lambda at: _when(at, ticket),
    )


def _when(at: datetime, ticket: TicketTime) -> str:
    """An instant; of a sealed report only its date, because the hour may tell who was there."""
    return day(at, ticket.zone) if ticket.coarse else moment(at, ticket.zone)


def _facts(one: Round, ticket: TicketTime) -> list[dict[str, str]]:
    return [
        {"label": gettext("Unit"), "value": one.unit.name},
        {"label": gettext("Dimulai"), "value": _when(one.started_at, ticket)},
        {
            "label": gettext("Tanggapan pertama"),
            "value": _took(one.first_response_at, one.first_response_minutes, one.first_response_seconds, ticket),
        },
        {
            "label": gettext("Jawaban akhir"),
            "value": _took(one.answered_at, one.resolution_minutes, one.resolution_seconds, ticket),
        },
    ]


def _took(at: datetime | None, minutes: int | None, seconds: int | None, ticket: TicketTime) -> str:
    if at is None:
        return gettext("belum ada")
    if ticket.coarse:  # with the public minute of the reply, how long it took would tell the hour of the report
        return _when(at, ticket)
    return gettext(
        "%(at)s: setelah %(working)s, %(elapsed)s berlalu",
        at=_when(at, ticket),
        working=working_time(minutes),
        elapsed=elapsed(seconds),
    )


def _date_row(clock: ClockRow, ticket: TicketTime, now: datetime) -> dict[str, Any]:
    overdue = clock.breached_at is not None or (clock.due_at is not None and clock.due_at <= now)
    how = standing(clock.state, overdue=overdue)
    note = gettext("Mulai %(start)s", start=_when(clock.started_at, ticket))
    if clock.stopped_at is not None:
        note = gettext("%(start)s, berhenti %(stop)s", start=note, stop=_when(clock.stopped_at, ticket))
    if clock.provisional:
        note = gettext("%(note)s. Sementara: hari libur tahun itu belum ditetapkan", note=note)
    if clock.retarget_overdue:
        unblamed = gettext("Batasnya berubah setelah sebagian waktu lewat; ini tidak dihitung sebagai kelalaian unit.")
        note = f"{note}. {unblamed}"
    due = ""
    if clock.due_date is not None:
        due = gettext("Tenggat %(day)s %(zone)s", day=day(clock.due_date), zone=zone_name(clock.zone))
    return {
        "label": gettext(CLOCK_LABELS[clock.kind]),
        "date_text": due or gettext("Tanpa tenggat selama dihentikan"),
        "state": how.value,
        "state_label": gettext(STANDING_LABELS[how]),
        "note": note,
    }
