"""Every number of a cell side by side in one long integer, so that adding cells is adding integers.

Each number has a lane of 32 bits; sums of times have two. A change of the order of lanes needs a new ``LAYOUT``:
figures stored by another one are not read but made anew.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from enum import StrEnum

from feedback.insight.rules.buckets import LONGEST_MINUTES, LONGEST_SECONDS, bounds
from feedback.insight.rules.measures import COUNTED, Measure

LAYOUT = 1
_BITS = 32
_MASK = (1 << _BITS) - 1
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
    HOLD_SECONDS = "hold_seconds"
    VERIFY_ROUNDS = "verify_rounds"
    UNIT_ROUNDS = "unit_rounds"
    REPORTER_ROUNDS = "reporter_rounds"
    HOLD_ROUNDS = "hold_rounds"
    HOPS = "hops"
    RETURNS = "returns"


MINUTE_BOUNDS = bounds(LONGEST_MINUTES)
SECOND_BOUNDS = bounds(LONGEST_SECONDS)

COUNT_LANE: dict[Measure, int] = {measure: place for place, measure in enumerate(COUNTED)}
SUM_LANE: dict[Summed, int] = {what: len(COUNTED) + 2 * place for place, what in enumerate(Summed)}
HOUR_LANE = len(COUNTED) + 2 * len(Summed)
_FIRST_HISTOGRAM = HOUR_LANE + HOURS
_PAIR = len(MINUTE_BOUNDS) + len(SECOND_BOUNDS)
MINUTE_LANE: dict[Timed, int] = {what: _FIRST_HISTOGRAM + _PAIR * place for place, what in enumerate(Timed)}
SECOND_LANE: dict[Timed, int] = {what: lane + len(MINUTE_BOUNDS) for what, lane in MINUTE_LANE.items()}
LANES = _FIRST_HISTOGRAM + _PAIR * len(Timed)
_SHAPE = struct.Struct(f"<{LANES}I")


def joined(amounts: Mapping[int, int]) -> int:
    """The long integer with these amounts, none of them negative, in their lanes."""
    lanes = [0] * LANES
    for lane, amount in amounts.items():
        lanes[lane] += amount & _MASK
        if amount > _MASK:
            lanes[lane + 1] += amount >> _BITS
    return int.from_bytes(_SHAPE.pack(*lanes), "little")


def packed(whole: int) -> bytes:
    """The long integer as it is stored."""
    return zlib.compress(whole.to_bytes((whole.bit_length() + 7) // 8, "little"), 1)


def unpacked(stored: bytes) -> int:
    """The opposite of ``packed``."""
    return int.from_bytes(zlib.decompress(stored), "little")


def numbers(whole: int) -> tuple[int, ...]:
    """The number of every lane."""
    return _SHAPE.unpack(whole.to_bytes(_SHAPE.size, "little"))
