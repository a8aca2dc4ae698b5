"""The door of what was written: for the people who handle a report, each time written down, and for its reporter."""

from __future__ import annotations

from dataclasses import replace

from feedback.audit.actions import record
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import NotFound
from feedback.storage.session import transaction
from feedback.tickets.queries.detail import TicketPage
from feedback.tickets.queries.originals import Originals, originals_of


def read_originals(page: TicketPage, actor: Actor) -> Originals:
    """What was masked in a report. Raises NotFound for anybody but its officials and its reporter.

    The reporter reads their own words and what officials entrusted to them; officials' masked words stay so.
    """
    if not page.has_original or not (page.is_official or page.is_reporter):
        raise NotFound
    if page.is_official:
        with transaction():
            record("ticket.original_read", actor_id=actor.person_id, subject=f"ticket:{page.id}", at=utc_now())
        return originals_of(page.id)
    found = originals_of(page.id)
    own = tuple(replace(one, words=None) if one.by_staff else one for one in found.events)
    return replace(found, title=None, events=tuple(one for one in own if one.words or one.entrusted))
