"""Fill an empty database with many invented tickets that are spread as a province's would be.

    python -m bench.seed INSTANCE [--tickets 100000] [--database URL]

INSTANCE is a new folder for keys and the SQLite file; --database names an empty PostgreSQL database instead. Tickets
come in over 18 months, four agencies hold more than half of them, 6 % are open, 3 % confidential, 1 % hidden. The staff
of STAFF sign in with PASSWORD, and one ticket has thirty entries: this is for measuring, never for a real site.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import click
from flask_migrate import upgrade
from sqlalchemy import Table, insert, select, text

from bench.rows import Made, Places, long_ticket, tickets
from config import Settings
from feedback.adapters.search import index_tickets
from feedback.admin.actions.keys import ensure_keys
from feedback.admin.seed import load_places_and_catalogue
from feedback.app import create_app
from feedback.catalogue.queries import topics
from feedback.clocks.actions import seed_calendars_and_policies
from feedback.clocks.models import CalendarVersion, Clock
from feedback.clocks.queries import policy_rules
from feedback.clocks.rules.policy import rules_for
from feedback.kernel.clock import utc_now
from feedback.kernel.permissions import Role
from feedback.people.actions import CreatePerson, GrantRole, create_person, grant_role
from feedback.storage.session import db, transaction
from feedback.tickets.models import Ticket, TicketCycle, TicketEvent
from feedback.units.models import Region
from feedback.units.queries import all_units, unit_by_slug

TOP, PASSWORD = "provinsi-maluku-utara", "kapur tulis berwarna ungu"
STAFF = {"officer": Role.OFFICER, "coordinator": Role.COORDINATOR}
CHUNK = 5000
SHARDS: tuple[tuple[str, Table], ...] = (
    ("ticket", Ticket.__table__),  # type: ignore[arg-type]
    ("cycle", TicketCycle.__table__),  # type: ignore[arg-type]
    ("events", TicketEvent.__table__),  # type: ignore[arg-type]
    ("clocks", Clock.__table__),  # type: ignore[arg-type]
)


def settings_of(instance: Path, database: str | None, port: int = 8000) -> Settings:
    """The settings of a measured installation; the key is no secret."""
    return Settings(
        secret_key="a key for measuring only, long and varied 0123456789",
        database_url=database or f"sqlite:///{instance.resolve()}/feedback.sqlite3",
        instance=instance.resolve(),
        public_url=f"http://127.0.0.1:{port}",
        trusted_hosts=("127.0.0.1", "localhost"),
    )


def places_of() -> Places:
    """What tickets point at: units under the measured government, topics, villages, rules and a calendar."""
    root = unit_by_slug(TOP)
    assert root is not None
    now = utc_now()
    rules = rules_for(policy_rules(), ticket_kind="complaint", grade="non_oversight", on=now.date())
    villages = select(Region.code).where(Region.level == "village").order_by(Region.code)
    version = db.session.scalar(select(CalendarVersion.id).order_by(CalendarVersion.id).limit(1))
    assert version is not None
    return Places(
        root=root,
        units=[unit for unit in all_units() if unit.path.startswith(root.path) and unit.depth >= 1],
        topics=[topic.id for topic in topics()],
        villages=list(db.session.scalars(villages)) or [root.region_code or ""],
        policies={kind.value: rule.version_id or 0 for kind, rule in rules.items()},
        calendar=version,
        now=now,
    )


def _people(places: Places) -> dict[str, int]:
    found = {}
    for name, role in STAFF.items():
        at = places.root if role is Role.COORDINATOR else places.units[0]
        person = CreatePerson(f"{name}@contoh.id", f"Petugas {name.title()}", PASSWORD, staff=True)
        found[name] = create_person(person)
        grant_role(GrantRole(found[name], at.id, role, at.valid_from), by=None)
    return found


def _write(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Many rows at once: COPY in PostgreSQL, one prepared statement in SQLite."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), rows)
        return
    names = list(rows[0])
    kinds = [table.c[name].type.dialect_impl(connection.dialect) for name in names]
    shape = [kind.bind_processor(connection.dialect) or (lambda value: value) for kind in kinds]
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([turn(row[name]) for turn, name in zip(shape, names, strict=True)])


def _store(made: Sequence[Made]) -> None:
    with transaction():
        for name, table in SHARDS:
            parts = [getattr(one, name) for one in made]
            _write(table, [row for part in parts for row in (part if isinstance(part, list) else [part])])
        index_tickets((one.ticket["id"], one.ticket["text"]) for one in made if one.is_public)


def _chunks(made: Iterator[Made]) -> Iterator[list[Made]]:
    while chunk := list(islice(made, CHUNK)):
        yield chunk


def _finish() -> None:
    """Let sequences go on behind the ids given here, and the planner know what there is."""
    with transaction():
        connection = db.session.connection()
        if connection.dialect.name == "postgresql":
            for table in ("ticket",):
                connection.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))
        connection.execute(text("ANALYZE"))


def fill(count: int) -> None:
    """``count`` tickets, with a bar that shows how far it is."""
    random.seed(1)
    places = places_of()
    people = _people(places)
    with click.progressbar(length=count, label=f"{count:,} tickets") as bar:
        for chunk in _chunks(tickets(count, places, people["officer"])):
            _store(chunk)
            bar.update(len(chunk))
    _store([long_ticket(count + 1, places, people["officer"])])
    _finish()


def main() -> None:
    """Make the installation and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance", type=Path)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--database")
    chosen = parser.parse_args()
    chosen.instance.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    with create_app(settings_of(chosen.instance, chosen.database)).app_context():
        ensure_keys(chosen.instance)
        upgrade()
        with transaction():
            seed_calendars_and_policies(utc_now() - timedelta(days=600))
        load_places_and_catalogue()
        fill(chosen.tickets)
        db.session.remove()
        db.engine.dispose()
    spent = time.perf_counter() - start
    print(f"{chosen.tickets:,} tickets in {spent:.0f} s, {chosen.tickets / spent:,.0f} a second")


if __name__ == "__main__":
    main()
