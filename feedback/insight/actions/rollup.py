"""Brings the stored figures up to date: what a changed report was counted as goes out, what it is now goes in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, insert, select, update

from feedback.insight.models import FigureCell, FigureFact, FigureState
from feedback.insight.queries.facts import facts
from feedback.insight.queries.rollup import changed_since, fact_of, state, tree_mark, unit_lines
from feedback.insight.rules.facts import CellKey, Fact, Part, additions, stored_cells
from feedback.insight.rules.lanes import LAYOUT, Amounts, add, packed, unpacked
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket, TicketCycle, TicketEvent

BATCH = 40_000
# Tables, because the mapper sends rows with and without an empty column one by one.
_FACT: Table = FigureFact.__table__  # type: ignore[assignment]
_CELL: Table = FigureCell.__table__  # type: ignore[assignment]
_MOST_KEYS = 500
Progress = Callable[[int, int], None]


def refresh(now: datetime) -> int:
    """Bring the cells up to date with every event so far; returns how many reports were looked at.

    Makes them anew when there are none, or none that this version can read.
    """
    until, tree = tree_mark()  # first: a unit moved from here on is noticed the next time
    known = state()
    if known is None:
        return rebuild(now)
    newest = _newest_event()
    if newest <= known.last_event_id:
        return 0
    with transaction():
        changed = sorted(changed_since(known.last_event_id))
        for start in range(0, len(changed), _MOST_KEYS):
            _replace(changed[start : start + _MOST_KEYS], now)
        # Taken before the rows were read: what came meanwhile is looked at again next time.
        done = {"last_event_id": newest, "refreshed_at": now, "units_until": until, "tree": tree}
        db.session.execute(update(FigureState).values(done))
    return len(changed)


def rebuild(now: datetime, *, since: date | None = None, progress: Progress = lambda _done, _total: None) -> int:
    """Count everything anew, or only reports received since a date (UTC); returns how many reports were counted.

    While everything is counted anew nothing is read from the cells: the board is slower, and right.
    """
    if since is not None and state() is not None:
        received = Ticket.received_at >= datetime.combine(since, time.min, now.tzinfo)
        return _in_batches(received, now, progress)
    with transaction():
        newest = _newest_event()
        until, tree = tree_mark()
        for table in (FigureState, FigureCell, FigureFact):
            db.session.execute(delete(table))
    count = _in_batches(Ticket.id > 0, now, progress)
    with transaction():
        row = {"id": 1, "layout": LAYOUT, "last_event_id": newest, "built_at": now, "refreshed_at": now}
        db.session.execute(delete(FigureState))
        places = {"units_until": until, "tree": tree}
        db.session.execute(insert(FigureState).values({**row, **places, "wrong": 0, "wrong_text": ""}))
    return count


def _newest_event() -> int:
    return db.session.scalar(select(func.max(TicketEvent.id))) or 0


def _in_batches(which: ColumnElement[bool], now: datetime, progress: Progress) -> int:
    """Tickets in the order they were received, so that a batch has few months to add to."""
    ids = db.session.scalars(select(Ticket.id).where(which).order_by(Ticket.received_at, Ticket.id)).all()
    for start in range(0, len(ids), BATCH):
        with transaction():
            _replace(ids[start : start + BATCH], now)
        progress(min(start + BATCH, len(ids)), len(ids))
    return len(ids)


def _replace(ticket_ids: Sequence[int], now: datetime) -> None:
    """Take out what these reports were counted as and put in what they are, if they are settled."""
    changes: dict[CellKey, Amounts] = {}
    for start in range(0, len(ticket_ids), _MOST_KEYS):
        some = ticket_ids[start : start + _MOST_KEYS]
        old = db.session.execute(select(*FigureFact.__table__.c).where(FigureFact.ticket_id.in_(some))).all()
        for row in old:
            _note(changes, fact_of(row), -1)
        if old:
            db.session.execute(delete(FigureFact).where(FigureFact.ticket_id.in_(some)))
        new = facts(TicketCycle.ticket_id.in_(some) & Ticket.is_open.is_(False), now)
        for fact in new:
            _note(changes, fact, 1)
        if new:
            db.session.execute(insert(_FACT), [_fact_row(fact) for fact in new])
    changed = {key: lanes for key, lanes in changes.items() if any(lanes.values())}
    _write(stored_cells(changed, unit_lines()))


def _note(changes: dict[CellKey, Amounts], fact: Fact, sign: int) -> None:
    for key, amounts in additions(fact):
        add(changes.setdefault(key, {}), amounts.items(), sign)


def _write(changes: dict[CellKey, Amounts]) -> None:
    keys = list(changes)
    for start in range(0, len(keys), _MOST_KEYS):
        some = {key.text: key for key in keys[start : start + _MOST_KEYS]}
        there = select(FigureCell.key, FigureCell.lanes).where(FigureCell.key.in_(some))
        before = {key: unpacked(lanes) for key, lanes in db.session.execute(there).tuples()}
        if before:
            db.session.execute(delete(FigureCell).where(FigureCell.key.in_(before)))
        for text, lanes in before.items():
            add(changes[some[text]], lanes)
        rows = [_cell_row(text, key, changes[key]) for text, key in some.items() if any(changes[key].values())]
        if rows:
            db.session.execute(insert(_CELL), rows)


def _cell_row(text: str, key: CellKey, whole: Amounts) -> dict[str, Any]:
    return {"key": text, **key._asdict(), "lanes": packed(whole)}


def _fact_row(fact: Fact) -> dict[str, Any]:
    return {
        "cycle_id": fact.cycle_id,
        "ticket_id": fact.ticket_id,
        "unit_id": fact.unit_id,
        "confidential": fact.confidential,
        "delicate": fact.delicate,
        "received_on": fact.received_on,
        "answered_on": fact.answered_on,
        "amounts": list(fact.amounts.items()),
        "parts": [_part(each) for each in fact.parts],
    }


def _part(part: Part) -> list[Any]:
    return [part.dimension, part.value, None if part.amounts is None else list(part.amounts.items())]
