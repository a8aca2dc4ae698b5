"""What the supervisor's board costs with 10 thousand, 100 thousand and a million tickets (SQLite, one process).

    python -m bench.board [--tickets 10000 100000 1000000] [--rounds 20]
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert, select

from config import Settings
from feedback.admin.seed import load_places_and_catalogue
from feedback.app import create_app, spare_the_lasting
from feedback.clocks.actions import seed_calendars_and_policies
from feedback.clocks.models import CalendarVersion, Clock, PolicyVersion
from feedback.insight.actions import rebuild
from feedback.insight.queries.board import board_beside, burning
from feedback.insight.queries.cohort import watched_units
from feedback.insight.queries.listing import behind, question
from feedback.insight.queries.told_apart import by_dimension, over_time
from feedback.insight.rules.facts import Dimension
from feedback.insight.rules.measures import Measure
from feedback.insight.rules.period import Period
from feedback.insight.rules.scope import Scope, chosen_unit
from feedback.insight.rules.trend import months_until, whole_months
from feedback.kernel.actor import Actor, Membership
from feedback.kernel.permissions import Role
from feedback.kernel.references import new_number
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket, TicketCycle
from feedback.units.queries import all_units, unit_by_slug

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
DAYS = 540
# A city works on so many reports at once, however many it has closed: what is settled must cost nothing.
OPEN_AT_ONCE = 600
CHUNK = 5000


def fill(count: int, top: str, seed: int = 1) -> None:
    """``count`` tickets over 18 months, four agencies with more than half of them, 600 of them open."""
    random.seed(seed)
    root = unit_by_slug(top)
    assert root is not None
    units = [unit for unit in all_units() if unit.path.startswith(root.path) and unit.depth >= 1]
    weights = [8.0 if index < 4 else 1.0 for index in range(len(units))]
    policy = db.session.scalar(select(PolicyVersion.id).limit(1))
    version = db.session.scalar(select(CalendarVersion.id).limit(1))
    numbers = iter({new_number() for _ in range(count + count // 100 + 10)})
    with transaction():
        for start in range(0, count, CHUNK):
            rows = [
                _row(first, next(numbers), unit, (policy, version), count)
                for first, unit in enumerate(random.choices(units, weights, k=min(CHUNK, count - start)), start + 1)
            ]
            db.session.execute(insert(Ticket.__table__), [row[0] for row in rows])
            db.session.execute(insert(TicketCycle.__table__), [row[1] for row in rows])
            db.session.execute(insert(Clock.__table__), [clock for row in rows for clock in row[2]])
    with transaction():
        db.session.connection().exec_driver_sql("ANALYZE")


def _row(ticket_id: int, number: str, unit: Any, versions: Any, count: int) -> tuple[Any, Any, list[Any]]:
    policy, version = versions
    waits = random.random() < OPEN_AT_ONCE / count
    received = NOW - timedelta(seconds=random.randrange((30 if waits else DAYS) * 86400))
    first, resolved = int(random.lognormvariate(5.3, 1.0)), int(random.lognormvariate(7.3, 0.8))
    due = received + timedelta(days=random.choice((7, 20)))
    on_time = resolved < 3500
    state = random.choice(("assigned", "in_progress")) if waits else random.choice(("closed", "closed", "lapsed"))
    ticket = {
        "id": ticket_id, "number": number, "kind": "complaint", "channel": "web", "unit_id": unit.id, "zone": unit.zone,
        "text": random.choice(TEXTS), "received_at": received, "created_at": received, "state_since": received,
        "held_since": received, "published_at": received, "state": state, "is_open": waits, "grade": "non_oversight",
        "title": None, "place": "", "anonymous": False, "confidential": random.random() < 0.03, "hidden": False,
        "locale": "id", "cycle": 1, "version": 1, "due_at": due if waits else None,
        "due_kind": "resolve" if waits else None,
    }  # fmt: skip
    cycle = {
        "ticket_id": ticket_id, "number": 1, "started_at": received, "unit_id": unit.id,
        "first_response_minutes": first, "first_response_seconds": first * 190,
        "answered_at": None if waits else received + timedelta(minutes=3 * resolved),
        "resolution_minutes": None if waits else resolved, "resolution_seconds": None if waits else resolved * 190,
        "on_time": None if waits else on_time,
    }  # fmt: skip
    held = {
        "ticket_id": ticket_id, "cycle": 1, "kind": "holding", "unit_id": unit.id, "started_at": received,
        "zone": unit.zone, "policy_version_id": policy, "calendar_version_id": version, "provisional": False,
        "extension": 0, "retarget_overdue": False, "state": "running" if waits else "met",
        "due_at": None, "due_date": None,
        "stopped_at": None if waits else received + timedelta(minutes=3 * resolved),
        "used_minutes": None if waits else resolved, "elapsed_seconds": None if waits else resolved * 190,
    }  # fmt: skip
    resolve = {
        **held, "kind": "resolve", "due_at": due, "due_date": due.date(),
        "state": "running" if waits else "met" if on_time else "missed",
    }  # fmt: skip
    return ticket, cycle, [held, resolve]


TEXTS = (
    "Lampu jalan di depan balai desa mati sejak minggu lalu, warga takut lewat malam hari.",
    "Sampah di tepi pasar belum diangkut lima hari dan baunya sampai ke sekolah.",
    "Antrean di puskesmas sangat panjang dan loket kedua selalu tutup.",
    "Air keran hanya mengalir dua jam sehari, tolong diberi jadwal yang jelas.",
)


def timed(work: Callable[[], Any], rounds: int) -> str:
    """Median and 95th percentile of a few runs, and the median of what the processor worked, in milliseconds."""
    work()
    spent, worked = [], []
    for _round in range(rounds):
        start, processor = time.perf_counter(), time.process_time()
        work()
        spent.append(1000 * (time.perf_counter() - start))
        worked.append(1000 * (time.process_time() - processor))
    spent.sort()
    p95 = spent[int(0.95 * (len(spent) - 1))]
    return f"{statistics.median(spent):8.1f} ms   p95 {p95:8.1f} ms   processor {statistics.median(worked):8.1f} ms"


def measure(count: int, rounds: int, folder: Path) -> None:
    """Fill a fresh database and print what each question costs."""
    settings = Settings(
        secret_key="a key for measuring only, long and varied 0123456789", database_url=f"sqlite:///{folder}/{count}.sqlite3",
        instance=folder, public_url="http://localhost", trusted_hosts=("localhost",), testing=True,
    )  # fmt: skip
    with create_app(settings).app_context():
        db.create_all()
        with transaction():
            seed_calendars_and_policies()
        load_places_and_catalogue()
        top = "provinsi-maluku-utara"
        start = time.perf_counter()
        fill(count, top)
        filled = time.perf_counter()
        print(f"{count:,} tickets: filled in {filled - start:.0f} s", flush=True)
        rebuild(NOW, progress=lambda done, total: print(f"  rolled up {done:,} of {total:,}", end="\r", flush=True))
        rolled = time.perf_counter() - filled
        print(f"{count:,} tickets: rolled up in {rolled:.0f} s, {time.process_time():.0f} s of one processor in all")
        db.session.remove()
        ask(count, top, rounds)
        db.session.remove()
        db.engine.dispose()


def ask(count: int, top: str, rounds: int) -> None:
    """Print what each question costs in the database as it is."""
    root = unit_by_slug(top)
    assert root is not None
    actor = Actor(1, "Atasan", (Membership(root.id, root.path, Role.SUPERVISOR, root.name),))
    watched = watched_units(actor)
    spare_the_lasting()
    print(f"{count:,} tickets, {len(watched)} units, statements of a board: {_statements(watched, actor)}")
    for label, days in (("30 days", 30), ("90 days", 90), ("a year", 365), ("everything", DAYS)):
        period = Period(NOW.date() - timedelta(days=days - 1), NOW.date(), root.zone)
        scope = Scope(chosen_unit(watched, ""), period, NOW)
        print(f"  board, {label:11}", timed(lambda scope=scope: board_beside(scope, watched, actor), rounds))
    months = Scope(chosen_unit(watched, ""), whole_months(period), NOW)
    print("  by topic         ", timed(lambda: by_dimension(months, Dimension.TOPIC, actor), rounds))
    print("  13 months        ", timed(lambda: over_time(months_until(NOW.date()), months, actor), rounds))
    scope = Scope(chosen_unit(watched, ""), Period(date(2026, 8, 23), date(2026, 11, 20), root.zone), NOW)
    print("  what burns now   ", timed(lambda: burning(scope, actor), rounds))
    for one in (Measure.RECEIVED, Measure.LATE, Measure.FIRST_RESPONSE_SLOW, Measure.NOW_OVERDUE):
        print(f"  list {one.value:20}", timed(lambda one=one: behind(question(one, scope, actor)), rounds))


def _statements(watched: Any, actor: Actor) -> int:
    sent: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _k, statement, *_rest: sent.append(statement))
    scope = Scope(chosen_unit(watched, ""), Period(NOW.date(), NOW.date(), "Asia/Jayapura"), NOW)
    watched_units(actor)
    board_beside(scope, watched, actor)
    burning(scope, actor)
    return len(sent)


def main() -> None:
    """Measure each size in a folder that is gone afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=20)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for count in chosen.tickets:
            measure(count, chosen.rounds, Path(folder))


if __name__ == "__main__":
    main()
