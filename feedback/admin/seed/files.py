"""Reads the demonstration files into the drafts that the actions take; touches no database."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from feedback.catalogue.actions import (
    AuthorityDraft,
    CatalogueDrafts,
    RuleDraft,
    ServiceDraft,
    Standard,
    TopicDraft,
)
from feedback.kernel.permissions import Role
from feedback.units.actions import CreateRegion, UnitDraft
from feedback.units.rules import UnitKind

_FOLDER = Path(__file__).parent
_VALID_FROM = date(2025, 1, 1)
_STANDARD_FIELDS = ("requirements", "procedure", "time_text", "cost", "product", "complaint_handling", "legal_basis")


@dataclass(frozen=True, slots=True)
class SeedMembership:
    """A role at the unit with this slug."""

    unit: str
    role: Role


@dataclass(frozen=True, slots=True)
class SeedPerson:
    """An invented member of staff; `key` names the person in demonstration stories."""

    key: str
    name: str
    email: str
    memberships: tuple[SeedMembership, ...]


def seed_regions() -> tuple[CreateRegion, ...]:
    """The regions of the pilots, widest first (Kemendagri codes)."""
    return tuple(CreateRegion(code=row["code"], name=row["name"]) for row in _lines("regions.csv"))


def seed_units() -> tuple[UnitDraft, ...]:
    """The units of the pilot governments, parents before children."""
    return tuple(
        UnitDraft(
            slug=row["slug"],
            name=row["name"],
            short_name=row["short_name"],
            kind=UnitKind(row["kind"]),
            parent=row["parent"] or None,
            valid_from=_VALID_FROM,
            zone=row["zone"] or None,
            region_code=row["region_code"] or None,
            address=row["address"] or None,
            email=row["email"] or None,
            website=row["website"] or None,
            about=row["about"],
            is_example=True,
        )
        for row in _lines("units.csv")
    )


def seed_catalogue() -> CatalogueDrafts:
    """Topics, outside bodies, services with their standards, and routing rules."""
    return CatalogueDrafts(
        topics=tuple(TopicDraft(**row) for row in _lines("topics.csv")),
        authorities=tuple(
            AuthorityDraft(
                slug=row["slug"],
                name=row["name"],
                channel=row["channel"],
                url=row["url"] or None,
                phone=row["phone"] or None,
            )
            for row in _lines("authorities.csv")
        ),
        services=_services(),
        rules=tuple(
            RuleDraft(
                region_code=row["region_code"],
                topic=row["topic"] or None,
                service=row["service"] or None,
                unit=row["unit"] or None,
                authority=row["authority"] or None,
                note=row["note"],
                rank=int(row["rank"]),
            )
            for row in _lines("routing.csv")
        ),
    )


def seed_people() -> tuple[SeedPerson, ...]:
    """The invented staff: a coordinator everywhere; officers, heads, a leader and an inspector in pilots."""
    return tuple(
        SeedPerson(
            key=entry["key"],
            name=entry["name"],
            email=entry["email"],
            memberships=tuple(SeedMembership(one["unit"], Role(one["role"])) for one in entry["memberships"]),
        )
        for entry in _table("people.toml")["person"]
    )


def _services() -> tuple[ServiceDraft, ...]:
    standards = _table("standards.toml")
    default = standards.pop("default")
    names = {row["slug"]: row["name"] for row in _lines("units.csv")}
    entries = _table("services.toml")["service"]
    return tuple(_service(entry, default | standards[entry["standard"]], names) for entry in entries)


def _service(entry: Mapping[str, str], standard: Mapping[str, str], names: Mapping[str, str]) -> ServiceDraft:
    """What the unit says itself goes before what the standard says for everybody."""
    texts = {**standard, **entry}
    standard_texts: dict[str, Any] = {
        name: texts[name].replace("{unit}", names[entry["unit"]]) for name in _STANDARD_FIELDS
    }
    return ServiceDraft(
        slug=entry["slug"],
        code=entry["standard"],
        name=texts["name"],
        unit=entry["unit"],
        topic=texts["topic"],
        summary=texts["summary"],
        standard=Standard(**standard_texts),
        is_example=True,
    )


def _lines(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))
