"""Databases for tests: made once, and set back after each test to the rows they began with.

A new PostgreSQL database for each test took a quarter of a second, which was half of the whole run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

# Deleted rows leave their place behind, and a plan for a swollen table is another plan.
MOST_USES, MOST_ROWS = 60, 5_000
# What a test changes in these is no row of ours: an index, a column, a trigger.
_CATALOGS = ("pg_attribute", "pg_class", "pg_constraint", "pg_index", "pg_proc", "pg_trigger", "pg_type")

_TOUCHED = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""
_REBUILT = """
SELECT EXISTS (SELECT FROM pg_stat_sys_tables WHERE relname = ANY(%s) AND n_tup_ins + n_tup_del > 0)
    OR EXISTS (SELECT FROM pg_stat_sys_tables WHERE relname = ANY(%s) AND relname <> 'pg_class' AND n_tup_upd > 0)
    OR EXISTS (SELECT FROM pg_stat_user_tables WHERE analyze_count + vacuum_count > 0)
"""
_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def _plain(url: str, name: str) -> str:
    return make_url(url).set(drivername="postgresql", database=name).render_as_string(hide_password=False)


def _sizes(connection: psycopg.Connection[Any], tables: list[str]) -> dict[str, int]:
    counts = [sql.SQL("(SELECT count(*) FROM {})").format(sql.Identifier(name)) for name in tables]
    found = connection.execute(sql.SQL("SELECT ") + sql.SQL(", ").join(counts)).fetchall()[0]
    return dict(zip(tables, found, strict=True))


@dataclass
class Postgres:
    """One database of a PostgreSQL server; ``rows``, ``sizes`` and ``counters`` are what its tables and sequences hold at the start."""

    server: str
    name: str
    rows: dict[str, bytes]
    sizes: dict[str, int]
    counters: dict[str, int | None]
    uses: int = MOST_USES

    @property
    def url(self) -> str:
        """The address for SQLAlchemy."""
        return make_url(self.server).set(database=self.name).render_as_string(hide_password=False)

    def set_back(self, *, anew: bool = False) -> None:
        """Give every table the rows it began with; ``anew``, or when its shape or statistics changed, make all of it again."""
        if anew or self.uses >= MOST_USES or not self._rows_again():
            with psycopg.connect(_plain(self.server, "postgres"), autocommit=True) as connection:
                place, source = sql.Identifier(self.name), sql.Identifier(f"template_{self.name}")
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(place))
                connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(place, source))
            with psycopg.connect(_plain(self.server, self.name), autocommit=True) as connection:
                connection.execute("SELECT pg_stat_reset()")
            self.uses = 0
        self.uses += 1

    def _rows_again(self) -> bool:
        with psycopg.connect(_plain(self.server, self.name), autocommit=True) as connection:
            # A server process counts what it did when it ends, so all others have to be gone first.
            while connection.execute(_OTHERS).rowcount:
                pass
            touched: dict[str, int] = dict(connection.execute(_TOUCHED).fetchall())
            rebuilt = connection.execute(_REBUILT, [list(_CATALOGS), list(_CATALOGS)]).fetchall()[0][0]
            if rebuilt or sum(touched.values()) > MOST_ROWS:
                return False
            connection.execute("SET session_replication_role = replica")  # neither foreign keys nor the guards of the audit
            if touched:
                connection.execute(sql.SQL(";").join(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in touched))
            for name in touched.keys() & self.rows.keys():
                with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
                    copy.write(self.rows[name])
            calls = [
                sql.SQL("setval({}, {}, {})").format(sql.Literal(name), sql.Literal(value or 1), sql.Literal(value is not None))
                for name, value in self.counters.items()
            ]
            connection.execute(sql.SQL("SELECT ") + sql.SQL(", ").join(calls))
            connection.execute("SELECT pg_stat_force_next_flush()")
            connection.execute("SELECT pg_stat_reset()")
            return _sizes(connection, list(self.sizes)) == self.sizes


def make_postgres(server: str, name: str, fill: Callable[[str], None]) -> Postgres:
    """A database filled by ``fill``, which is given its address."""
    template = f"template_{name}"
    with psycopg.connect(_plain(server, "postgres"), autocommit=True) as connection:
        make = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
        connection.execute(make.format(sql.Identifier(template)))
    fill(make_url(server).set(database=template).render_as_string(hide_password=False))
    rows: dict[str, bytes] = {}
    with psycopg.connect(_plain(server, template), autocommit=True) as connection:
        tables = [name for (name,) in connection.execute("SELECT relname FROM pg_stat_user_tables").fetchall()]
        sizes = _sizes(connection, tables)
        for table in tables:
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
                held = b"".join(bytes(part) for part in copy)
            if held:
                rows[table] = held
        counters = dict(connection.execute("SELECT sequencename, last_value FROM pg_sequences").fetchall())
    return Postgres(server, name, rows, sizes, counters)
