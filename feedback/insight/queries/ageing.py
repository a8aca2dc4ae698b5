"""The age of open reports as conditions, by the calendar of the unit that has each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, true

from feedback.clocks.queries import calendars_of_units
from feedback.clocks.rules.calendar import Calendar
from feedback.insight.rules.ageing import bands
from feedback.insight.rules.measures import AGED, Measure
from feedback.tickets.models import Ticket
from feedback.units.rules import UnitRow


def aged_conditions(units: Sequence[UnitRow], now: datetime) -> dict[Measure, ColumnElement[bool]]:
    """For each band of age the reports in it, among those open at the units."""
    calendars: dict[int, Calendar] = {}
    holders: dict[int, list[int]] = {}
    for unit_id, stored in calendars_of_units(units, now).items():
        calendars[stored.version_id] = stored.calendar
        holders.setdefault(stored.version_id, []).append(unit_id)
    found: dict[Measure, list[ColumnElement[bool]]] = {measure: [] for measure in AGED}
    for version_id, unit_ids in holders.items():
        held = true() if len(holders) == 1 else Ticket.unit_id.in_(unit_ids)
        for measure, (since, until) in zip(AGED, bands(calendars[version_id], now), strict=True):
            limits = [Ticket.received_at >= since] if since else []
            limits += [Ticket.received_at < until] if until else []
            found[measure].append(and_(held, *limits))
    return {measure: or_(false(), *parts) for measure, parts in found.items()}
