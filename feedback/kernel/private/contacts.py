"""Addresses and vehicle numbers: letters with a shape of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feedback.kernel.private.numbers import before
from feedback.kernel.private.places import PLATES
from feedback.kernel.private.words import Finding, FindingKind

_LOCAL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}$")
_DOMAIN = re.compile(r"[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,6}")
_PROVIDER = re.compile(
    r"\b(?:gmail|ymail|yahoo|outlook|hotmail|icloud|rocketmail|protonmail|proton)"
    r"( {0,2}(?:[.,]|dot|titik) {0,2}(?:com?|id|me)\b(?:\.id\b)?| ?com\b)?(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_SPOKEN_AT = re.compile(r"([A-Za-z0-9._%+\-]{1,64})(?: {0,2}@ {0,2}| {1,2}(?:at|et) {1,2})$", re.IGNORECASE)
_OFFICIAL = (".go.id", ".desa.id")
_PLATE = re.compile(
    r"(?<![A-Za-z0-9])([A-Za-z]{1,2})([ .\-]{0,2})([1-9]\d{0,3})(?:(?:\2|[ .\-]?)([A-Za-z]{1,3}))?(?![A-Za-z0-9])"
)
_VEHICLE = re.compile(
    r"\b(?:plat|pelat|nopol|no\.? ?pol|nomor polisi|bernopol|kendaraan|mobil|motor|angkot|tru[ck]k?|bus|pick ?up)\b"
)
_NUMBERED = re.compile(r"\b(?:plat|pelat|nopol|no\.? ?pol|nomor polisi|bernopol)\b")
_PLACE = re.compile(
    r"\b(?:blok|gang|gg|jalur|kelas|tipe|lantai|lt|ruang|gedung|golongan|gol|jl|jalan|lorong|kavling|kav|rayon|zona|"
    r"no|nomor|pasal|sdn?|smpn?|sman?|smkn?|rute|trayek|koridor|sim|halte|pintu|loket|kamar|pos|rt|rw)\.? ?$"
)
_UNITS = (
    "RT RW NO KM KG CM MM KEL KEC DI KE YG DAN TH THN JAM WIB WIT WITA ORG PCS LTR GB MB KW VA KVA BLK TGL HP WA "
    "M2 DG DR ADA INI ITU ATM BH LBR UNIT TON"
)
_NO_SERIES = frozenset(_UNITS.split())
_PASSPORT = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]\d{7}(?![A-Za-z0-9])")
_PASSPORT_WORD = re.compile(r"\b(?:paspor|passport|pasport)\b")


def email_findings(text: str) -> Iterator[Finding]:
    """Addresses of people; an office's own (.go.id) is public."""
    at = text.find("@")
    while at >= 0:
        local = _LOCAL.search(text[max(0, at - 64) : at])
        domain = _DOMAIN.match(text, at + 1, at + 256)
        if local and domain:
            name = domain.group().rstrip("-")
            last = name.rpartition(".")[2]
            if last.isalpha() and len(last) > 1 and not name.lower().endswith(_OFFICIAL):
                start, end = at - len(local.group()), at + 1 + len(name)
                yield Finding(FindingKind.EMAIL, start, end, text[start:end])
        at = text.find("@", at + 1)
    yield from _spoken_emails(text)


def _spoken_emails(text: str) -> Iterator[Finding]:
    """Addresses at the great providers with their signs as words, or left out: nur at gmail titik com, nur@gmailcom."""
    for match in _PROVIDER.finditer(text):
        sign = _SPOKEN_AT.search(text[max(0, match.start() - 80) : match.start()])
        if sign and (match[1] or "@" in sign.group()):
            start = max(0, match.start() - 80) + sign.start(1)
            yield Finding(FindingKind.EMAIL, start, match.end(), text[start : match.end()])


def plate_findings(text: str) -> Iterator[Finding]:
    """Vehicle numbers of real regions, and passports behind their word."""
    for match in _PLATE.finditer(text):
        if _is_plate(text, match):
            yield Finding(FindingKind.PLATE, match.start(), match.end(), match.group())
    for match in _PASSPORT.finditer(text):
        if _PASSPORT_WORD.search(before(text, match.start(), 30)):
            yield Finding(FindingKind.PASSPORT, match.start(), match.end(), match.group())


def _is_plate(text: str, match: re.Match[str]) -> bool:
    region, _gap, digits, series = match.groups()
    near = before(text, match.start(), 35)
    if region.upper() not in PLATES or (series or "").upper() in _NO_SERIES or _PLACE.search(near):
        return False
    if series is None:
        return bool(_NUMBERED.search(near))
    if _VEHICLE.search(near):
        return True
    return region.isupper() and series.isupper() and len(digits) >= 3
