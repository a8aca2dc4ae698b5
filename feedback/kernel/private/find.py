"""Find private data in a text; each step looks at a bounded stretch around a sign, so the cost is linear."""

from __future__ import annotations

from feedback.kernel.private.contacts import email_findings, plate_findings
from feedback.kernel.private.digits import Group, Number, groups_of
from feedback.kernel.private.disguise import View, for_addresses, views_of
from feedback.kernel.private.numbers import account, card, may_have_accounts, phone
from feedback.kernel.private.words import Finding, FindingKind, mask


def find(text: str) -> tuple[Finding, ...]:
    """Everything private that can be told by its shape, in the order of the text; findings never overlap."""
    found: list[Finding] = []
    others: list[Finding] = []
    for view in views_of(text):
        spelled = for_addresses(view)
        found += [_placed(text, view, one) for one in _numbers(view.text)]
        others += [_placed(text, spelled, one) for one in email_findings(spelled.text)]
        others += [_placed(text, view, one) for one in plate_findings(view.text)]
    others.sort(key=lambda one: (one.start, -one.end))
    return _without_overlaps(found, others) if found else tuple(_apart(others))


def _placed(text: str, view: View, one: Finding) -> Finding:
    """A finding of the view where it stands in the text."""
    start, end = view.place(one.start, one.end)
    return Finding(one.kind, start, end, text[start:end])


def has_any(text: str) -> bool:
    """Whether there is anything private in it."""
    return bool(find(text))


def masked(text: str) -> str:
    """The text with everything private in it masked."""
    for one in reversed(find(text)):
        text = text[: one.start] + mask(one) + text[one.end :]
    return text


def _numbers(text: str) -> list[Finding]:
    groups, accounts = groups_of(text), may_have_accounts(text)
    found: list[Finding] = []
    index = 0
    while index < len(groups):
        one = _number_at(text, groups, index, accounts=accounts)
        if one is None:
            index += 1
            continue
        kind, number = one
        found.append(_finding(text, kind, number))
        index += number.count
    return found


def _number_at(
    text: str, groups: list[Group], index: int, *, accounts: bool
) -> tuple[FindingKind, Number] | None:
    found = card(text, groups, index) or phone(text, groups, index)
    return found or (account(text, groups, index) if accounts else None)


def _finding(text: str, kind: FindingKind, number: Number) -> Finding:
    """With the plus in front of it, and the bracket around its area code."""
    start = number.start - (text[max(0, number.start - 1) : number.start] == "+")
    if ")" in text[start : number.end] and text[max(0, start - 1) : start] == "(":
        start -= 1
    return Finding(kind, start, number.end, text[start : number.end])


def _apart(findings: list[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for one in findings:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _without_overlaps(first: list[Finding], others: list[Finding]) -> tuple[Finding, ...]:
    """An address holds the numbers in it; a vehicle's number gives way to any other."""
    emails = [one for one in others if one.kind is FindingKind.EMAIL]
    plates = [one for one in others if one.kind is not FindingKind.EMAIL]
    rank = {id(one): place for place, group in enumerate((emails, first, plates)) for one in group}
    ordered = sorted((*emails, *first, *plates), key=lambda one: (one.start, rank[id(one)], -one.end))
    kept: list[Finding] = []
    for one in ordered:
        while kept and kept[-1].end > one.start and rank[id(one)] < rank[id(kept[-1])]:
            kept.pop()
        if not kept or kept[-1].end <= one.start:
            kept.append(one)
    return tuple(kept)
