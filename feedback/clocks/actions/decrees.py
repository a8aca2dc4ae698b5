"""A decree closes dates: calendars get new versions, and the clocks that run are counted again (rules 8 and 12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback.clocks.actions.changes import publish_at_once
from feedback.clocks.actions.drafts import draft_calendars
from feedback.clocks.queries.proposals import propose_holidays
from feedback.clocks.rules.holidays import Holiday
from feedback.storage.session import transaction


@dataclass(frozen=True, slots=True)
class Recount:
    """What a decree changed: keys of calendars, tickets whose deadlines moved, breaches now excused."""

    calendars: tuple[str, ...]
    ticket_ids: tuple[int, ...]
    excused_clock_ids: tuple[int, ...]


def decree_holidays(*, holidays: Sequence[Holiday], at: datetime) -> Recount:
    """Add closed dates to every calendar at once, without a second person; saying the same again changes nothing.

    They replace the undecreed dates of their years. A breach stays; where the new dates would have avoided it, it is
    excused. Whoever keeps a ticket's next deadline beside the ticket refreshes it for the tickets returned.
    """
    with transaction():
        proposals = propose_holidays(holidays, whole_years=False)
        if not proposals:
            return Recount((), (), ())
        title = ", ".join(sorted({each.decree for each in holidays}))[:200]
        change_id = draft_calendars(title=title, reason="", proposals=proposals, by_id=None, at=at)
        done = publish_at_once(change_id=change_id, at=at)
    keys = tuple(sorted({each.key for each in proposals}))
    return Recount(keys, done.ticket_ids, done.excused_clock_ids)
