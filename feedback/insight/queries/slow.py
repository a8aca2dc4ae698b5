"""The slowest tenth: how slow, how many, and which way costs least to find them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select

from feedback.insight.queries.cohort import SPENT, Way, cohort, slower_than, units_below
from feedback.insight.queries.rollup import totals
from feedback.insight.rules.buckets import bucket_of
from feedback.insight.rules.figures import Reach
from feedback.insight.rules.lanes import MINUTE_BOUNDS, MINUTE_LANE, Timed, together
from feedback.insight.rules.measures import Measure
from feedback.insight.rules.scope import Scope
from feedback.insight.rules.spread import spread_of
from feedback.kernel.actor import Actor
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle

TIMED = {
    Measure.VERIFY_SLOW: Timed.VERIFY,
    Measure.FIRST_RESPONSE_SLOW: Timed.FIRST_RESPONSE,
    Measure.RESOLUTION_SLOW: Timed.RESOLUTION,
}
# So many rounds are enough of all that a page of them is soon found among the longest; fewer are looked at one by one.
MANY = 5000


@dataclass(frozen=True, slots=True)
class Slow:
    """What is slower than the 90th percentile, which is the figure of the board, in working minutes.

    ``many``: the scope has many rounds. ``above``: how many took longer than any in the percentile's bucket, which ends
    before ``until``; None for the last bucket.
    """

    measure: Measure
    limit: float | None
    many: bool
    above: int
    until: int | None

    @property
    def way(self) -> Way:
        """How its rows are found: from the longest down, or among all of the scope."""
        return Way.LENGTH if self.many and self.measure in SPENT else Way.UNIT

    @property
    def condition(self) -> ColumnElement[bool]:
        """The rows that are slower."""
        return slower_than(self.measure, self.limit)


def slow_tenth(measure: Measure, scope: Scope, actor: Actor) -> Slow:
    """What is slow in a scope; the limit is None without any times."""
    below = units_below(scope.unit) if scope.reach is Reach.SUBTREE else (scope.unit,)
    first = MINUTE_LANE[TIMED[measure]]
    times = together(list(totals(scope, below, actor).values()))[first : first + len(MINUTE_BOUNDS)]
    found = spread_of(times, MINUTE_BOUNDS)
    if found.p90 is None:
        return Slow(measure, None, many=False, above=0, until=None)
    after = bucket_of(int(found.p90), MINUTE_BOUNDS) + 1
    until = MINUTE_BOUNDS[after] if after < len(MINUTE_BOUNDS) else None
    return Slow(measure, found.p90, many=found.n >= MANY, above=sum(times[after:]), until=until)


def count_slow(slow: Slow, scope: Scope, actor: Actor) -> int:
    """How many rounds are slower; of many only those in the bucket of the percentile are looked at."""
    rounds = select(func.count()).select_from(TicketCycle).join(Ticket, Ticket.id == TicketCycle.ticket_id)
    wanted = and_(cohort(scope, actor, slow.way), slow.condition)
    if slow.way is Way.UNIT or slow.until is None:
        return db.session.execute(rounds.where(wanted)).scalar_one()
    here = rounds.where(wanted, SPENT[slow.measure] < slow.until)
    return slow.above + db.session.execute(here).scalar_one()
