"""Requests as their makers and as administrators see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, func, or_, select, tuple_

from feedback.kernel.errors import NotFound
from feedback.kernel.paging import Page, page_of, read_cursor, write_cursor
from feedback.people.models import Person
from feedback.rights.models import DataCopy, RightsRequest
from feedback.rights.rules import RequestState, RightsKind
from feedback.storage.session import db
from feedback.tickets.models import Ticket

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request; ``number`` is of a report, ``email`` of an account."""

    id: int
    kind: RightsKind
    state: RequestState
    requested_at: datetime
    due_at: datetime
    done_at: datetime | None
    words: str
    answer: str
    erase_words: bool
    number: str | None
    email: str | None
    locale: str
    copy_until: datetime | None
    person_id: int | None
    ticket_id: int | None
    # Of an anonymous or confidential report nobody but its reporter learns the hour.
    is_sealed: bool


def _lines() -> Select[Any]:
    return (
        select(
            RightsRequest.id, RightsRequest.kind, RightsRequest.state, RightsRequest.requested_at, RightsRequest.due_at,
            RightsRequest.done_at, RightsRequest.words, RightsRequest.answer, RightsRequest.erase_words, Ticket.number,
            Person.email, func.coalesce(Person.locale, Ticket.locale), DataCopy.until, RightsRequest.person_id,
            RightsRequest.ticket_id, func.coalesce(or_(Ticket.anonymous, Ticket.confidential), false()),
        )
        .outerjoin(Person, Person.id == RightsRequest.person_id)
        .outerjoin(Ticket, Ticket.id == RightsRequest.ticket_id)
        .outerjoin(DataCopy, DataCopy.request_id == RightsRequest.id)
    )  # fmt: skip


def _line(row: Sequence[Any]) -> RequestLine:
    return RequestLine(row[0], RightsKind(row[1]), RequestState(row[2]), *row[3:])


def requests_of(*, person_id: int | None = None, ticket_id: int | None = None, limit: int = 30) -> list[RequestLine]:
    """The newest requests about an account or a report."""
    mine = RightsRequest.person_id == person_id if person_id is not None else RightsRequest.ticket_id == ticket_id
    rows = db.session.execute(_lines().where(mine).order_by(RightsRequest.id.desc()).limit(limit))
    return [_line(row) for row in rows]


def request_line(request_id: int) -> RequestLine | None:
    """One request."""
    row = db.session.execute(_lines().where(RightsRequest.id == request_id)).first()
    return None if row is None else _line(row)


def open_requests(after: str | None, before: str | None) -> Page[RequestLine]:
    """What waits for an answer, the nearest deadline first."""
    key = tuple_(RightsRequest.due_at, RightsRequest.id)
    statement = _lines().where(RightsRequest.state == RequestState.OPEN)
    back, on = _cursor(before), _cursor(after)
    if back is not None:
        statement = statement.where(key < back).order_by(RightsRequest.due_at.desc(), RightsRequest.id.desc())
    else:
        statement = statement.order_by(RightsRequest.due_at, RightsRequest.id)
        statement = statement if on is None else statement.where(key > on)
    rows = [_line(row) for row in db.session.execute(statement.limit(PAGE_SIZE + 1))]
    return page_of(
        rows,
        PAGE_SIZE,
        lambda row: write_cursor(row.due_at.isoformat(), row.id),
        backwards=back is not None,
        has_cursor=on is not None or back is not None,
    )


def _cursor(text: str | None) -> tuple[datetime, int] | None:
    values = read_cursor(text, (str, int))
    try:
        at = datetime.fromisoformat(str(values[0])) if values else None
    except ValueError:
        return None
    return (at, int(values[1])) if values and at and at.tzinfo else None


def waiting(now: datetime) -> tuple[int, int]:
    """How many requests wait, and how many of them are overdue."""
    is_open = RightsRequest.state == RequestState.OPEN
    late = func.count().filter(RightsRequest.due_at <= now)
    row = db.session.execute(select(func.count(), late).select_from(RightsRequest).where(is_open)).one()
    return row[0], row[1]


def copy_of(request_id: int, now: datetime, *, person_id: int | None = None, ticket_id: int | None = None) -> bytes:
    """The zip of a request of theirs. Raises NotFound for anybody else's and for one past its days."""
    mine = RightsRequest.person_id == person_id if person_id is not None else RightsRequest.ticket_id == ticket_id
    statement = select(DataCopy.content).join(RightsRequest, RightsRequest.id == DataCopy.request_id)
    found = db.session.scalar(statement.where(DataCopy.request_id == request_id, mine, DataCopy.until > now))
    if found is None:
        raise NotFound
    return found
