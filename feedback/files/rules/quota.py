"""How much one person, one network and the whole site may send in a day; counters, never a link to a report."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Uploader:
    """Who sends, as far as it is counted."""

    person_id: int | None
    address: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Megabytes a day, from the settings."""

    person: int
    network: int
    site: int


def network_of(address: str) -> str:
    """What one household has: an IPv4 address, or the first 64 bits of an IPv6 address."""
    try:
        known = ip_address(address)
    except ValueError:
        return "?"
    if isinstance(known, IPv4Address):
        return str(known)
    return str(known.ipv4_mapped) if known.ipv4_mapped else known.exploded[:19]


def buckets(uploader: Uploader, limits: Limits) -> dict[str, int]:
    """What is counted, with the most bytes of each."""
    found = {"site": limits.site, f"network:{network_of(uploader.address)}": limits.network}
    if uploader.person_id is not None:
        found[f"person:{uploader.person_id}"] = limits.person
    return {name: most * MEGABYTE for name, most in found.items()}
