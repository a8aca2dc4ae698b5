"""Codes that real numbers begin with: provinces of a NIK, area codes of telephones, regions of vehicle numbers."""

from __future__ import annotations

# Kemendagri codes of the 38 provinces.
_PROVINCES = (
    "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 64 65 71 72 73 74 75 76 81 82 91 92 93 94 95 96"
)
PROVINCES = frozenset(_PROVINCES.split())

# First three digits of an area code, and the fourth digits in use behind them; short codes stand alone.
_SHORT = ("021", "022", "024", "031", "061")
_LONG = {
    "023": "1234", "025": "12347", "026": "01234567", "027": "123456", "028": "012345679", "029": "12345678",
    "032": "12345678", "033": "1234568", "034": "123", "035": "12345678", "036": "123568", "037": "012346",
    "038": "0123456789", "040": "1234568", "041": "01347889", "042": "0123678", "043": "01234578", "044": "35",
    "045": "0123478", "046": "12345", "047": "1345", "048": "1245", "051": "123789", "052": "25678", "053": "12456789",
    "054": "123589", "055": "12346", "056": "1234578", "062": "0123456789", "063": "0123456789", "064": "123456",
    "065": "0123456789", "070": "2", "071": "123456789", "072": "123456789", "073": "0123456789", "074": "012345678",
    "075": "12345679", "076": "0123456789", "077": "1236789", "090": "12", "091": "01345678", "092": "0123479",
    "093": "1", "095": "12567", "096": "679", "097": "15", "098": "013456",
}  # fmt: skip
AREA_CODES = frozenset((*_SHORT, *(code + digit for code, digits in _LONG.items() for digit in digits)))

# Letters in front of a vehicle number, by the police regions that give them out.
_PLATES = (
    "A AA AB AD AE AG B BA BB BD BE BG BH BK BL BM BN BP D DA DB DC DD DE DG DH DK DL DM DN DP DR DT DW E EA EB ED "
    "F G H K KB KH KT KU L M N P PA PB PG PS PT PY R S T W Z"
)
PLATES = frozenset(_PLATES.split())
