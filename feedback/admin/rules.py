"""Pure words of administration: what kinds and components are called, and why a route goes where it goes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from feedback.catalogue.rules import Route
from feedback.clocks.rules.due import Unit
from feedback.clocks.rules.policy import Certainty
from feedback.clocks.rules.words import VersionStatus
from feedback.kernel.text import mark
from feedback.units.rules import RegionLevel, UnitKind, Zone

_OCTOBER = 10

KIND_LABELS = {
    UnitKind.GOVERNMENT: mark("Pemerintah daerah"),
    UnitKind.AGENCY: mark("Instansi (dinas, badan)"),
    UnitKind.DIVISION: mark("Bidang"),
    UnitKind.SECTION: mark("Seksi atau subbagian"),
    UnitKind.TECHNICAL_UNIT: mark("Unit pelaksana teknis"),
    UnitKind.TEAM: mark("Tim kerja atau kelompok substansi"),
    UnitKind.DISTRICT: mark("Kecamatan"),
    UnitKind.VILLAGE: mark("Kelurahan atau desa"),
}
ZONE_LABELS = {Zone.WIB: mark("WIB (UTC+7)"), Zone.WITA: mark("WITA (UTC+8)"), Zone.WIT: mark("WIT (UTC+9)")}
LEVEL_LABELS = {
    RegionLevel.PROVINCE: mark("Provinsi"),
    RegionLevel.CITY: mark("Kabupaten atau kota"),
    RegionLevel.DISTRICT: mark("Kecamatan"),
    RegionLevel.VILLAGE: mark("Kelurahan atau desa"),
}

UNIT_LABELS = {
    Unit.WORKING_DAY: mark("Hari kerja"),
    Unit.CALENDAR_DAY: mark("Hari kalender"),
    Unit.WORKING_MINUTE: mark("Menit kerja"),
}
CERTAINTY_LABELS = {
    Certainty.LAW: mark("Tertulis dalam peraturan"),
    Certainty.SECONDARY: mark("Dari sumber kedua"),
    Certainty.OWN: mark("Keputusan sendiri"),
}
STATUS_LABELS = {
    VersionStatus.DRAFT: mark("Rancangan"),
    VersionStatus.APPROVED: mark("Disetujui, belum terbit"),
    VersionStatus.PUBLISHED: mark("Terbit"),
    VersionStatus.ROLLED_BACK: mark("Dibatalkan"),
}


class RouteReason(StrEnum):
    """Why a report would go there."""

    RULE = "rule"
    OWNER = "owner"
    GOVERNMENT = "government"
    NOBODY = "nobody"


REASON_TEXTS = {
    RouteReason.RULE: mark("Aturan penerusan untuk wilayah ini menentukannya."),
    RouteReason.OWNER: mark("Tidak ada aturan khusus; unit ini pemilik layanannya."),
    RouteReason.GOVERNMENT: mark(
        "Tidak ada aturan untuk topik ini di wilayah ini; koordinator pemerintah daerah yang memilih unit."
    ),
    RouteReason.NOBODY: mark("Tidak ada aturan, dan tidak ada pemerintah daerah yang melayani wilayah ini."),
}


def route_reason(route: Route, *, service_chosen: bool) -> RouteReason:
    """Which step of the routing decision produced this route."""
    if route.rule_id is not None:
        return RouteReason.RULE
    if route.unit is None:
        return RouteReason.NOBODY
    is_government = route.unit.kind is UnitKind.GOVERNMENT
    return RouteReason.OWNER if service_chosen and not is_government else RouteReason.GOVERNMENT


def year_to_know(now: datetime) -> int:
    """The last year whose holidays have to be known: from October on the next one (DOMAIN.md 4.12)."""
    return now.year + 1 if now.month >= _OCTOBER else now.year
