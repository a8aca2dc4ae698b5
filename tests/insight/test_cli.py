from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from feedback.insight.actions import rebuild
from feedback.kernel.clock import utc_now
from feedback.storage.session import db
from feedback.tickets.models import Ticket, TicketCycle
from tests.factories import World
from tests.insight.conftest import Maker
from tests.insight.test_rollup import past

ROOT = Path(__file__).resolve().parents[2]
MAP = ROOT / "docs/examples/keluhan-kota.toml"
FILE = """no,isi,kelurahan,kecamatan,topik,instansi,tanggal_keluhan,tanggal_ditanggapi
1,Lampu mati,Sofifi,Oba,Lampu,Dinas Satu,2022-01-03 02:00:00,2022-01-03 05:30:00
2,Lampu mati,Sofifi,Oba,Lampu,Dinas Satu,2022-01-04 02:00:00,2022-01-05 05:30:00
3,Lampu mati,Sofifi,Oba,Lampu,Dinas Dua,2022-02-04 02:00:00,2022-02-05 05:30:00
4,Lampu mati,Sofifi,Oba,Lampu,Dinas Dua,2022-02-04 02:00:00,
5,Lampu mati,Sofifi,Oba,Lampu,Dinas Dua,kemarin,2022-02-05 05:30:00
"""


def run(app: Flask, *args: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["insight", *args])
    return result.exit_code, result.output


def test_rebuild_and_check(app: Flask, make: Maker, world: World) -> None:
    past(make, world, 10)
    code, said = run(app, "rebuild")
    assert (code, "Counted 10 reports." in said) == (0, True)
    assert run(app, "check") == (0, "Compared 10 rounds: 0 differences.\n")
    db.session.rollback()
    db.session.scalars(select(TicketCycle).limit(1)).one().on_time = None
    db.session.scalars(select(TicketCycle).limit(1)).one().resolution_minutes = 1
    db.session.commit()
    code, said = run(app, "check")
    assert code == 1
    assert "is not counted as it is" in said
    assert run(app, "check", "--json")[0] == 1
    assert run(app, "rebuild", "--since", "2020-01-01")[0] == 0
    assert run(app, "check", "--json") == (0, '{"rounds": 10, "wrong": 0, "first": ""}\n')
    assert run(app, "refresh") == (0, "Looked at 0 reports.\n")


@pytest.mark.parametrize("rolled_up", [False, True])
def test_recount_agrees_with_the_import_and_finds_a_difference(
    app: Flask, world: World, tmp_path: Path, rolled_up: bool
) -> None:
    file = tmp_path / "keluhan.csv"
    file.write_text(FILE)
    done = app.test_cli_runner().invoke(
        args=["tickets", "import", str(file), "--map", str(MAP), "--create", "units,topics,regions", "--apply"]
    )
    assert "Wrote 4 reports." in done.output, done.output
    if rolled_up:
        rebuild(utc_now())
    code, said = run(app, "recount", str(file), "--map", str(MAP))
    assert "ok  Dinas Satu: n 2/2/2, elapsed 15.50 h" in said
    assert "Compared 2 agencies: 0 differ." in said
    assert code == 0
    db.session.rollback()
    ticket_id = db.session.scalar(select(Ticket.id).where(Ticket.import_ref == "1"))
    cycle = db.session.scalars(select(TicketCycle).where(TicketCycle.ticket_id == ticket_id)).one()
    cycle.first_response_seconds = 1
    db.session.commit()
    code, said = run(app, "recount", str(file), "--map", str(MAP))
    assert "!!  Dinas Satu" in said
    assert code == 1


def test_recount_without_the_import_is_an_error(app: Flask, world: World, tmp_path: Path) -> None:
    file = tmp_path / "keluhan.csv"
    file.write_text(FILE)
    assert run(app, "recount", str(file), "--map", str(MAP))[0] == 2
