"""Which signs make a sending look like a machine's, and when they weigh enough to ask for a proof."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from feedback.kernel.text import mark

HASTE_SECONDS = 3
SOME_LINKS, MANY_LINKS = 3, 10
# A tenth of what a network may send is a crowd, half of it a flood; behind one address may live a whole village.
CROWD_SHARE, FLOOD_SHARE, LEAST_CROWD = 10, 2, 10
ENOUGH = 3


class Doubt(StrEnum):
    """A sign, as coordinators read it. That one browser sent two reports is none: it could join a name to a secret."""

    TRAP = "trap"
    HASTE = "haste"
    LINKS = "links"
    MANY_LINKS = "many_links"
    CROWD = "crowd"
    FLOOD = "flood"
    WAITED = "waited"


WEIGHTS = {
    Doubt.TRAP: 3, Doubt.HASTE: 2, Doubt.LINKS: 2, Doubt.MANY_LINKS: 3, Doubt.CROWD: 2, Doubt.FLOOD: 3,
    Doubt.WAITED: 0,
}  # fmt: skip
DOUBT_LABELS = {
    Doubt.TRAP: mark("bagian yang tidak terlihat orang diisi"),
    Doubt.HASTE: mark("dikirim lebih cepat daripada orang menulis"),
    Doubt.LINKS: mark("beberapa tautan"),
    Doubt.MANY_LINKS: mark("sangat banyak tautan"),
    Doubt.CROWD: mark("banyak kiriman dari satu jaringan"),
    Doubt.FLOOD: mark("sangat banyak kiriman dari satu jaringan"),
    Doubt.WAITED: mark("dikirim dengan menunggu, tanpa bukti perhitungan"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is known of one sending; ``seconds`` since its form was opened, None when nobody can say."""

    trap: bool
    seconds: float | None
    uses: int
    limit: int
    links: int = 0


def doubts_of(signs: Signs) -> frozenset[Doubt]:
    """The signs that stand against a sending."""
    many = max(signs.limit // CROWD_SHARE, LEAST_CROWD)
    flood = max(signs.limit // FLOOD_SHARE, LEAST_CROWD)
    found = {
        Doubt.TRAP: signs.trap,
        Doubt.HASTE: signs.seconds is None or signs.seconds < HASTE_SECONDS,
        Doubt.LINKS: SOME_LINKS <= signs.links < MANY_LINKS,
        Doubt.MANY_LINKS: signs.links >= MANY_LINKS,
        Doubt.CROWD: many < signs.uses <= flood,
        Doubt.FLOOD: signs.uses > flood,
    }
    return frozenset(doubt for doubt, stands in found.items() if stands)


def kept(doubts: Iterable[Doubt]) -> str:
    """What coordinators are told of them, as a column holds it."""
    return ",".join(sorted(doubts))


def wants_proof(doubts: Iterable[Doubt]) -> bool:
    """Whether they weigh enough together: one grave sign, or two light ones."""
    return sum(WEIGHTS[doubt] for doubt in doubts) >= ENOUGH
