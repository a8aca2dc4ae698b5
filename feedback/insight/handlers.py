"""What the worker does for the figures: keeps them up to date, compares them every night, sends the month's reports."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import force_locale, format_decimal, gettext

from feedback.insight.actions import (
    end,
    keep_report,
    keep_sent,
    keep_verdict,
    order_reports,
    rebuild,
    refresh,
    verify,
)
from feedback.insight.actions.nightly import post_nightly
from feedback.insight.queries.cohort import watched_units
from feedback.insight.queries.report import Snapshot, report_content, snapshot
from feedback.insight.queries.subscriptions import subscription
from feedback.insight.rules.measures import LABELS, Measure
from feedback.insight.rules.period import Period
from feedback.insight.rules.scope import Scope
from feedback.insight.rules.subscriptions import Ended, month_end, not_mailed
from feedback.insight.rules.untold import FEWEST
from feedback.kernel.clock import utc_now
from feedback.kernel.text import mark
from feedback.notices.handlers.letters import rendered
from feedback.notices.handlers.sending import send
from feedback.people.queries import actor_of, people_by_ids
from feedback.storage.outbox import Job
from feedback.web.markup import day, working_time

LOG = logging.getLogger("feedback.worker")
# 01.00 in Jakarta, 03.00 in Jayapura.
_QUIET = timedelta(hours=18)
TOLD = (Measure.RECEIVED, Measure.ANSWERED, Measure.OPEN, Measure.OVERDUE, Measure.ON_TIME, Measure.LATE)
FIRST, RESOLVED = mark("Tanggapan pertama"), mark("Penyelesaian, tanpa masa tunda")


def check_figures(_job: Job) -> None:
    """Compare and, where something differs, count anew; what differed stays told until the next night."""
    verdict = verify(utc_now())
    if verdict.wrong:
        LOG.error("%s figures differed from the rows and are counted anew: %s", len(verdict.wrong), verdict.text)
        rebuild(utc_now())
        keep_verdict(verdict, utc_now())


def every_night(now: datetime) -> None:
    """Order tonight's comparison, once."""
    post_nightly((now - _QUIET).date(), now)


def send_report(job: Job) -> None:
    """Make and send one report with what the reader may know now; nothing to who no longer watches over the unit."""
    row, month = subscription(job.payload["subscription_id"]), date.fromisoformat(job.payload["month"])
    if row is None or row.ended_at is not None or row.last_month != month:
        return
    reader, now = actor_of(row.person_id), utc_now()
    watched = watched_units(reader) if reader else ()
    unit = next((each for each in watched if each.id == row.unit_id), None)
    if reader is None or unit is None:
        end(row, Ended.ROLE_OVER, now, by=None)
        return
    person = people_by_ids([row.person_id])[row.person_id]
    with force_locale(person.locale):
        id_ = row.snapshot_id
        if id_ is None:
            scope = Scope(unit, Period(month, month_end(month), unit.zone), now)
            id_ = keep_report(report_content(scope, watched, reader), scope, reader)
            keep_sent(row, month, id_)
        kept = snapshot(id_, watched, reader)
        text = rendered("insight/monthly.txt", {"name": person.name, "needs_code": False, **told(kept)})
        send(job, person.email, gettext("Laporan bulanan unit Anda"), text)


def told(kept: Snapshot) -> dict[str, Any]:
    """What the letter says: a few figures of the unit as a whole, no small number, and where the whole report is."""
    total = kept.content["rows"][0]
    counts = {Measure(name): number for name, number in total["counts"].items()}
    first, resolved = total["times"][1], total["times"][2]
    numbers = {measure: str(format_decimal(number)) for measure, number in counts.items()}
    numbers |= dict.fromkeys(not_mailed(counts), gettext("tidak disebut"))
    base = current_app.config["SETTINGS"].public_url
    return {
        "unit": kept.content["unit"],
        "first": day(kept.first),
        "last": day(kept.last),
        "id": kept.id,
        "counts": [(gettext(LABELS[each]), numbers[each]) for each in TOLD],
        "judged": numbers[Measure.JUDGED],
        "waits": [
            (gettext(label), working_time(median), working_time(p90), format_decimal(n))
            for label, (median, _, p90, n, *_) in ((FIRST, first), (RESOLVED, resolved))
            if n >= FEWEST
        ],
        "link": f"{base}/pantau/laporan-berkala/{kept.id}",
        "stop": f"{base}/pantau/langganan",
    }


TIMERS = (refresh, every_night, order_reports)
