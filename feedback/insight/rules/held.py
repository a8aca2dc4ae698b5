"""Whose time it was: the hops of a ticket added up per unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """One hop: a unit held a ticket from one instant to another (None: still). Minutes are the unit's working time."""

    unit_id: int
    unit_slug: str
    unit_name: str
    started_at: datetime
    stopped_at: datetime | None
    minutes: int | None
    seconds: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """All hops of one unit in one round. ``since``: it holds the ticket now.

    A hop that still runs adds nothing to the sums unless somebody counted it up to now before.
    """

    unit_id: int
    unit_slug: str
    unit_name: str
    minutes: int
    seconds: int
    since: datetime | None
    hops: int


def held_by_unit(holds: Iterable[Hold]) -> tuple[Held, ...]:
    """One row per unit, in the order in which the units first had the ticket."""
    grouped: dict[int, list[Hold]] = {}
    for hold in holds:
        grouped.setdefault(hold.unit_id, []).append(hold)
    return tuple(
        Held(
            unit_id=unit_id,
            unit_slug=hops[0].unit_slug,
            unit_name=hops[0].unit_name,
            minutes=sum(hop.minutes or 0 for hop in hops),
            seconds=sum(hop.seconds or 0 for hop in hops),
            since=next((hop.started_at for hop in hops if hop.stopped_at is None), None),
            hops=len(hops),
        )
        for unit_id, hops in grouped.items()
    )
