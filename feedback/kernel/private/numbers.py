"""Numbers of people by their structure: NIK and family card, telephone, and with a word before them accounts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from feedback.kernel.private.digits import ALONE, Group, Number, in_pieces, numbers_from, written_alike
from feedback.kernel.private.places import AREA_CODES, PROVINCES
from feedback.kernel.private.words import FindingKind

_CARD_LENGTH = 16
_WOMEN = 40  # a woman's day of birth is written with forty added
_NEAR = 40
_FAMILY = re.compile(r"\b(?:kk|kartu keluarga)\b")
_MONEY_BEFORE = re.compile(r"(?:\brp|\bidr|\$)[ .]{0,2}$")
_MONEY_AFTER = re.compile(r"(?:,-|,\d\d\b| ?(?:rupiah|ribu|rb|juta|jt|miliar|milyar|triliun)\b)")
_TICKET = re.compile(r"\bmb-(?:[0-9a-z]{4}-)?$")
_ACCOUNT = re.compile(r"\b(?:rekening|norek|no\.? ?rek|rek)\b")
_METERED = re.compile(r"\b(?:rekening|rek)\.? (?:listrik|air|pdam|pln|pam|telepon|telpon|wifi|indihome)\b")
_BANK = re.compile(
    r"\b(?:b\.?c\.?a|b\.?r\.?i|bni|btn|bsi|bjb|cimb|danamon|permata|panin|ocbc|maybank|seabank|jenius|"
    r"bank [a-z]{2,15})\b"
)
_SENT = re.compile(r"\b(?:transfer|tf|kirim|setor|bayar)(?:kan)? ke (?:nomor |no\.? ?)?$")
_SENT_ANYWHERE = re.compile(r"\b(?:transfer|tf|kirim|setor|bayar)(?:kan)? ke |\bmandiri\b")
_BPJS = re.compile(r"\b(?:bpjs|jkn|kis)\b")
_LABEL_WORDS = (
    "nik ktp kk wa hp no nomor nomer tel telp tlp telepon telpon phone hub hubungi kontak whatsapp sms rek norek "
    "an ya yg dan atau"
)
_LABELS = frozenset(_LABEL_WORDS.split())
_LETTERS_BEFORE = re.compile(r"[^\W\d_]{1,8}$")
_LETTERS_BEHIND = re.compile(r"[^\W\d_]{1,8}")
_PHONE = re.compile(r"\b(?:wa|hp|telp?|tlp|telepon|telpon|whatsapp|hub|hubungi|kontak|sms)\b[^\n\d]{0,6}$")
_BANK_BEHIND = re.compile(
    r" {0,2}[(,]? {0,2}(?:(?:a\.? ?/?n\.?|atas nama)\b.{0,20}?)?(?:bank )?\b(?:bca|bri|bni|btn|bsi|mandiri)\b"
)
_LONG_MONTHS = (4, 6, 9, 11)


def card(text: str, groups: Sequence[Group], index: int) -> tuple[FindingKind, Number] | None:
    """A NIK or the number of a family card: region, day (of birth, of issue), month, year, serial."""
    first = groups[index]
    alone = len(first.digits) == 1
    begins = first.digits + _next(groups, index) if alone else first.digits
    if begins[:2] not in PROVINCES or (alone and len(begins) > 2) or _MONEY_BEFORE.search(before(text, first.start, 6)):
        return None
    for number in numbers_from(groups, index, _CARD_LENGTH):
        if len(number.digits) == _CARD_LENGTH and _is_card(number.digits) and _stands_alone(text, number):
            if alone and not in_pieces(groups[index : index + number.count]):
                return None
            women = number.digits[6] >= "4"
            family = not women and _FAMILY.search(before(text, number.start, 25))
            return (FindingKind.FAMILY_CARD if family else FindingKind.NIK), number
    return None


def _is_card(digits: str) -> bool:
    day, month = int(digits[6:8]), int(digits[8:10])
    day = day - _WOMEN if day > _WOMEN else day
    longest = 29 if month == 2 else 30 if month in _LONG_MONTHS else 31
    return (
        digits[2:4] != "00"
        and digits[2] < "8"
        and digits[4:6] != "00"
        and 1 <= month <= 12
        and 1 <= day <= longest
        and len(set(digits)) > 1
    )


def phone(text: str, groups: Sequence[Group], index: int) -> tuple[FindingKind, Number] | None:
    """A mobile or landline number, with 0, 62 or +62 in front; numbers of service centres (0800, 1500) are none."""
    first = groups[index].digits
    plus = text[max(0, groups[index].start - 1) : groups[index].start] == "+"
    if not first.startswith(("0", "62")):
        return _without_zero(text, groups, index)
    if len(first) < 3 and first != "62":
        return _cut_up(text, groups, index)
    best: Number | None = None
    for number in numbers_from(groups, index, 15):
        if best is not None and not _goes_on(best, number):
            break
        if _is_phone(number.digits, first, plus=plus):
            best = number
    if best is None or not _stands_alone(text, best):
        return None
    own = groups[index : index + best.count]
    return None if _is_money(text, best, own) or not _is_written_as_one(best, own) else (FindingKind.PHONE, best)


def _is_written_as_one(number: Number, groups: Sequence[Group]) -> bool:
    """Not pieces of a date or of a letter's number: odd signs stand between all groups, or between none."""
    odd = any(one.gap in ALONE for one in groups[1:])
    return not odd or (number.digits.startswith(("08", "62")) and written_alike(groups))


