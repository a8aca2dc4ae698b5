"""What one settled round adds to the figures, and to which of the stored cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from feedback.insight.rules.figures import Reach
from feedback.insight.rules.lanes import Amounts, add


class Basis(StrEnum):
    """Which rounds a period takes in: those that began in it, or those whose final answer was given in it."""

    RECEIVED = "masuk"
    ANSWERED = "dijawab"


class Dimension(StrEnum):
    """What figures are told apart by, besides the unit. ``ALL`` does not tell apart."""

    ALL = ""
    KIND = "jenis"
    TOPIC = "topik"
    SERVICE = "layanan"
    CHANNEL = "saluran"
    REGION = "wilayah"
    ROLE = "peran"
    FLOW = "alur"
    HELD = "dipegang"


NOTHING = "-"
TOLD_APART = (
    Dimension.TOPIC, Dimension.SERVICE, Dimension.KIND, Dimension.CHANNEL, Dimension.REGION, Dimension.ROLE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """What a round adds under a value of a dimension; ``amounts`` None: everything it adds to the whole."""

    dimension: Dimension
    value: str
    amounts: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One round: ``amounts`` by lane; dates are local to its unit. ``delicate``: who may know must be asked each time.

    Delicate are rounds of confidential or hidden reports that another unit has now, or that are about an official.
    """

    cycle_id: int
    ticket_id: int
    unit_id: int
    confidential: bool
    delicate: bool
    received_on: date
    answered_on: date | None
    amounts: Mapping[int, int]
    parts: tuple[Part, ...] = ()


class CellKey(NamedTuple):
    """Where in the stored figures something is added."""

    dimension: Dimension
    basis: Basis
    span: str
    unit_id: int
    reach: Reach
    value: str
    confidential: bool

    @property
    def text(self) -> str:
        """The key in one word."""
        where = f"{self.unit_id}|{self.reach}"
        return "|".join((self.dimension, self.basis, self.span, where, self.value, str(+self.confidential)))


def additions(fact: Fact) -> Iterator[tuple[CellKey, Mapping[int, int]]]:
    """The narrowest cells a round is in: its own unit's day as a whole, its month for each dimension."""
    if fact.delicate:
        return
    for basis, on in ((Basis.RECEIVED, fact.received_on), (Basis.ANSWERED, fact.answered_on)):
        if on is None:
            continue
        here = (fact.unit_id, Reach.OWN)
        yield CellKey(Dimension.ALL, basis, day_span(on), *here, "", fact.confidential), fact.amounts
        month = month_span(on)
        for part in fact.parts:
            key = CellKey(part.dimension, basis, month, *here, part.value, fact.confidential)
            yield key, fact.amounts if part.amounts is None else part.amounts


def stored_cells(narrow: Mapping[CellKey, Amounts], lines: Mapping[int, Sequence[int]]) -> dict[CellKey, Amounts]:
    """What is stored of the narrowest cells: days to quarters of each unit by itself, and with all under it.

    ``lines``: for each unit itself and every unit above it. Dimensions are stored by month only.
    """
    found: dict[CellKey, Amounts] = {}
    for key, amounts in narrow.items():
        _put(found, key, amounts)
        for unit_id in lines[key.unit_id]:
            _put(found, key._replace(unit_id=unit_id, reach=Reach.SUBTREE), amounts)
    # Wider spans from what was put together so far: a month is added to its quarter once, not each of its days.
    wider: dict[CellKey, Amounts] = {}
    for key, amounts in found.items():
        if key.dimension is Dimension.ALL:
            on = date.fromisoformat(key.span[1:])
            _put(wider, key._replace(span=week_span(on)), amounts)
            _put(wider, key._replace(span=month_span(on)), amounts)
    months = [(key, amounts) for key, amounts in wider.items() if key.span.startswith("m")]
    for key, amounts in months:
        _put(wider, key._replace(span=quarter_span(date.fromisoformat(f"{key.span[1:]}-01"))), amounts)
    return found | wider


def _put(found: dict[CellKey, Amounts], key: CellKey, amounts: Amounts) -> None:
    there = found.get(key)
    if there is None:
        found[key] = dict(amounts)
    else:
        add(there, amounts.items())


def day_span(on: date) -> str:
    """The name of one date."""
    return f"d{on.isoformat()}"


def week_span(on: date) -> str:
    """The name of the week a date is in, by its Monday."""
    return f"w{(on - timedelta(days=on.weekday())).isoformat()}"


def month_span(on: date) -> str:
    """The name of the month a date is in."""
    return f"m{on.isoformat()[:7]}"


def quarter_span(on: date) -> str:
    """The name of the quarter of a year a date is in."""
    return f"q{on.year}-{(on.month + 2) // 3}"


def next_month(on: date) -> date:
    """The first date of the month after."""
    return (on.replace(day=1) + timedelta(days=32)).replace(day=1)


def covering(first: date, last: date) -> tuple[str, ...]:
    """Few spans that together are exactly the dates from ``first`` to ``last``: quarters, months, weeks, then days."""
    spans = []
    here = first
    while here <= last:
        month_end = next_month(here) - timedelta(days=1)
        quarter_end = next_month(next_month(next_month(here))) - timedelta(days=1)
        if here.day == 1 and here.month % 3 == 1 and quarter_end <= last:
            spans.append(quarter_span(here))
            here = quarter_end + timedelta(days=1)
        elif here.day == 1 and month_end <= last:
            spans.append(month_span(here))
            here = month_end + timedelta(days=1)
        elif here.weekday() == 0 and here + timedelta(days=6) <= min(last, _whole_from(here, last)):
            spans.append(week_span(here))
            here += timedelta(days=7)
        else:
            spans.append(day_span(here))
            here += timedelta(days=1)
    return tuple(spans)


def months_of(spans: Sequence[str]) -> tuple[str, ...]:
    """The same whole months and quarters as months: dimensions are stored by those."""
    found: list[str] = []
    for span in spans:
        if span.startswith("q"):
            year, quarter = span[1:].split("-")
            found += [f"m{year}-{3 * int(quarter) - back:02d}" for back in (2, 1, 0)]
        else:
            found.append(span)
    return tuple(found)


def _whole_from(here: date, last: date) -> date:
    """Up to where weeks may go: not into a month that is taken whole."""
    following = next_month(here)
    return following - timedelta(days=1) if next_month(following) - timedelta(days=1) <= last else last
