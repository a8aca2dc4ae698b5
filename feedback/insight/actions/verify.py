"""Compares the stored figures with the rows they were made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from feedback.insight.actions.rollup import refresh
from feedback.insight.models import FigureCell, FigureFact, FigureState
from feedback.insight.queries.facts import facts
from feedback.insight.queries.rollup import changed_since, fact_of, state, unit_lines
from feedback.insight.rules.facts import CellKey, additions, stored_cells
from feedback.insight.rules.lanes import Amounts, add, unpacked
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket, TicketCycle

_PORTION = 2000
_NAMED = 5
# Sums over all days and values: by dimension, basis and unit are enough to find what does not add up.
_ANY = {"d": "d2000-01-01", "m": "m2000-01"}
Sums = dict[CellKey, Amounts]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many rounds were compared, and what was wrong in words, the first few of it."""

    rounds: int
    wrong: tuple[str, ...]

    @property
    def text(self) -> str:
        """The first few faults in one line."""
        return "; ".join(self.wrong[:_NAMED])


def verify(now: datetime) -> Verdict:
    """Count every settled round again and compare: first the facts with the rows, then the cells with the facts.

    Reports that change meanwhile are left out of the comparison. The result is kept for administrators.
    """
    refresh(now)
    known = state()
    assert known is not None
    changed = changed_since(known.last_event_id)
    wrong: list[str] = []
    sums: Sums = defaultdict(dict)
    rounds, last = 0, db.session.scalar(select(func.max(TicketCycle.id))) or 0
    for start in range(0, last, _PORTION):
        rounds += _compare_facts(start, changed, now, wrong=wrong, sums=sums)
    wrong += _compare_cells(sums)
    verdict = Verdict(rounds, tuple(wrong))
    keep_verdict(verdict, now)
    return verdict


def keep_verdict(verdict: Verdict, now: datetime) -> None:
    """Store what a comparison found, for the board and for administrators."""
    with transaction():
        found = {"checked_at": now, "wrong": len(verdict.wrong), "wrong_text": verdict.text}
        db.session.execute(update(FigureState).values(found))


def _compare_facts(start: int, changed: Collection[int], now: datetime, *, wrong: list[str], sums: Sums) -> int:
    portion = (TicketCycle.id > start) & (TicketCycle.id <= start + _PORTION)
    counted = {fact.cycle_id: fact for fact in facts(portion & Ticket.is_open.is_(False), now)}
    rows = select(*FigureFact.__table__.c).where(FigureFact.cycle_id > start, FigureFact.cycle_id <= start + _PORTION)
    stored = {row.cycle_id: fact_of(row) for row in db.session.execute(rows)}
    for fact in stored.values():
        for key, amounts in additions(fact):
            add(sums[key._replace(span=_ANY[key.span[0]], value="", confidential=False)], amounts.items())
    for cycle_id in sorted(counted.keys() | stored.keys()):
        one, other = counted.get(cycle_id), stored.get(cycle_id)
        either = one or other
        if one != other and either is not None and either.ticket_id not in changed:
            wrong.append(f"round {cycle_id} of report {either.ticket_id} is not counted as it is")
    return len(counted)


def _compare_cells(sums: Sums) -> list[str]:
    wanted = {_kind_of(*key[:5]): amounts for key, amounts in stored_cells(sums, unit_lines()).items()}
    found: dict[tuple[str, ...], Amounts] = defaultdict(dict)
    cell = FigureCell
    columns = (cell.dimension, cell.basis, cell.span, cell.unit_id, cell.reach, cell.lanes)
    rows = db.session.execute(select(*columns).execution_options(yield_per=1000))
    for *where, lanes in rows:
        add(found[_kind_of(*where)], unpacked(lanes))
    return [
        f"cells {'/'.join(key)} do not add up"
        for key in sorted(wanted.keys() | found.keys())
        if wanted.get(key, {}) != found.get(key, {})
    ]


def _kind_of(dimension: str, basis: str, span: str, unit_id: int, reach: str) -> tuple[str, ...]:
    return str(dimension), str(basis), span[0], str(unit_id), str(reach)
