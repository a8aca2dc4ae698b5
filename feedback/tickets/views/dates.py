"""The dates promised and kept, as the panel of a ticket tells them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from feedback.clocks.queries import ClockRow
from feedback.clocks.rules.policy import ClockKind
from feedback.clocks.rules.words import ClockState
from feedback.kernel.text import mark
from feedback.tickets.queries.detail import TicketPage
from feedback.tickets.views.labels import clock_label
from feedback.web.markup import day


@dataclass(frozen=True, slots=True)
class DateRow:
    """A promised date as the component wants it."""

    label: str
    date_text: str
    state: str
    state_label: str
    note: str | None


_CLOCK_STATES = {
    ClockState.MET: ("kept", mark("Ditepati")),
    ClockState.MISSED: ("late", mark("Terlambat")),
    ClockState.PAUSED: ("paused", mark("Berhenti sementara")),
    ClockState.CANCELLED: ("cancelled", mark("Tidak berlaku lagi")),
    ClockState.RUNNING: ("running", mark("Berjalan")),
}


def date_row(clock: ClockRow, now: datetime, cycles: int) -> DateRow:
    """A clock as the panel of dates tells it."""
    state, label = _CLOCK_STATES[clock.state]
    if clock.state is ClockState.RUNNING and clock.due_at and clock.due_at <= now:
        state, label = "overdue", mark("Lewat tenggat")
    name = clock_label(clock.kind)
    if cycles > 1:
        name = gettext("%(clock)s, putaran %(number)s", clock=name, number=clock.cycle)
    until = day(clock.due_date) if clock.due_date else gettext("menunggu dilanjutkan")
    note = gettext("dilakukan %(at)s", at=day(clock.stopped_at, clock.zone)) if clock.stopped_at else None
    if clock.provisional and clock.stopped_at is None:
        note = gettext("sementara: hari libur tahun itu belum ditetapkan")
    return DateRow(name, until, state, gettext(label), note)


def dates_of(page: TicketPage, now: datetime) -> list[DateRow]:
    """The dates promised and kept, in the order they began; how long units held it is the supervisors' page."""
    shown: Iterable[ClockRow] = (clock for clock in page.clocks if clock.kind is not ClockKind.HOLDING)
    return [date_row(clock, now, page.cycle) for clock in shown]
