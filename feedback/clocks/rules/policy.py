"""Which clocks run for which ticket, how long, and by which rule: dated data, chosen by explicit rank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from feedback.clocks.rules.due import Amount, Unit
from feedback.kernel.errors import Invalid
from feedback.kernel.text import mark


class ClockKind(StrEnum):
    """What a clock measures (DOMAIN.md 4): citizen clocks, legal clocks, reporter clocks, and holding by a unit."""

    VERIFY = "verify"
    FIRST_RESPONSE = "first_response"
    RESOLVE = "resolve"
    UU25_COMPLETENESS = "uu25_completeness"
    UU25_DECISION = "uu25_decision"
    KIP_ANSWER = "kip_answer"
    COMPLETION = "completion"
    CONFIRMATION = "confirmation"
    HOLDING = "holding"


class Starts(StrEnum):
    """The happening a clock starts at."""

    RECEIVED = "received"
    VERIFIED = "verified"
    ASSIGNED = "assigned"
    DECLARED_COMPLETE = "declared_complete"
    ASKED = "asked"
    ANSWERED = "answered"


class Certainty(StrEnum):
    """How sure a rule is: read in the law, from a second source, or our own decision."""

    LAW = "A"
    SECONDARY = "B"
    OWN = "D"


# Promised to the citizen at once or fixed by law: these never stand still (rule 6).
NEVER_PAUSED = frozenset(
    {
        ClockKind.VERIFY,
        ClockKind.FIRST_RESPONSE,
        ClockKind.UU25_COMPLETENESS,
        ClockKind.UU25_DECISION,
        ClockKind.KIP_ANSWER,
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the policy table.

    ``ticket_kind`` and ``grade`` None match every ticket; ``amount`` None is a stopwatch without a deadline. The
    smallest ``rank`` that matches wins, so a local rule ranks before the legal default. In force from ``valid_from``
    until the day before ``valid_until``. ``version_id`` is the stored row, None for a rule read from a file.
    """

    code: str
    clock: ClockKind
    ticket_kind: str | None
    grade: str | None
    amount: Amount | None
    extension: int
    starts_at: Starts
    pausable: bool
    rank: int
    source: str
    certainty: Certainty
    valid_from: date
    valid_until: date | None = None
    version_id: int | None = None

    def __post_init__(self) -> None:
        if self.pausable and self.clock in NEVER_PAUSED:
            raise Invalid(mark("Tenggat ini tidak boleh dijeda."), field="pausable")
        if self.amount is not None and self.amount.number < 1:
            raise Invalid(mark("Tenggat harus paling sedikit satu."), field="amount")

    def matches(self, ticket_kind: str, grade: str | None, on: date) -> bool:
        """Whether the rule speaks of such a ticket on that date."""
        return self.in_force(on) and self.ticket_kind in (None, ticket_kind) and self.grade in (None, grade)

    def in_force(self, on: date) -> bool:
        """Whether the rule has begun and not ended on a local date."""
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


def rules_on(rules: Iterable[Rule], on: date) -> tuple[Rule, ...]:
    """The rules in force on a local date: of several versions of one policy, given newest first, the newest begun."""
    newest: dict[str, Rule] = {}
    for rule in rules:
        if rule.valid_from <= on:
            newest.setdefault(rule.code, rule)
    return tuple(rule for rule in newest.values() if rule.in_force(on))


def rules_for(rules: Iterable[Rule], *, ticket_kind: str, grade: str | None, on: date) -> dict[ClockKind, Rule]:
    """The rule of each clock that runs for such a ticket on a local date; a clock without a rule does not run."""
    chosen: dict[ClockKind, Rule] = {}
    for rule in sorted(rules_on(rules, on), key=lambda each: (each.rank, each.code)):
        if rule.matches(ticket_kind, grade, on):
            chosen.setdefault(rule.clock, rule)
    return chosen


def parse_rule(row: Mapping[str, str]) -> Rule:
    """A rule from a row of ``policies.csv``; anything malformed is ``Invalid``."""
    try:
        return Rule(
            code=row["code"],
            clock=ClockKind(row["clock"]),
            ticket_kind=row["ticket_kind"] or None,
            grade=row["grade"] or None,
            amount=Amount(int(row["amount"]), Unit(row["unit"])) if row["amount"] else None,
            extension=int(row["extension"] or 0),
            starts_at=Starts(row["starts_at"]),
            pausable=row["pausable"] == "yes",
            rank=int(row["rank"]),
            source=row["source"],
            certainty=Certainty(row["certainty"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_until=date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
        )
    except (KeyError, ValueError):
        raise Invalid(mark("Aturan tenggat tidak dapat dibaca."), field="rule") from None
