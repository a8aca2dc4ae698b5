"""The map of an import: which column is what, how times and texts are written, and whose reports these are."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from feedback.clocks.rules.calendar import parse_zone
from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark
from feedback.tickets.rules.imports.naming import name_key
from feedback.tickets.rules.words import Grade, Kind, State
from feedback.units.rules import (
    RegionLevel,
    Zone,
    is_region_code,
    is_slug,
    region_covers,
    region_level,
    region_prefixes,
)

REQUIRED_COLUMNS = ("ref", "text", "received")
OPTIONAL_COLUMNS = ("answered", "agency", "topic", "district", "village", "kind")
LONGEST_SOURCE = 60
WHEN_ANSWERED = (State.LAPSED, State.CLOSED)
WHEN_UNANSWERED = ("assigned", "refuse")
_SECTIONS: Mapping[str, Collection[str]] = {
    "": ("source", "kind", "grade", "file", "columns", "time", "government", "region", "topics", "states", "values"),
    "file": ("encoding", "delimiter", "unescape", "empty"),
    "columns": (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS),
    "time": ("format", "zone"),
    "government": ("slug", "name", "short_name", "zone"),
    "region": ("parent", "names"),
    "topics": ("national_category", "active"),
    "states": ("answered", "unanswered"),
    "values": ("agency", "topic", "district", "village", "kind"),
}


@dataclass(frozen=True, slots=True)
class Government:
    """Whose reports these are. ``name`` is empty when the map cannot create it; ``zone`` is then None too."""

    slug: str
    name: str = ""
    short_name: str = ""
    zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMap:
    """Everything the map file says, checked.

    ``zone`` is that in which the file writes times without an offset. ``columns`` gives the heading of each part of a
    report. ``values`` translates names of the file, by ``name_key``, to slugs, codes and kinds of the platform.
    """

    source: str
    columns: Mapping[str, str]
    government: Government
    region: str
    region_names: Mapping[str, str] = field(default_factory=dict)
    kind: Kind = Kind.COMPLAINT
    grade: Grade | None = None
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    unescape: bool = False
    empty: frozenset[str] = frozenset()
    time_format: str = "%Y-%m-%d %H:%M:%S"
    zone: ZoneInfo
    national_category: str = ""
    topics_active: bool = False
    when_answered: State = State.LAPSED
    refuse_unanswered: bool = False
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def value(self, part: str, name: str) -> str | None:
        """What the map says a name of the file stands for."""
        return self.values.get(part, {}).get(name_key(name))


def parse_map(written: Mapping[str, Any]) -> ImportMap:
    """The map from its TOML form (docs/import.md). Raises Invalid with the key at fault as its field."""
    _refuse_unknown("", written)
    parts = {name: _table(written, name) for name in _SECTIONS if name}
    for name, table in parts.items():
        _refuse_unknown(name, table)
    file, time, states, topics = parts["file"], parts["time"], parts["states"], parts["topics"]
    region = _text(parts["region"], "region.parent")
    if not is_region_code(region):
        raise _wrong("region.parent")
    columns = _columns(parts["columns"], region)
    return ImportMap(
        source=_source(written),
        columns=columns,
        government=_government(parts["government"]),
        region=region,
        region_names=_region_names(parts["region"], region),
        kind=_one_of(written, "kind", tuple(Kind), Kind.COMPLAINT),
        grade=_one_of(written, "grade", tuple(Grade), None),
        encoding=_encoding(file),
        delimiter=_delimiter(file),
        unescape=_flag(file, "file.unescape"),
        empty=frozenset(_texts(file, "file.empty")),
        time_format=_text(time, "time.format", "%Y-%m-%d %H:%M:%S"),
        zone=_zone(time),
        national_category=_text(topics, "topics.national_category", ""),
        topics_active=_flag(topics, "topics.active"),
        when_answered=_one_of(states, "states.answered", WHEN_ANSWERED, State.LAPSED),
        refuse_unanswered=_one_of(states, "states.unanswered", WHEN_UNANSWERED, "assigned") == "refuse",
        values=_values(parts["values"], region),
    )


def _wrong(key: str) -> Invalid:
    return Invalid(mark("Peta impor: isi %(key)s tidak dapat dipakai."), field=key, values={"key": key})


def _refuse_unknown(section: str, table: Mapping[str, Any]) -> None:
    """A misspelt key would be passed over in silence, and the import would do something else than was meant."""
    for name in table:
        if name not in _SECTIONS[section]:
            key = f"{section}.{name}" if section else name
            raise Invalid(mark("Peta impor: %(key)s tidak dikenal."), field=key, values={"key": key})


def _table(written: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = written.get(name, {})
    if not isinstance(table, Mapping):
        raise _wrong(name)
    return table


def _text(table: Mapping[str, Any], key: str, default: str | None = None) -> str:
    value = table.get(key.rpartition(".")[2], default)
    if value is None:
        raise Invalid(mark("Peta impor: %(key)s wajib diisi."), field=key, values={"key": key})
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise _wrong(key)
    return value


def _flag(table: Mapping[str, Any], key: str) -> bool:
    value = table.get(key.rpartition(".")[2], False)
    if not isinstance(value, bool):
        raise _wrong(key)
    return value


def _texts(table: Mapping[str, Any], key: str) -> list[str]:
    value = table.get(key.rpartition(".")[2], [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _wrong(key)
    return value


def _one_of(table: Mapping[str, Any], key: str, choices: tuple[Any, ...], default: Any) -> Any:
    value = table.get(key.rpartition(".")[2], default)
    for choice in choices:
        if value == choice:
            return choice
    if value is default:
        return default
    raise _wrong(key)


def _source(written: Mapping[str, Any]) -> str:
    source = _text(written, "source").strip()
    if not is_slug(source) or len(source) > LONGEST_SOURCE:
        raise _wrong("source")
    return source


def _columns(table: Mapping[str, Any], region: str) -> dict[str, str]:
    wanted = [*REQUIRED_COLUMNS, *(name for name in OPTIONAL_COLUMNS if name in table)]
    columns = {name: _text(table, f"columns.{name}") for name in wanted}
    if {"district", "village"} & set(columns) and region_level(region) is not RegionLevel.CITY:
        raise _wrong("region.parent")
    return columns


def _government(table: Mapping[str, Any]) -> Government:
    slug = _text(table, "government.slug")
    if not is_slug(slug):
        raise _wrong("government.slug")
    name = _text(table, "government.name", "")
    zone = _one_of(table, "government.zone", tuple(Zone), None)
    if bool(name) != (zone is not None):
        raise _wrong("government.zone" if name else "government.name")
    short_name = _text(table, "government.short_name", name[:80])
    if len(name) > 200 or len(short_name) > 80:
        raise _wrong("government.name")
    return Government(slug, name, short_name, None if zone is None else str(zone))


def _region_names(table: Mapping[str, Any], region: str) -> dict[str, str]:
    names = table.get("names", {})
    if not isinstance(names, Mapping) or not set(names) <= set(region_prefixes(region)):
        raise _wrong("region.names")
    if not all(isinstance(name, str) and 0 < len(name.strip()) <= 120 for name in names.values()):
        raise _wrong("region.names")
    return dict(names)


def _encoding(table: Mapping[str, Any]) -> str:
    name = _text(table, "file.encoding", "utf-8")
    try:
        found = codecs.lookup(name).name
        "".encode(name)  # refuses codecs that are no encodings of text
    except (LookupError, ValueError):
        raise _wrong("file.encoding") from None
    return "utf-8-sig" if found == "utf-8" else found


def _delimiter(table: Mapping[str, Any]) -> str:
    delimiter = _text(table, "file.delimiter", ",")
    if len(delimiter) != 1 or delimiter in '"\r\n' or ord(delimiter) > 127:
        raise _wrong("file.delimiter")
    return delimiter


def _zone(table: Mapping[str, Any]) -> ZoneInfo:
    try:
        return parse_zone(_text(table, "time.zone"))
    except Invalid as refusal:
        if refusal.field == "zone":
            raise _wrong("time.zone") from None
        raise


def _values(table: Mapping[str, Any], region: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for part in table:
        names = _table(table, part)
        for name, value in names.items():
            if not isinstance(value, str) or not _is_value(part, value, region):
                raise _wrong(f"values.{part}.{name}")
        found[part] = {name_key(name): value for name, value in names.items()}
    return found


def _is_value(part: str, value: str, region: str) -> bool:
    if part == "kind":
        return value in tuple(Kind)
    if part in ("district", "village"):
        level = RegionLevel.DISTRICT if part == "district" else RegionLevel.VILLAGE
        return is_region_code(value) and region_level(value) is level and region_covers(region, value)
    return is_slug(value)
