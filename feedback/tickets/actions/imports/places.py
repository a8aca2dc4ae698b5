"""Units, topics and regions of an import: read what is there, make what is missing when told to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from feedback.catalogue.actions import CreateTopic, create_topic
from feedback.catalogue.queries import topics
from feedback.kernel.clock import local_date
from feedback.kernel.errors import Invalid
from feedback.kernel.text import excerpt, mark
from feedback.tickets.rules.imports.mapping import ImportMap
from feedback.tickets.rules.imports.naming import free_slug, name_key, next_district, next_village, unit_kind_of
from feedback.tickets.rules.imports.places import Directory, Sort, Want
from feedback.units.actions import CreateRegion, UnitDraft, import_regions, import_units
from feedback.units.queries import all_units, region_name_index
from feedback.units.rules import UnitKind, Zone, region_prefixes, within_path

# Behind every topic an administrator has put in order.
LAST_POSITION = 1000
LONGEST_SHORT_NAME = 80


def load_directory(given: ImportMap, now: datetime) -> Directory:
    """What the platform knows that the file may name."""
    units = all_units()
    government = next((unit for unit in units if unit.slug == given.government.slug), None)
    regions = region_name_index()
    zone = government.zone if government else given.government.zone or Zone.WIB
    absent = tuple(given.region_names.get(code, code) for code in region_prefixes(given.region) if code not in regions)
    directory = Directory(given, local_date(now, zone), government, absent)
    if government is not None:
        directory.add_units(unit for unit in units if within_path(unit.path, government.path))
    directory.add_topics(topics(include_inactive=True))
    directory.add_regions(regions)
    return directory


def check_roots(directory: Directory, create: Collection[Sort]) -> None:
    """Refuse an import whose government or area is not there and cannot be made from the map (Invalid)."""
    given = directory.given
    if directory.government is None and (Sort.UNITS not in create or not given.government.name):
        message = mark("Pemerintah %(slug)s belum ada. Isi government.name dan zone di peta dan sebut --create units.")
        raise Invalid(message, field="government.slug", values={"slug": given.government.slug})
    nameless = [name for name in directory.absent if name not in given.region_names.values()]
    if directory.absent and (Sort.REGIONS not in create or nameless):
        message = mark("Wilayah %(code)s belum ada. Isi region.names di peta dan sebut --create regions.")
        raise Invalid(message, field="region.parent", values={"code": (nameless or [given.region])[0]})
    if Sort.TOPICS in create and not given.national_category.strip():
        raise Invalid(mark("Isi topics.national_category di peta untuk membuat topik."), field="topics")


def create_wanted(directory: Directory, wants: Iterable[Want], since: datetime) -> None:
    """Make what is missing, inside the caller's transaction. ``since``: the units exist from that instant on."""
    by_sort: dict[Sort, list[Want]] = {sort: [] for sort in Sort}
    for want in wants:
        by_sort[want.sort].append(want)
    if by_sort[Sort.REGIONS]:
        import_regions(_regions(directory, by_sort[Sort.REGIONS]))
    if by_sort[Sort.UNITS]:
        zone = directory.government.zone if directory.government else directory.given.government.zone or Zone.WIB
        import_units(_units(directory, by_sort[Sort.UNITS], local_date(since, zone)))
    _create_topics(directory.given, by_sort[Sort.TOPICS])


def _regions(directory: Directory, wants: list[Want]) -> list[CreateRegion]:
    given, known = directory.given, region_name_index()
    taken = set(known)
    drafts = [
        CreateRegion(code=code, name=given.region_names[code])
        for code in region_prefixes(given.region)
        if code not in known and code in given.region_names
    ]
    codes = dict(directory.districts)
    for want in sorted((one for one in wants if not one.district and not one.is_root), key=lambda one: one.name):
        code = given.value("district", want.name) or next_district(given.region, taken)
        codes[name_key(want.name)] = _add(drafts, taken, code, want.name)
    for want in sorted((one for one in wants if one.district), key=lambda one: (one.district, one.name)):
        district = given.value("district", want.district) or codes[name_key(want.district)]
        code = given.value("village", f"{want.district}/{want.name}") or next_village(district, taken)
        _add(drafts, taken, code, want.name)
    return drafts


def _add(drafts: list[CreateRegion], taken: set[str], code: str | None, name: str) -> str:
    if code is None:
        message = mark("Tidak ada kode sementara lagi untuk %(name)s; sebutkan kode resminya di peta.")
        raise Invalid(message, field="values", values={"name": name})
    taken.add(code)
    drafts.append(CreateRegion(code=code, name=name))
    return code


def _units(directory: Directory, wants: list[Want], since: date) -> list[UnitDraft]:
    given = directory.given
    root = given.government
    before = {unit.slug for unit in all_units()}
    drafts = {} if directory.government else {root.slug: _government(given, since)}
    for want in wants:
        if want.is_root or name_key(want.name) == name_key(root.name):
            continue
        slug = given.value("agency", want.name)
        if slug in before:
            message = mark("Peta impor: unit %(slug)s bukan bagian pemerintah ini.")
            raise Invalid(message, field="values.agency", values={"slug": slug})
        if slug is None:
            slug = free_slug(want.name, fallback="unit", suffix=root.slug, taken=before | drafts.keys())
        # Two names of the file may stand for one unit: the first makes it.
        drafts.setdefault(slug, _unit(want.name, slug, root.slug, since))
    return list(drafts.values())


def _government(given: ImportMap, since: date) -> UnitDraft:
    root = given.government
    return UnitDraft(
        slug=root.slug,
        name=root.name,
        short_name=root.short_name,
        kind=UnitKind.GOVERNMENT,
        parent=None,
        zone=root.zone,
        region_code=given.region,
        valid_from=since,
    )


def _unit(name: str, slug: str, parent: str, since: date) -> UnitDraft:
    return UnitDraft(
        slug=slug,
        name=name,
        short_name=excerpt(name, LONGEST_SHORT_NAME),
        kind=unit_kind_of(name),
        parent=parent,
        valid_from=since,
    )


def _create_topics(given: ImportMap, wants: list[Want]) -> None:
    taken = {topic.slug for topic in topics(include_inactive=True)}
    for want in sorted(wants, key=lambda one: one.name):
        slug = given.value("topic", want.name)
        if slug is not None and slug in taken:
            continue  # two names of the file for one topic
        slug = slug or free_slug(want.name, fallback="topik", suffix=given.source, taken=taken)
        taken.add(slug)
        create_topic(
            CreateTopic(
                slug=slug,
                name=want.name,
                description="",
                national_category=given.national_category,
                position=LAST_POSITION,
                is_active=given.topics_active,
            )
        )
