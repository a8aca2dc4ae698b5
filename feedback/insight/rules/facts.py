"""What one settled round adds to the figures, and to which of the stored cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple


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
    FLOW = "alur"
    HELD = "dipegang"


NOTHING = "-"
TOLD_APART = (Dimension.KIND, Dimension.TOPIC, Dimension.SERVICE, Dimension.CHANNEL, Dimension.REGION)


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
    value: str
    confidential: bool

    @property
    def text(self) -> str:
        """The key in one word."""
        return "|".join((self.dimension, self.basis, self.span, str(self.unit_id), self.value, str(+self.confidential)))


def additions(fact: Fact) -> Iterator[tuple[CellKey, Mapping[int, int]]]:
    """The cells a round is in: days, weeks and months as a whole, months for each dimension."""
    for basis, on in ((Basis.RECEIVED, fact.received_on), (Basis.ANSWERED, fact.answered_on)):
        if on is None or fact.delicate:
            continue
        for span in (day_span(on), week_span(on), month_span(on)):
            yield CellKey(Dimension.ALL, basis, span, fact.unit_id, "", fact.confidential), fact.amounts
        for part in fact.parts:
            key = CellKey(part.dimension, basis, month_span(on), fact.unit_id, part.value, fact.confidential)
            yield key, fact.amounts if part.amounts is None else part.amounts


def day_span(on: date) -> str:
    """The name of one date."""
    return f"d{on.isoformat()}"


def week_span(on: date) -> str:
    """The name of the week a date is in, by its Monday."""
    return f"w{(on - timedelta(days=on.weekday())).isoformat()}"


def month_span(on: date) -> str:
    """The name of the month a date is in."""
    return f"m{on:%Y-%m}"


def next_month(on: date) -> date:
    """The first date of the month after."""
    return (on.replace(day=1) + timedelta(days=32)).replace(day=1)


def covering(first: date, last: date) -> tuple[str, ...]:
    """Few spans that together are exactly the dates from ``first`` to ``last``: months, then weeks, then days."""
    spans = []
    here = first
    while here <= last:
        month_end = next_month(here) - timedelta(days=1)
        if here.day == 1 and month_end <= last:
            spans.append(month_span(here))
            here = month_end + timedelta(days=1)
        elif here.weekday() == 0 and here + timedelta(days=6) <= min(last, _whole_from(here, last)):
            spans.append(week_span(here))
            here += timedelta(days=7)
        else:
            spans.append(day_span(here))
            here += timedelta(days=1)
    return tuple(spans)


def _whole_from(here: date, last: date) -> date:
    """Up to where weeks may go: not into a month that is taken whole."""
    following = next_month(here)
    return following - timedelta(days=1) if next_month(following) - timedelta(days=1) <= last else last
