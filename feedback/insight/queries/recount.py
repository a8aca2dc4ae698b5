"""First responses of imported reports three times over: from the file, from the rows, and from the board."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from feedback.clocks.queries import calendar_of_unit
from feedback.clocks.rules.due import working_minutes
from feedback.insight.queries.cohort import units_below
from feedback.insight.queries.rollup import split_tallies
from feedback.insight.rules.facts import Dimension, next_month
from feedback.insight.rules.figures import Wait, figures_of
from feedback.insight.rules.period import Period
from feedback.insight.rules.recount import Compared, Waits, compared
from feedback.insight.rules.scope import Scope
from feedback.kernel.actor import Actor
from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle
from feedback.tickets.rules.imports import ImportMap
from feedback.tickets.rules.imports.naming import name_key
from feedback.tickets.rules.words import Channel
from feedback.units.queries import unit_by_slug
from feedback.units.rules import UnitRow


def recount(path: Path, given: ImportMap, now: datetime) -> tuple[Compared, ...]:
    """Each agency of an imported file compared; Invalid when the government of the map is unknown.

    Rows the import left out are left out here. Of the rest only the two times and the agency are read, and by nothing
    that the import reads them with; open time is that of the agency's calendar.
    """
    government = unit_by_slug(given.government.slug)
    if government is None:
        raise Invalid(mark("Pemerintah daerah dalam peta belum ada di sini."), field="government.slug")
    units = units_below(government)
    answered = Ticket.import_source == given.source
    rounds = (
        select(Ticket.import_ref, TicketCycle.unit_id, TicketCycle.first_response_seconds,
               TicketCycle.first_response_minutes)
        .join(TicketCycle, TicketCycle.ticket_id == Ticket.id)
        .where(answered, TicketCycle.number == 1)
    )  # fmt: skip
    rows = db.session.execute(rounds).all()
    in_file = _grouped(_of_file(path, given, units, {row.import_ref for row in rows}))
    names = {unit.id: unit.name for unit in units}
    in_rows = _grouped(
        (names[unit_id], seconds, minutes) for _, unit_id, seconds, minutes in rows if seconds is not None
    )
    return compared(in_file, in_rows, _on_board(government, units, given, now))


def _of_file(
    path: Path, given: ImportMap, units: tuple[UnitRow, ...], taken: set[str | None]
) -> Iterator[tuple[str, int, int]]:
    by_name = {name_key(unit.name): unit for unit in units}
    by_slug = {unit.slug: unit for unit in units}
    columns = given.columns
    with path.open(encoding=given.encoding, newline="") as file:
        for row in csv.DictReader(file, delimiter=given.delimiter):
            answer = row.get(columns.get("answered", ""), "") or ""
            if row[columns["ref"]] not in taken or not answer.strip() or answer in given.empty:
                continue
            start, end = (_instant(text, given) for text in (row[columns["received"]], answer))
            name = row.get(columns.get("agency", ""), "") or ""
            mapped = given.value("agency", name)
            unit = by_slug[mapped] if mapped else by_name.get(name_key(name), units[0])
            calendar = calendar_of_unit(unit.id, start).calendar
            yield unit.name, int((end - start).total_seconds()), working_minutes(start, end, calendar, ())


def _instant(text: str, given: ImportMap) -> datetime:
    read = datetime.strptime(text.strip(), given.time_format)  # noqa: DTZ007  (the next line gives it the zone)
    return (read if read.tzinfo else read.replace(tzinfo=given.zone)).astimezone(UTC)


def _grouped(times: Iterator[tuple[str, int, int]]) -> dict[str, Waits]:
    found: dict[str, tuple[list[int], list[int]]] = {}
    for name, seconds, minutes in times:
        group = found.setdefault(name, ([], []))
        group[0].append(seconds)
        group[1].append(minutes)
    return {name: Waits(*group) for name, group in found.items()}


def _on_board(government: UnitRow, units: tuple[UnitRow, ...], given: ImportMap, now: datetime) -> dict[str, Wait]:
    ends = select(func.min(Ticket.received_at), func.max(Ticket.received_at))
    first, last = db.session.execute(ends.where(Ticket.import_source == given.source)).one()
    if first is None:
        return {}
    whole = Period(_month(first - timedelta(days=1)), next_month(_month(last + timedelta(days=1))), government.zone)
    period = Period(whole.first, whole.last - timedelta(days=1), whole.zone)
    # Nobody's confidential reports are in a file of imported ones, so a visitor's view is the whole of it.
    (found,) = split_tallies(Scope(government, period, now), units, Actor(), Dimension.CHANNEL)
    names = {unit.id: unit.name for unit in units}
    waits = {
        names[unit_id]: figures_of([whole_]).first_response
        for (unit_id, value), whole_ in found.items()
        if value == Channel.IMPORT
    }
    return {name: wait for name, wait in waits.items() if wait.elapsed.n}


def _month(at: datetime) -> date:
    return at.date().replace(day=1)
