"""Rows of lists as the components of the templates want them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import format_date, gettext

from feedback.kernel.paging import Page
from feedback.tickets.queries.listing import TicketLine
from feedback.tickets.rules.words import STATE_LABELS
from feedback.web.markup import day


@dataclass(frozen=True, slots=True)
class Card:
    """One ticket for the card component; every text is in the reader's language."""

    number: str
    title_or_excerpt: str
    state: str
    state_label: str
    topic: str | None
    place: str | None
    unit: str
    received_at: str
    due: str | None
    is_overdue: bool
    url: str


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go."""

    href: str
    label: str


@dataclass(frozen=True, slots=True)
class Pager:
    """The neighbours of a page."""

    previous_url: str | None
    next_url: str | None


@dataclass(frozen=True, slots=True)
class Cards:
    """A page of tickets ready to show."""

    rows: tuple[Card, ...] = ()
    pager: Pager = Pager(None, None)


def _without_words(line: TicketLine) -> str:
    """What an unverified ticket is called: its words wait for a coordinator (docs/adr/0001)."""
    about = line.topic or gettext("layanan publik")
    return gettext("Tentang %(topic)s; isinya tampil setelah diverifikasi", topic=about)


def card(line: TicketLine) -> Card:
    """The card of a ticket; without sight of its words it says so instead."""
    return Card(
        number=line.number,
        title_or_excerpt=line.title or line.excerpt or _without_words(line),
        state=line.state,
        state_label=gettext(STATE_LABELS[line.state]),
        topic=line.topic,
        place=line.place,
        unit=line.unit,
        received_at=day(line.received_on),
        due=str(format_date(line.due_on, "d MMM yyyy")) if line.due_on else None,
        is_overdue=line.is_overdue,
        url=url_for("tickets.ticket", number=line.number),
    )


def cards(page: Page[TicketLine], endpoint: str, arguments: dict[str, Any]) -> Cards:
    """The cards of a page, and the addresses of its neighbours with the same filters."""
    return Cards(tuple(card(line) for line in page.rows), neighbours(page, endpoint, arguments))


def neighbours(page: Page[Any], endpoint: str, arguments: dict[str, Any]) -> Pager:
    """The addresses of the pages before and behind this one, with the same filters."""
    newer = url_for(endpoint, **arguments, sebelum=page.previous) if page.previous else None
    older = url_for(endpoint, **arguments, setelah=page.next) if page.next else None
    return Pager(newer, older)
