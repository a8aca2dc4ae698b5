"""What can be found, what it is called, and how it looks when it is masked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from feedback.kernel.text import mark

DOT = "•"


class FindingKind(StrEnum):
    """A sort of private data that can be told by its shape."""

    NIK = "nik"
    FAMILY_CARD = "family_card"
    PHONE = "phone"
    EMAIL = "email"
    PLATE = "plate"
    BANK_ACCOUNT = "bank_account"
    PASSPORT = "passport"
    BPJS = "bpjs"


KIND_LABELS = {
    FindingKind.NIK: mark("NIK"),
    FindingKind.FAMILY_CARD: mark("nomor kartu keluarga"),
    FindingKind.PHONE: mark("nomor telepon"),
    FindingKind.EMAIL: mark("alamat surel"),
    FindingKind.PLATE: mark("nomor kendaraan"),
    FindingKind.BANK_ACCOUNT: mark("nomor rekening"),
    FindingKind.PASSPORT: mark("nomor paspor"),
    FindingKind.BPJS: mark("nomor BPJS"),
}


_OF_DIGITS = (
    FindingKind.NIK, FindingKind.FAMILY_CARD, FindingKind.PHONE, FindingKind.BANK_ACCOUNT, FindingKind.BPJS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of private data: what it is, where it stands in the text, and its words as written there."""

    kind: FindingKind
    start: int
    end: int
    words: str


def mask(finding: Finding) -> str:
    """The words of a finding with dots for what identifies: 08••••••••12. A masked text has nothing to find."""
    if finding.kind is FindingKind.EMAIL:
        return f"{finding.words[0]}{DOT * 3}@{DOT * 3}"
    if "<" in finding.words or "&" in finding.words:
        return DOT * 8  # tags and entities go with what they stand in
    if finding.kind in _OF_DIGITS and any(sign.isalpha() and sign not in "OoIl" for sign in finding.words):
        return DOT * 8  # spelled: the lengths of the words would tell the digits
    signs = [index for index, sign in enumerate(finding.words) if sign.isalnum()]
    last = 0 if finding.kind is FindingKind.PLATE else 2
    shown = {*signs[:2], *signs[len(signs) - last :]} if last else {*signs[: _letters(finding.words)]}
    return "".join(DOT if sign.isalnum() and index not in shown else sign for index, sign in enumerate(finding.words))


def _letters(words: str) -> int:
    """How many letters a vehicle number begins with: the region, which says little."""
    return next((index for index, sign in enumerate(words) if not sign.isalpha()), 1)
