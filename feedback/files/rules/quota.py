"""How much one person, one network and the whole site may send in a day; counters, never a link to a report."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Uploader:
    """Who sends, as far as it is counted."""

    person_id: int | None
    network: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Megabytes a day, from the settings."""

    person: int
    network: int
    site: int


def buckets(uploader: Uploader, limits: Limits) -> dict[str, int]:
    """What is counted, with the most bytes of each."""
    found = {"site": limits.site, f"network:{uploader.network}": limits.network}
    if uploader.person_id is not None:
        found[f"person:{uploader.person_id}"] = limits.person
    return {name: most * MEGABYTE for name, most in found.items()}
