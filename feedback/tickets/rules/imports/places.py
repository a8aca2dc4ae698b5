"""Names of a file found among the units, topics and regions of the platform, and what would have to be made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from feedback.catalogue.rules import TopicRow
from feedback.tickets.rules.imports.mapping import ImportMap
from feedback.tickets.rules.imports.naming import name_key
from feedback.tickets.rules.imports.reading import Draft, Reason, Unfit
from feedback.units.rules import UnitRow, in_force, region_covers


class Sort(StrEnum):
    """What an import may make when it is told to."""

    UNITS = "units"
    TOPICS = "topics"
    REGIONS = "regions"


@dataclass(frozen=True, slots=True)
class Want:
    """A name the platform does not know; a village names its district. ``is_root``: the map's government or area."""

    sort: Sort
    name: str
    district: str = ""
    is_root: bool = False

    @property
    def key(self) -> tuple[Sort, str, str, bool]:
        """What makes two of them the same."""
        return self.sort, name_key(self.name), name_key(self.district), self.is_root

    @property
    def shown(self) -> str:
        """The name as a person reads it."""
        return f"{self.name}, {self.district}" if self.district else self.name


@dataclass(frozen=True, slots=True)
class Found:
    """Where a report belongs."""

    unit: UnitRow
    topic_id: int | None
    region_code: str


class Missing(Exception):  # a verdict on one row, like Unfit
    """Names of the row are unknown; they might be made."""

    def __init__(self, wants: tuple[Want, ...]) -> None:
        super().__init__(wants)
        self.wants = wants


WANT_REASONS = {
    Sort.UNITS: Reason.AGENCY_UNKNOWN,
    Sort.TOPICS: Reason.TOPIC_UNKNOWN,
    Sort.REGIONS: Reason.REGION_UNKNOWN,
}


@dataclass(slots=True)
class Directory:
    """The units of one government, all topics and the regions of its area, by the names people write.

    ``government`` is None while the map's own government is still to be made; ``absent`` names the map's area and those
    above it that are.
    """

    given: ImportMap
    today: date
    government: UnitRow | None
    absent: tuple[str, ...] = ()
    units: dict[str, UnitRow] = field(default_factory=dict)
    topics: dict[str, int] = field(default_factory=dict)
    districts: dict[str, str] = field(default_factory=dict)
    villages: dict[tuple[str, str], str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    def add_units(self, rows: Iterable[UnitRow]) -> None:
        """Units by name and by slug; of two with one name the one in force counts, then the one higher up."""
        ordered = sorted(rows, key=lambda row: (not in_force(row, self.today), row.depth, row.id))
        for row in ordered:
            self.units.setdefault(f"/{row.slug}", row)
            self.units.setdefault(name_key(row.name), row)
            self.units.setdefault(name_key(row.short_name), row)

    def add_topics(self, rows: Iterable[TopicRow]) -> None:
        """Topics by name and by slug."""
        for row in rows:
            self.topics.setdefault(f"/{row.slug}", row.id)
            self.topics.setdefault(name_key(row.name), row.id)

    def add_regions(self, rows: Mapping[str, str]) -> None:
        """Districts and villages inside the map's area, from the names of all regions by code."""
        inside = {code: name for code, name in rows.items() if region_covers(self.given.region, code)}
        depth = self.given.region.count(".")
        for code, name in inside.items():
            if code.count(".") == depth + 1:
                self.districts.setdefault(name_key(name), code)
            elif code.count(".") == depth + 2:
                self.villages.setdefault((code.rpartition(".")[0], name_key(name)), code)
        self.known = frozenset(inside)

    def find(self, draft: Draft) -> Found:
        """Where a row belongs. Raises Missing with every unknown name, or Unfit when no making would help."""
        wants: list[Want] = []
        unit = self._unit(draft, wants)
        topic_id = self._topic(draft, wants)
        code = self._region(draft, wants)
        if wants or unit is None:
            raise Missing(tuple(wants))
        return Found(unit, topic_id, code)

    def _unit(self, draft: Draft, wants: list[Want]) -> UnitRow | None:
        if self.government is None:
            wants.append(Want(Sort.UNITS, self.given.government.name or self.given.government.slug, is_root=True))
        if not draft.agency:
            return self.government
        slug = self.given.value("agency", draft.agency)
        unit = self.units.get(f"/{slug}" if slug else name_key(draft.agency))
        if unit is None:
            wants.append(Want(Sort.UNITS, draft.agency))
        elif not in_force(unit, self.today):
            raise Unfit(Reason.AGENCY_CLOSED)
        return unit

    def _topic(self, draft: Draft, wants: list[Want]) -> int | None:
        if not draft.topic:
            return None
        slug = self.given.value("topic", draft.topic)
        topic_id = self.topics.get(f"/{slug}" if slug else name_key(draft.topic))
        if topic_id is None:
            wants.append(Want(Sort.TOPICS, draft.topic))
        return topic_id

    def _region(self, draft: Draft, wants: list[Want]) -> str:
        wants += [Want(Sort.REGIONS, name, is_root=True) for name in self.absent]
        if not draft.district:
            return self._lone_village(draft.village) if draft.village else self.given.region
        district = self._district(draft.district)
        if district is None:
            wants.append(Want(Sort.REGIONS, draft.district))
        if not draft.village:
            return district or ""
        village = self._village(district, draft)
        if village is None:
            wants.append(Want(Sort.REGIONS, draft.village, draft.district))
        return village or ""

    def _district(self, name: str) -> str | None:
        code = self.given.value("district", name)
        return self.districts.get(name_key(name)) if code is None else code if code in self.known else None

    def _village(self, district: str | None, draft: Draft) -> str | None:
        code = self.given.value("village", f"{draft.district}/{draft.village}")
        if code is not None:
            return code if code in self.known else None
        return self.villages.get((district or "", name_key(draft.village)))

    def _lone_village(self, name: str) -> str:
        """A village whose district the row does not tell: taken when only one place has that name."""
        codes = [code for (_, key), code in self.villages.items() if key == name_key(name)]
        if len(codes) != 1:
            raise Unfit(Reason.VILLAGE_UNCLEAR)
        return codes[0]
