"""Every number of a cell by its lane, so that adding cells is adding lane by lane. Most lanes of a cell are empty.

A change of the order of lanes or of what is counted needs a new ``LAYOUT``: figures stored by another one are not read
but made anew.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import chain

import numpy

from feedback.insight.rules.buckets import LONGEST_MINUTES, LONGEST_SECONDS, bounds
from feedback.insight.rules.measures import COUNTED, Measure

LAYOUT = 3
HOURS = 7 * 24


class Timed(StrEnum):
    """What is timed: receipt to verification, to the first public words, to the final answer."""

    VERIFY = "verifikasi"
    FIRST_RESPONSE = "tanggapan"
    RESOLUTION = "penyelesaian"


class Summed(StrEnum):
    """What is added up over the rounds: whose time it was, and how often a report went from hand to hand."""

    VERIFY_MINUTES = "verify_minutes"
    UNIT_MINUTES = "unit_minutes"
    REPORTER_MINUTES = "reporter_minutes"
    VERIFY_ROUNDS = "verify_rounds"
    UNIT_ROUNDS = "unit_rounds"
    REPORTER_ROUNDS = "reporter_rounds"
    HOPS = "hops"
    RETURNS = "returns"


MINUTE_BOUNDS = bounds(LONGEST_MINUTES)
SECOND_BOUNDS = bounds(LONGEST_SECONDS)

COUNT_LANE: dict[Measure, int] = {measure: place for place, measure in enumerate(COUNTED)}
SUM_LANE: dict[Summed, int] = {what: len(COUNTED) + place for place, what in enumerate(Summed)}
HOUR_LANE = len(COUNTED) + len(Summed)
_FIRST_HISTOGRAM = HOUR_LANE + HOURS
_PAIR = len(MINUTE_BOUNDS) + len(SECOND_BOUNDS)
MINUTE_LANE: dict[Timed, int] = {what: _FIRST_HISTOGRAM + _PAIR * place for place, what in enumerate(Timed)}
SECOND_LANE: dict[Timed, int] = {what: lane + len(MINUTE_BOUNDS) for what, lane in MINUTE_LANE.items()}
LANES = _FIRST_HISTOGRAM + _PAIR * len(Timed)
# A lane and its number, little-endian; twice, as Python and numpy say it.
_PAIR_SHAPE = struct.Struct("<HQ")
_PAIRS = numpy.dtype([("lane", "<u2"), ("number", "<u8")])
# The few lanes that are not empty, or every lane with its number.
Amounts = dict[int, int]
Whole = list[int]


# How many rounds a measure counts, as far as lanes tell: a count, or everything in a histogram.
_TIMED_MEASURE = {
    Measure.VERIFIED: Timed.VERIFY,
    Measure.FIRST_RESPONSE: Timed.FIRST_RESPONSE,
    Measure.RESOLUTION: Timed.RESOLUTION,
}
NUMBERED = COUNT_LANE.keys() | _TIMED_MEASURE.keys()


def number_of(measure: Measure, whole: Whole) -> int:
    """How many rounds one of the ``NUMBERED`` measures counts."""
    if measure in COUNT_LANE:
        return whole[COUNT_LANE[measure]]
    first = MINUTE_LANE[_TIMED_MEASURE[measure]]
    return sum(whole[first : first + len(MINUTE_BOUNDS)])


def add(total: Amounts, amounts: Iterable[tuple[int, int]], sign: int = 1) -> None:
    """Add numbers by lane to a total, or take them out."""
    for lane, number in amounts:
        total[lane] = total.get(lane, 0) + sign * number


def packed(amounts: Mapping[int, int]) -> bytes:
    """The lanes that are not empty, as they are stored; none may be negative."""
    pairs = [pair for pair in sorted(amounts.items()) if pair[1]]
    return struct.pack("<" + "HQ" * len(pairs), *chain.from_iterable(pairs))


def unpacked(stored: bytes) -> Iterable[tuple[int, int]]:
    """The opposite of ``packed``: lanes with their numbers."""
    return _PAIR_SHAPE.iter_unpack(stored)


def summed(stored: Iterable[bytes]) -> Whole:
    """Every lane of many stored cells added up: exact up to 2^53, and ten times as fast as one lane after the other."""
    pairs = numpy.frombuffer(b"".join(stored), _PAIRS)
    whole: Whole = numpy.bincount(pairs["lane"], pairs["number"], LANES).astype(numpy.int64).tolist()
    return whole


def blank() -> Whole:
    """Every lane with nothing in it."""
    return [0] * LANES


def pour(whole: Whole, amounts: Iterable[tuple[int, int]], sign: int = 1) -> None:
    """Add numbers by lane to every lane, or take them out."""
    for lane, number in amounts:
        whole[lane] += sign * number


def together(wholes: Sequence[Whole]) -> Whole:
    """All of them added up."""
    if len(wholes) == 1:
        return wholes[0]
    return list(map(sum, zip(*wholes, strict=True))) if wholes else blank()
