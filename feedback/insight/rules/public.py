"""What everybody may see of the figures: no cell that speaks of fewer than five rounds (decision of ours)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from feedback.insight.rules.figures import BoardRow
from feedback.insight.rules.measures import Measure

FEWEST = 5


@dataclass(frozen=True, slots=True)
class PublicRow:
    """One unit: None stands for a number that is not told because it is small; times are working minutes."""

    name: str
    slug: str
    received: int | None
    answered: int | None
    kept: int | None
    missed: int | None
    first_response_n: int | None
    first_response_median: float | None
    resolution_n: int | None
    resolution_median: float | None
    resolution_p90: float | None


def told(number: int) -> int | None:
    """The number, unless it speaks of so few that they could be recognised."""
    return None if 0 < number < FEWEST else number


def public_rows(rows: Sequence[BoardRow]) -> tuple[PublicRow, ...]:
    """Units with anything to tell. A number that would be the only untold one of its column keeps the next company.

    Otherwise it would follow from the total.
    """
    heard = [row for row in rows if row.figures.counts[Measure.RECEIVED]]
    numbers = sorted((row.figures.counts[Measure.RECEIVED], row.unit.id) for row in heard)
    untold = {unit_id for number, unit_id in numbers if told(number) is None}
    if len(untold) == 1 and len(numbers) > 1:
        untold.add(numbers[1][1])
    found = tuple(public_row(row, whole=row.unit.id not in untold) for row in heard)
    for names in (("answered",), ("kept", "missed")):
        found = _in_company(found, names)
    return found


def _in_company(rows: tuple[PublicRow, ...], names: tuple[str, ...]) -> tuple[PublicRow, ...]:
    hidden = [row for row in rows if getattr(row, names[0]) is None]
    shown = [row for row in rows if getattr(row, names[0]) is not None]
    if len(hidden) != 1 or not shown:
        return rows
    least = min(shown, key=lambda row: (min(getattr(row, name) for name in names), row.slug))
    nothing: dict[str, Any] = dict.fromkeys(names)
    return tuple(replace(row, **nothing) if row is least else row for row in rows)


def public_row(row: BoardRow, *, whole: bool = True) -> PublicRow:
    """One unit; with one of kept and missed untold, so is the other, and times need as many rounds."""
    figures = row.figures
    counts = figures.counts
    received, answered = told(counts[Measure.RECEIVED]), told(counts[Measure.ANSWERED])
    kept, missed = told(counts[Measure.ON_TIME]), told(counts[Measure.LATE])
    if not whole or received is None:
        return PublicRow(row.unit.name, row.unit.slug, *[None] * 9)
    first, resolved = figures.first_response.working, figures.resolution.working
    if kept is None or missed is None:
        kept = missed = None
    return PublicRow(
        row.unit.name,
        row.unit.slug,
        received,
        answered,
        kept,
        missed,
        told(first.n),
        first.median if first.n >= FEWEST else None,
        told(resolved.n),
        resolved.median if resolved.n >= FEWEST else None,
        resolved.p90 if resolved.n >= FEWEST else None,
    )
