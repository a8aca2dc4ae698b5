"""The door of what was written: for the people who handle a report, each time written down, and for its reporter."""

from __future__ import annotations

from feedback.audit.actions import record
from feedback.kernel.actor import Actor
from feedback.kernel.clock import utc_now
from feedback.kernel.errors import NotFound
from feedback.storage.session import transaction
from feedback.tickets.queries.detail import TicketPage
from feedback.tickets.queries.originals import Originals, originals_of, originals_of_reporter


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
    return originals_of_reporter(page.id)