def _cut_up(text: str, groups: Sequence[Group], index: int) -> tuple[FindingKind, Number] | None:
    """A mobile number written in single digits, in pairs, or behind a lone 08."""
    if not (groups[index].digits + _next(groups, index)).startswith("08"):
        return None
    chain = [groups[index]]
    for one in groups[index + 1 : index + 13]:
        if not one.joined or (len(chain) > 1 and one.gap != chain[1].gap):
            break
        chain.append(one)
    number = Number(chain[0].start, chain[-1].end, "".join(one.digits for one in chain), len(chain))
    whole = _is_mobile(number.digits) and in_pieces(chain) and _stands_alone(text, number)
    return (FindingKind.PHONE, number) if whole else None


def _without_zero(text: str, groups: Sequence[Group], index: int) -> tuple[FindingKind, Number] | None:
    """A mobile number whose zero was left out, behind a word for telephones."""
    if not groups[index].digits.startswith("8") or not _PHONE.search(before(text, groups[index].start, 20)):
        return None
    fitting = [one for one in numbers_from(groups, index, 12) if len(one.digits) >= 9 and _is_mobile("0" + one.digits)]
    return (FindingKind.PHONE, fitting[-1]) if fitting and _stands_alone(text, fitting[-1]) else None


def _goes_on(best: Number, longer: Number) -> bool:
    """Whether another group still belongs to it: not a stray digit behind a number that is whole."""
    added = len(longer.digits) - len(best.digits)
    return added >= 3 or len(best.digits) < 10


def _next(groups: Sequence[Group], index: int) -> str:
    """The digits that go on from a group."""
    following = groups[index + 1] if index + 1 < len(groups) else None
    return following.digits if following is not None and following.joined else ""


def _is_phone(digits: str, first: str, *, plus: bool) -> bool:
    if digits.startswith("0062"):
        digits, plus = digits[2:], True
    if digits.startswith("62"):
        local = digits[2:].removeprefix("0")
        if local.startswith("8"):
            return _is_mobile("0" + local) and (plus or len(local) >= 9)
        return plus and _is_landline("0" + local, "0" + local)
    return _is_mobile(digits) or _is_landline(digits, first)


def _is_mobile(digits: str) -> bool:
    return digits[:2] == "08" and digits[2:3] not in ("0", "4", "6", "") and 10 <= len(digits) <= 13


def _is_landline(digits: str, first: str) -> bool:
    """The area code stands in the first group alone or with what follows; what follows never begins with 0 or 1."""
    for length in (3, 4):
        code, local = digits[:length], digits[length:]
        if code in AREA_CODES and len(first) >= length and 6 <= len(local) <= 8 and local[0] > "1":
            return len(first) == length or len(first) >= length + 3
    return False


def account(text: str, groups: Sequence[Group], index: int) -> tuple[FindingKind, Number] | None:
    """A bank account behind the word or a bank's name, or a BPJS card behind its name."""
    near = before(text, groups[index].start, _NEAR)
    named = _ACCOUNT.search(near) and not _METERED.search(near)
    banked = _BANK.search(near) or _SENT.search(near)
    if not named and not banked and not _BPJS.search(near) and len(groups[index].digits) < 4:
        return None
    number = max(numbers_from(groups, index, _CARD_LENGTH), key=lambda one: len(one.digits), default=None)
    if number is None or not _stands_alone(text, number):
        return None
    banked = banked or _BANK_BEHIND.match(text[number.end : number.end + 45].lower())
    if _is_money(text, number, groups[index : index + number.count]):
        return None
    if _BPJS.search(near) and len(number.digits) == 13 and number.digits.startswith("000"):
        return FindingKind.BPJS, number
    least = 8 if named else 10
    if (named or banked) and least <= len(number.digits) <= _CARD_LENGTH and not _is_date(number.digits):
        return FindingKind.BANK_ACCOUNT, number
    return None


def may_have_accounts(text: str) -> bool:
    """Whether any word in a text could stand beside the number of an account."""
    words = text.lower()
    return any(hint.search(words) for hint in (_ACCOUNT, _BANK, _SENT_ANYWHERE, _BPJS))


def _is_date(digits: str) -> bool:
    """03-12-2022 or 20221203, however written."""
    if len(digits) != 8:
        return False
    written_out = digits[4:6] in ("19", "20") and digits[:2] <= "31"
    return written_out or (digits[:2] == "20" and digits[4:6] <= "12")


def _stands_alone(text: str, number: Number) -> bool:
    """Not the end of a word or of a report's number, and not the front of one."""
    if _TICKET.search(before(text, number.start, 8)):
        return False
    ends = text[max(0, number.start - 1) : number.start] + text[number.end : number.end + 1]
    if not any(sign.isalnum() for sign in ends):
        return True
    before_it = _LETTERS_BEFORE.search(text[max(0, number.start - 9) : number.start])
    behind = _LETTERS_BEHIND.match(text, number.end)
    words = [found.group().lower() for found in (before_it, behind) if found]
    return bool(words) and all(word in _LABELS for word in words)


def _is_money(text: str, number: Number, groups: Sequence[Group]) -> bool:
    behind = text[number.end : number.end + 12].lower()
    if _MONEY_BEFORE.search(before(text, number.start, 6)) or _MONEY_AFTER.match(behind):
        return True
    dots = all(text[one.end : two.start] == "." for one, two in pairwise(groups))
    thousands = all(len(one.digits) == 3 for one in groups[1:]) and len(groups[0].digits) <= 3
    return len(groups) > 1 and dots and thousands and not number.digits.startswith("0")


def before(text: str, start: int, length: int) -> str:
    """What stands in front of a place, in small letters, cut at the line."""
    return text[max(0, start - length) : start].lower().rpartition("\n")[2]
